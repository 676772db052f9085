import type { Signature } from "./cache.js";

/** A tensor outside the model, whose bytes are read when they are needed: a weight may lie in a file until then. */
export interface WeightsPart {
  /** In bytes. */
  readonly length: number;
  read(): Uint8Array;
}

/** A model file and what it expects. */
export interface OnnxModel {
  readonly bytes: Uint8Array;
  /** Weights and large constants, not copied into the model: `bytes` expects them in the file `findWeightsFile`, see `layOutWeights`. */
  readonly external: readonly WeightsPart[];
  readonly signature: Signature;
}

/** Name of the file beside the model that holds `external`. */
export const weightsFile = "weights";

/**
 * Computes the offsets of the parts of a weights file in bytes, each a multiple of 64, and the size of the file in bytes, padding
 * included.
 */
export function layOutWeights(parts: readonly WeightsPart[]): {
  readonly offsets: readonly number[];
  readonly size: number;
} {
  let size = 0;
  const offsets = parts.map(({ length }) => {
    const offset = size;
    size = Math.ceil((offset + length) / 64) * 64;
    return offset;
  });
  return { offsets, size };
}

/** Joins the weights file in memory. */
export function joinWeights({ external }: Pick<OnnxModel, "external">): Uint8Array<ArrayBuffer> {
  const { offsets, size } = layOutWeights(external);
  const bytes = new Uint8Array(size);
  external.forEach((part, at) => bytes.set(part.read(), offsets[at]));
  return bytes;
}
