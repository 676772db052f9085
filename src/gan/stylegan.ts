import {
  type HostTensor,
  type Parameters,
  type Random,
  type TensorRecord,
  clampThrough,
  dense,
  hostFloats,
  hostScalar,
  scope,
} from "../tensor/index.js";
import * as tf from "../tf.js";
import type { Generator } from "./interface.js";
import { unwhiten, repeatPerLayer, latentNames, whiten, addInverse, refuseStyles } from "./latents.js";
import { type Rule, asDense, multiplyBy } from "./weights.js";

/** Latent space of a StyleGAN: its noise (Z), one w for all layers (W), or one w for each layer (W+). */
export type StyleSpace = "z" | "w" | "w+";

/** Sizes of a mapping network. */
export interface MappingShape {
  readonly noise: number;
  readonly style: number;
  readonly layers: number;
  /** Classes of a conditional network; 0 for others. */
  readonly classes: number;
}

/** Reads a weight that is loaded, never initialised. */
export const readLoadedWeight = (parameters: Parameters, name: string, ...shape: number[]): tf.Tensor =>
  parameters(name, shape, { constant: 0 });

/** Applies the leaky rectifier with the gain that preserves the variance, clamped if the network was trained with clamping. */
export function activate<T extends tf.Tensor>(x: T, clamp?: number): T {
  const y = tf.mul(tf.leakyRelu(x, 0.2), Math.SQRT2);
  return (clamp === undefined ? y : tf.clipByValue(y, -clamp, clamp)) as T;
}

const normaliseMoment = (x: tf.Tensor): tf.Tensor =>
  tf.mul(x, tf.rsqrt(tf.add(tf.mean(tf.square(x), 1, true), 1e-8)));

/**
 * Maps noise to w, `[batch, noise]` → `[batch, style]`.
 * Source: Karras et al. 2019, "A Style-Based Generator Architecture", §2.
 * @param labels one-hot classes `[batch, classes]`, for conditional networks.
 */
export function mapNoise(
  parameters: Parameters,
  shape: MappingShape,
  z: tf.Tensor,
  labels?: tf.Tensor,
): tf.Tensor {
  let x = normaliseMoment(z);
  if (labels) x = tf.concat([x, normaliseMoment(dense(scope(parameters, "embed"), labels, shape.style))], 1);
  for (let layer = 0; layer < shape.layers; layer++)
    x = activate(dense(scope(parameters, `fc${layer}`), x, shape.style));
  return x;
}

/** Reads the sizes of the mapping network in converted weights. */
export function readMappingShape(weights: TensorRecord): MappingShape {
  const layers = Object.keys(weights).filter((name) => /^mapping\.fc\d+\.weight$/.test(name)).length;
  const embed = weights["mapping.embed.weight"]?.shape;
  const style = weights[`mapping.fc${layers - 1}.bias`]?.shape[0] ?? 0;
  const inputs = weights["mapping.fc0.weight"]?.shape[0] ?? 0;
  return { noise: inputs - (embed ? style : 0), style, layers, classes: embed?.[0] ?? 0 };
}

/** Returns the shapes that a mapping network's weights have. */
export function mappingSpecsOf({ noise, style, layers, classes }: MappingShape): Record<string, number[]> {
  const specs: Record<string, number[]> = {};
  if (classes > 0)
    Object.assign(specs, { "mapping.embed.weight": [classes, style], "mapping.embed.bias": [style] });
  for (let layer = 0; layer < layers; layer++) {
    specs[`mapping.fc${layer}.weight`] = [layer === 0 ? noise + (classes > 0 ? style : 0) : style, style];
    specs[`mapping.fc${layer}.bias`] = [style];
  }
  return specs;
}

/** Names of NVIDIA's mapping networks; their learning rate of 0.01 is folded into the weights. */
export const mappingRules: readonly Rule[] = [
  [/^mapping\.(fc\d+)\.weight$/, "mapping.$1.weight", asDense((inputs) => 0.01 / Math.sqrt(inputs))],
  [/^mapping\.(fc\d+)\.bias$/, "mapping.$1.bias", multiplyBy(0.01)],
  [/^mapping\.embed\.weight$/, "mapping.embed.weight", asDense((inputs) => 1 / Math.sqrt(inputs))],
  [/^mapping\.embed\.bias$/, "mapping.embed.bias"],
  [/^mapping\.w_avg$/, undefined],
];

/** A dense layer at its equalised learning rate: `1 / √inputs` is folded into the weights. */
export const equalised = asDense((inputs) => 1 / Math.sqrt(inputs));

function drawOneHot(random: Random, count: number, classes: number): HostTensor {
  const values = new Float32Array(count * classes);
  for (let row = 0; row < count; row++) values[row * classes + random.integer(classes)] = 1;
  return hostFloats(values, [count, classes]);
}

/** Functions and sizes in which StyleGANs differ. */
export interface StyleParts {
  readonly mapping: MappingShape;
  /** Rows of W+. */
  readonly rows: number;
  readonly resolution: number;
  readonly space: StyleSpace;
  /** Synthesizes pictures from W+ `[batch, rows, style]`, without a bound on the range. */
  synthesize(parameters: Parameters, styles: tf.Tensor3D): tf.Tensor4D;
}

/**
 * Creates a StyleGAN behind the common interface. Truncation pulls w to its mean (in Z, the noise to 0).
 * @param weights converted, with the statistics of w under `latent.*`.
 */
export function createStyleGenerator(parts: StyleParts, weights: TensorRecord): Generator {
  const { mapping, rows, space } = parts;
  const { noise, style, classes } = mapping;
  const w = (parameters: Parameters, z: tf.Tensor, labels?: tf.Tensor): tf.Tensor =>
    mapNoise(scope(parameters, "mapping"), mapping, z, labels);
  const stylesOf = (parameters: Parameters, u: tf.Tensor): tf.Tensor3D => {
    if (space === "w+") return unwhiten(parameters, u) as tf.Tensor3D;
    return repeatPerLayer(space === "w" ? unwhiten(parameters, u) : w(parameters, u), rows);
  };
  return {
    latentShape: space === "w+" ? [rows, style] : [space === "w" ? style : noise],
    narrow:
      space === "w+"
        ? (change: tf.Tensor) => tf.add(tf.zerosLike(change), tf.mean(change, 1, true))
        : undefined,
    resolution: parts.resolution,
    range: [-1, 1],
    weights: latentNames.basis in weights ? addInverse(weights) : weights,
    styles: [],
    sample(random, count, options) {
      refuseStyles(options);
      return {
        z: hostFloats(random.normals(count * noise), [count, noise]),
        truncation: hostScalar(options.truncation),
        ...(classes > 0 && { labels: drawOneHot(random.stream("classes"), count, classes) }),
      };
    },
    map(parameters, { z, labels, truncation }) {
      const u = tf.mul(space === "z" ? z! : whiten(parameters, w(parameters, z!, labels)), truncation!);
      return space === "w+" ? repeatPerLayer(u, rows) : u;
    },
    synthesize: (parameters, u) => clampThrough(parts.synthesize(parameters, stylesOf(parameters, u)), -1, 1),
  };
}
