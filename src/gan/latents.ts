import {
  type HostTensor,
  type Parameters,
  type TensorRecord,
  type Whitening,
  hostFloats,
  inverseOfUpper,
  deferFloats,
} from "../tensor/index.js";
import { ConfigError } from "../errors.js";
import * as tf from "../tf.js";
import type { SampleOptions } from "./interface.js";

/** Names of the latent statistics in a generator's weight file. */
export const latentNames = { mean: "latent.mean", basis: "latent.basis" } as const;

const inverseName = "latent.inverse";

/** Converts a whitening to weights. */
export function latentWeightsOf({ mean, basis }: Whitening): TensorRecord {
  return {
    [latentNames.mean]: hostFloats(mean, [mean.length]),
    [latentNames.basis]: hostFloats(basis, [mean.length, mean.length]),
  };
}

/** Adds the inverse of the latent basis, which `whiten` uses, to weights. */
export function addInverse(weights: TensorRecord): TensorRecord {
  const basis = weights[latentNames.basis] as HostTensor;
  const source = basis.source && `inverse of ${basis.source}`;
  const inverse = deferFloats(
    basis.shape,
    () => inverseOfUpper(basis.data as Float32Array, basis.shape[0]!),
    source,
  );
  return { ...weights, [inverseName]: inverse };
}

const readConstant = (parameters: Parameters, name: string, ...shape: number[]): tf.Tensor =>
  parameters(name, shape, { constant: 0 });

const mapRows = (x: tf.Tensor, fn: (rows: tf.Tensor2D) => tf.Tensor): tf.Tensor =>
  tf.reshape(fn(tf.reshape(x, [-1, x.shape[x.rank - 1]!]) as tf.Tensor2D), x.shape);

/** Converts rows `[…, size]` of a space to steering coordinates: `(w − mean) · inverse`. */
export function whiten(parameters: Parameters, w: tf.Tensor): tf.Tensor {
  const size = w.shape[w.rank - 1]!;
  return mapRows(w, (rows) =>
    tf.matMul(
      tf.sub(rows, readConstant(parameters, latentNames.mean, size)),
      readConstant(parameters, inverseName, size, size),
    ),
  );
}

/** Converts steering coordinates to the space: `u · basis + mean`. */
export function unwhiten(parameters: Parameters, u: tf.Tensor): tf.Tensor {
  const size = u.shape[u.rank - 1]!;
  return mapRows(u, (rows) =>
    tf.add(
      tf.matMul(rows, readConstant(parameters, latentNames.basis, size, size)),
      readConstant(parameters, latentNames.mean, size),
    ),
  );
}

/** Repeats the latents of each picture for every layer: `[batch, size]` → `[batch, layers, size]`. */
export function repeatPerLayer(w: tf.Tensor, layers: number): tf.Tensor3D {
  return tf.stack(
    Array.from({ length: layers }, () => w),
    1,
  ) as tf.Tensor3D;
}

/** Checks that no style is requested of a generator without styles. @throws {ConfigError} if one is. */
export function refuseStyles({ style }: SampleOptions): void {
  if (style !== undefined)
    throw new ConfigError(`unknown style "${style}"; this generator has none, leave the style out`);
}
