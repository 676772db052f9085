import { type Parameters, conv, depthToSpace, scope } from "../tensor/index.js";
import * as tf from "../tf.js";

/** Shape of a learned enlargement. */
export interface UpscalerConfig {
  /** Channels of its convolutions. */
  readonly width: number;
  /** Convolutions between the first and the last. */
  readonly layers: number;
}

/** Scale factor of width and height. */
export const enlargement = 4;

const leaky = (x: tf.Tensor): tf.Tensor4D => tf.leakyRelu(x, 0.2) as tf.Tensor4D;

/**
 * Enlarges pictures by 4: bilinear interpolation plus a residual from convolutions at the small size.
 * @param pictures `[batch, height, width, 3]` in [0, 1]; outside it is white.
 * @returns `[batch, 4·height, 4·width, 3]`, in [0, 1] except for overshoot.
 * Source: Shi et al. 2016, "Real-Time Single Image and Video Super-Resolution Using an Efficient Sub-Pixel Convolutional Neural
 * Network", §3.
 */
export function enlarge(
  parameters: Parameters,
  { width, layers }: UpscalerConfig,
  pictures: tf.Tensor4D,
): tf.Tensor4D {
  const [, rows, columns] = pictures.shape;
  let x = conv(scope(parameters, "start"), tf.sub(1, pictures) as tf.Tensor4D, width, 3);
  for (let layer = 0; layer < layers; layer++)
    x = tf.add(x, conv(scope(parameters, `layer${layer}`), leaky(x), width, 3, { gain: 1 }));
  const detail = conv(scope(parameters, "detail"), leaky(x), 3 * enlargement ** 2, 3, { gain: 0.1 });
  const smooth = tf.image.resizeBilinear(pictures, [rows * enlargement, columns * enlargement], false, true);
  return tf.add(smooth, depthToSpace(detail, enlargement));
}
