import { stat } from "node:fs/promises";
import { join } from "node:path";
import { conceptsNameOf } from "../gan/index.js";
import { type TensorRecord, hostFloats, sizeOf } from "../tensor/index.js";

/** Size of a written pack: its weight files in units of 10⁶ bytes, and the number of values in them. */
export interface PackSize {
  readonly megabytes: number;
  readonly parameters: number;
}

/**
 * Makes the weights that hold the embeddings of a generator's labels.
 * @param embeddings by guide, `[labels · features]`.
 * @param labels number of labels.
 */
export function makeConceptWeights(embeddings: readonly Float32Array[], labels: number): TensorRecord {
  return Object.fromEntries(
    embeddings.map((rows, guide) => [
      conceptsNameOf(guide),
      hostFloats(rows, [labels, rows.length / labels]),
    ]),
  );
}

/** Measures the weight files of a pack that was written to a folder. @param weights by file name. */
export async function measurePackSize(
  folder: string,
  weights: Readonly<Record<string, TensorRecord>>,
): Promise<PackSize> {
  const sizes = await Promise.all(
    Object.keys(weights).map(async (file) => (await stat(join(folder, file))).size),
  );
  const parameters = Object.values(weights)
    .flatMap((record) => Object.values(record))
    .reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  return { megabytes: sizes.reduce((sum, size) => sum + size, 0) / 1e6, parameters };
}
