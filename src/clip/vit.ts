import {
  type Activation,
  type Parameters,
  attend,
  dense,
  layerNorm,
  perceptron,
  scope,
  spaceToDepth,
  transformerBlock,
} from "../tensor/index.js";
import * as tf from "../tf.js";
import { type PixelStatistics, standardise } from "./pixels.js";

/**
 * Shape of a vision transformer. `pool` is the way it is read out, which differs between families: `class` reads a class token
 * and projects it (CLIP); `attention` has no class token, and a learnt query attends to the patches (SigLIP).
 */
export interface VitConfig {
  readonly kind: "vit";
  /** Side of the pictures; what the last whole patch leaves over is cut off. */
  readonly side: number;
  readonly patch: number;
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  /** Hidden width of the blocks. */
  readonly hidden: number;
  readonly features: number;
  readonly activation: Activation;
  /** Of the layer normalisations. */
  readonly epsilon: number;
  readonly pool: "class" | "attention";
  readonly pixels: PixelStatistics;
}

/**
 * Computes the tokens after every block.
 * Source: Dosovitskiy et al. 2021, "An Image is Worth 16x16 Words", §3.1; Radford et al. 2021, §2.4 (normalised before the blocks).
 * @param images `[batch, side, side, 3]`, sRGB in [0, 1].
 * @returns `[batch, tokens, width]` each; the class token, if any, comes first.
 */
export function computeVitStages(
  parameters: Parameters,
  config: VitConfig,
  images: tf.Tensor4D,
): tf.Tensor[] {
  const { patch, width, heads, hidden, activation, epsilon } = config;
  const [batch] = images.shape;
  const grid = Math.floor(config.side / patch);
  const whole = tf.slice(
    standardise(images, config.pixels),
    [0, 0, 0, 0],
    [-1, grid * patch, grid * patch, -1],
  );
  const cells = spaceToDepth(whole, patch); // [batch, grid, grid, patch² · 3]
  const bias = config.pool === "attention";
  let x: tf.Tensor = dense(scope(parameters, "patch"), cells, width, { bias });
  x = tf.reshape(x, [batch, grid * grid, width]);
  if (config.pool === "class") {
    const start = tf.mul(tf.ones([batch, 1, 1]), parameters("class", [width], { normal: 0.02 }));
    x = tf.concat([start, x], 1); // [batch, 1 + grid², width]
  }
  x = tf.add(x, parameters("positions", [x.shape[1]!, width], { normal: 0.02 }));
  if (config.pool === "class") x = layerNorm(scope(parameters, "normBefore"), x, epsilon);
  const stages: tf.Tensor[] = [];
  for (let layer = 0; layer < config.layers; layer++) {
    x = transformerBlock(scope(parameters, `layer${layer}`), x, heads, {
      hidden,
      activation,
      epsilon,
    });
    stages.push(x);
  }
  return stages;
}

/**
 * Computes the features of pictures, not normalised.
 * Source of the attention pooling: Zhai et al. 2022, "Scaling Vision Transformers", §2.2 (MAP head).
 * @param images `[batch, side, side, 3]`, sRGB in [0, 1].
 * @returns `[batch, features]`.
 */
export function computeVitFeatures(
  parameters: Parameters,
  config: VitConfig,
  images: tf.Tensor4D,
): tf.Tensor2D {
  const { width, epsilon } = config;
  const stages = computeVitStages(parameters, config, images);
  const last = stages[stages.length - 1]!;
  const norm = scope(parameters, "norm");
  if (config.pool === "class") {
    const read = tf.reshape(tf.slice(last, [0, 0, 0], [-1, 1, -1]), [-1, width]); // [batch, width]
    return dense(scope(parameters, "project"), layerNorm(norm, read, epsilon), config.features, {
      bias: false,
    }) as tf.Tensor2D;
  }
  return tf.reshape(poolByAttention(scope(parameters, "pool"), config, layerNorm(norm, last, epsilon)), [
    -1,
    width,
  ]);
}

function poolByAttention(parameters: Parameters, config: VitConfig, tokens: tf.Tensor): tf.Tensor {
  const { width, heads, hidden, activation, epsilon } = config;
  const probe = tf.mul(tf.ones([tokens.shape[0]!, 1, 1]), parameters("probe", [width], { normal: 0.02 }));
  const [query, key, value] = ["query", "key", "value"].map((name) =>
    dense(scope(parameters, name), name === "query" ? probe : tokens, width),
  ) as [tf.Tensor, tf.Tensor, tf.Tensor];
  const read = dense(scope(parameters, "out"), attend(query, key, value, heads), width); // [batch, 1, width]
  const shortcut = perceptron(scope(parameters, "mlp"), layerNorm(scope(parameters, "norm"), read, epsilon), {
    hidden,
    activation,
  });
  return tf.add(read, shortcut);
}
