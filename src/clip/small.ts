import { ConfigError } from "../errors.js";
import {
  type Parameters,
  conv,
  dense,
  layerNorm,
  quickGelu,
  sampleNorm,
  scope,
  shrink,
  spaceToDepth,
  transformerBlock,
} from "../tensor/index.js";
import * as tf from "../tf.js";

/**
 * Shape of a small image encoder: pictures are averaged down to `size`, a 3×3 convolution of `stem` channels sees every
 * pixel, blocks of `patch`² pixels become the first stage, each further stage halves the sides. `layers` transformer
 * blocks, if any, run on the last stage's pixels as tokens.
 */
export interface SmallImageConfig {
  /** Distinguishes it from published encoders, which have a kind. */
  readonly kind?: undefined;
  readonly size: number;
  readonly stem: number;
  readonly patch: number;
  readonly widths: readonly number[];
  readonly layers: number;
  readonly heads: number;
  readonly features: number;
}

/** Side of the pictures that the encoders take. */
export const imageSide = 64;

function applyResidual(parameters: Parameters, x: tf.Tensor4D): tf.Tensor4D {
  const width = x.shape[3];
  const first = conv(
    scope(parameters, "conv1"),
    sampleNorm(scope(parameters, "norm"), x) as tf.Tensor4D,
    width,
    3,
  );
  return tf.add(x, conv(scope(parameters, "conv2"), tf.relu(first), width, 3, { gain: 0.5 }));
}

/** Mean and standard deviation that standardise sRGB values in [0, 1]. */
const pixels = { mean: 0.7, deviation: 0.25 };

/**
 * Computes the feature map after every stage of the convolutions, which precede the transformer.
 * @param images `[batch, 64, 64, 3]`, sRGB in [0, 1].
 * @returns for each stage `[batch, side, side, width]`, with side = size / patch / 2^stage.
 * @throws {ConfigError} when `size` does not divide 64.
 */
export function computeSmallStages(
  parameters: Parameters,
  config: SmallImageConfig,
  images: tf.Tensor4D,
): tf.Tensor4D[] {
  if (imageSide % config.size !== 0)
    throw new ConfigError(`image encoder: size ${config.size} does not divide ${imageSide}`);
  const small = shrink(
    tf.sub(tf.mul(images, 1 / pixels.deviation), pixels.mean / pixels.deviation) as tf.Tensor4D,
    imageSide / config.size,
  );
  let x = tf.relu(conv(scope(parameters, "stem"), small, config.stem, 3)) as tf.Tensor4D;
  return config.widths.map((width, index) => {
    const at = scope(parameters, `stage${index}`);
    x = conv(scope(at, "merge"), spaceToDepth(x, index === 0 ? config.patch : 2), width, 1, { gain: 1 });
    x = applyResidual(scope(at, "block"), x);
    return x;
  });
}

/**
 * Computes the features of pictures, not normalised.
 * @param images `[batch, 64, 64, 3]`, sRGB in [0, 1].
 * @returns `[batch, features]`.
 */
export function computeSmallFeatures(
  parameters: Parameters,
  config: SmallImageConfig,
  images: tf.Tensor4D,
): tf.Tensor2D {
  const stages = computeSmallStages(parameters, config, images);
  const last = stages[stages.length - 1]!;
  const [batch, height, width, channels] = last.shape;
  let tokens: tf.Tensor = tf.reshape(last, [batch, height * width, channels]);
  if (config.layers > 0)
    tokens = tf.add(tokens, parameters("positions", [height * width, channels], { normal: 0.02 }));
  for (let layer = 0; layer < config.layers; layer++)
    tokens = transformerBlock(scope(parameters, `layer${layer}`), tokens, config.heads);
  const pooled = tf.concat([tf.mean(tokens, 1), tf.max(tokens, 1)], 1); // [batch, 2 · channels]
  const hidden = quickGelu(
    dense(scope(parameters, "hidden"), layerNorm(scope(parameters, "norm"), pooled), 2 * channels),
  );
  return dense(scope(parameters, "project"), hidden, config.features, { bias: false }) as tf.Tensor2D;
}
