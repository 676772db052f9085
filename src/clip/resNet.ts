import { type Parameters, attend, conv, dense, scope, shrink } from "../tensor/index.js";
import * as tf from "../tf.js";
import { type PixelStatistics, standardise } from "./pixels.js";

/**
 * Shape of CLIP's residual network: `width` channels after the stem, `blocks` bottlenecks in each of four stages. The batch
 * normalisations are part of the convolutions' weights.
 */
export interface ResNetConfig {
  readonly kind: "resnet";
  readonly side: number;
  readonly width: number;
  readonly blocks: readonly number[];
  readonly heads: number;
  readonly features: number;
  readonly pixels: PixelStatistics;
}

/** The last stage has this many times the stem's channels, on sides this many times smaller than the picture's. */
export const resNetGrowth = 32;
const expansion = 4;

function applyBottleneck(parameters: Parameters, x: tf.Tensor4D, width: number, stride: number): tf.Tensor4D {
  const layer = (name: string, input: tf.Tensor4D, out: number, size: 1 | 3): tf.Tensor4D =>
    conv(scope(parameters, name), input, out, size);
  const narrow = tf.relu(layer("conv1", x, width, 1));
  const features = tf.relu(layer("conv2", narrow, width, 3));
  const wide = layer("conv3", shrink(features, stride), width * expansion, 1);
  const changes = stride > 1 || x.shape[3] !== width * expansion;
  return tf.relu(tf.add(wide, changes ? layer("skip", shrink(x, stride), width * expansion, 1) : x));
}

/**
 * Maps after every stage.
 * Source: Radford et al. 2021, §2.4; He et al. 2019, "Bag of Tricks" (ResNet-D); Zhang 2019 (antialiased strides).
 * @param images `[batch, side, side, 3]`, sRGB in [0, 1].
 * @returns `[batch, height, width, channels]` each, of sides 4 to 32 times smaller than the picture's.
 */
export function computeResNetStages(
  parameters: Parameters,
  config: ResNetConfig,
  images: tf.Tensor4D,
): tf.Tensor4D[] {
  const { width, pixels } = config;
  let x = tf.relu(conv(scope(parameters, "stem1"), standardise(images, pixels), width / 2, 3, { stride: 2 }));
  x = tf.relu(conv(scope(parameters, "stem2"), x, width / 2, 3));
  x = shrink(tf.relu(conv(scope(parameters, "stem3"), x, width, 3)), 2); // [batch, side/4, side/4, width]
  return config.blocks.map((blocks, stage) => {
    for (let block = 0; block < blocks; block++)
      x = applyBottleneck(
        scope(parameters, `stage${stage}.block${block}`),
        x,
        width * 2 ** stage,
        stage > 0 && block === 0 ? 2 : 1,
      );
    return x;
  });
}

/**
 * Computes the features of pictures, not normalised: the mean of the last map attends to the map.
 * @param images `[batch, side, side, 3]`, sRGB in [0, 1].
 * @returns `[batch, features]`.
 */
export function computeResNetFeatures(
  parameters: Parameters,
  config: ResNetConfig,
  images: tf.Tensor4D,
): tf.Tensor2D {
  const stages = computeResNetStages(parameters, config, images);
  const [batch, height, columns, channels] = stages[stages.length - 1]!.shape;
  const cells = tf.reshape(stages[stages.length - 1]!, [batch, height * columns, channels]);
  const pool = scope(parameters, "pool");
  const meanAndCells = tf.concat([tf.mean(cells, 1, true), cells], 1); // [batch, 1 + cells, channels]
  const positions = pool("positions", [1 + height * columns, channels], { normal: channels ** -0.5 });
  const tokens = tf.add(meanAndCells, positions);
  const meanToken = tf.slice(tokens, [0, 0, 0], [-1, 1, -1]);
  const [query, key, value] = ["query", "key", "value"].map((name) =>
    dense(scope(pool, name), name === "query" ? meanToken : tokens, channels),
  ) as [tf.Tensor, tf.Tensor, tf.Tensor];
  const pooled = tf.reshape(attend(query, key, value, config.heads), [batch, channels]);
  return dense(scope(pool, "out"), pooled, config.features) as tf.Tensor2D;
}
