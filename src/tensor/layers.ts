import * as tf from "../tf.js";
import { type Parameters, scope } from "./parameters.js";

/** Options of a convolution or dense layer. */
export interface LayerOptions {
  /** Multiplies the standard deviation `sqrt(1 / fan-in)` of the starting weights; default √2 (He et al. 2015). */
  readonly gain?: number;
  readonly bias?: boolean;
}

/** Dense layer over the last axis: `[…, in]` → `[…, out]`. */
export function dense(
  p: Parameters,
  x: tf.Tensor,
  out: number,
  { gain = 1, bias = true }: LayerOptions = {},
): tf.Tensor {
  const size = x.shape[x.rank - 1]!;
  const weight = p("weight", [size, out], { normal: gain / Math.sqrt(size) });
  const rows = tf.reshape(x, [-1, size]);
  const product = tf.reshape(tf.matMul(rows, weight), [...x.shape.slice(0, -1), out]);
  return bias ? tf.add(product, p("bias", [out], { constant: 0 })) : product;
}

/** Convolution, stride 1, same size: `[batch, height, width, in]` → `[…, out]`. */
export function conv(
  p: Parameters,
  x: tf.Tensor4D,
  out: number,
  size: 1 | 3,
  { gain = Math.SQRT2, bias = true }: LayerOptions = {},
): tf.Tensor4D {
  const channels = x.shape[3];
  const shape = [size, size, channels, out];
  const weight = p("weight", shape, { normal: gain / Math.sqrt(size * size * channels) });
  const product = tf.conv2d(x, weight as tf.Tensor4D, 1, "same");
  return bias ? tf.add(product, p("bias", [out], { constant: 0 })) : product;
}

/** Blocks of `factor`² pixels become channels: `[b, h, w, c]` → `[b, h/f, w/f, f²·c]`. */
export function spaceToDepth(x: tf.Tensor4D, factor: number): tf.Tensor4D {
  if (factor === 1) return x;
  const [batch, height, width, channels] = x.shape;
  const rows = height / factor;
  const columns = width / factor;
  const cells = tf.reshape(x, [batch * rows, factor, columns, factor * channels]);
  return tf.reshape(tf.transpose(cells, [0, 2, 1, 3]), [batch, rows, columns, factor * factor * channels]);
}

/** Mean over blocks of `factor`² pixels: `[b, h, w, c]` → `[b, h/f, w/f, c]`. */
export function shrink(x: tf.Tensor4D, factor: number): tf.Tensor4D {
  if (factor === 1) return x;
  const [batch, height, width, channels] = x.shape;
  const cells = tf.reshape(x, [batch * (height / factor), factor, width / factor, factor, channels]);
  return tf.reshape(tf.mean(cells, [1, 3]), [batch, height / factor, width / factor, channels]);
}

/** Channels become blocks of `factor`² pixels, the inverse of `spaceToDepth`: `[b, h, w, f²·c]` → `[b, h·f, w·f, c]`. */
export function depthToSpace(x: tf.Tensor4D, factor: number): tf.Tensor4D {
  const [batch, height, width, channels] = x.shape;
  const left = channels / (factor * factor);
  const cells = tf.reshape(x, [batch * height, width, factor, factor * left]);
  return tf.reshape(tf.transpose(cells, [0, 2, 1, 3]), [batch, height * factor, width * factor, left]);
}

/** Divides each sample by the root of its mean square, then scales and shifts by channel (RMSNorm, Zhang & Sennrich 2019). */
export function sampleNorm(p: Parameters, x: tf.Tensor): tf.Tensor {
  const channels = x.shape[x.rank - 1]!;
  const unit = unitScale(x);
  return tf.add(tf.mul(unit, p("gain", [channels], { constant: 1 })), p("bias", [channels], { constant: 0 }));
}

/** Divides each sample by the root of its mean square. */
export function unitScale(x: tf.Tensor): tf.Tensor {
  const axes = Array.from({ length: x.rank - 1 }, (_, axis) => axis + 1);
  return tf.mul(x, tf.rsqrt(tf.add(tf.mean(tf.square(x), axes, true), 1e-5)));
}

/** Layer normalisation over the last axis. */
export function layerNorm(p: Parameters, x: tf.Tensor): tf.Tensor {
  const channels = x.shape[x.rank - 1]!;
  const centred = tf.sub(x, tf.mean(x, -1, true));
  const unit = tf.mul(centred, tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), 1e-5)));
  return tf.add(tf.mul(unit, p("gain", [channels], { constant: 1 })), p("bias", [channels], { constant: 0 }));
}

/** Rows divided by their Euclidean length: `[rows, size]`. */
export function unitRows(x: tf.Tensor): tf.Tensor2D {
  return tf.mul(x, tf.rsqrt(tf.add(tf.sum(tf.square(x), -1, true), 1e-12)));
}

/** `x · sigmoid(1.702 x)`, the activation of OpenAI's CLIP. */
export function quickGelu(x: tf.Tensor): tf.Tensor {
  return tf.mul(x, tf.sigmoid(tf.mul(x, 1.702)));
}

/** Pre-norm transformer block: `[batch, tokens, width]` → same; `mask` is added to the attention scores. */
export function transformerBlock(p: Parameters, x: tf.Tensor, heads: number, mask?: tf.Tensor): tf.Tensor {
  const [batch, tokens, width] = x.shape as [number, number, number];
  const size = width / heads;
  const split = (part: tf.Tensor): tf.Tensor =>
    tf.transpose(tf.reshape(part, [batch, tokens, heads, size]), [0, 2, 1, 3]);
  const parts = tf.split(dense(scope(p, "attention.in"), layerNorm(scope(p, "norm1"), x), 3 * width), 3, 2);
  const [query, key, value] = parts.map(split) as [tf.Tensor, tf.Tensor, tf.Tensor]; // [batch, heads, tokens, size]
  const scores = tf.mul(tf.matMul(query, key, false, true), 1 / Math.sqrt(size)); // [batch, heads, tokens, tokens]
  const attended = tf.matMul(tf.softmax(mask ? tf.add(scores, mask) : scores), value);
  const joined = tf.reshape(tf.transpose(attended, [0, 2, 1, 3]), [batch, tokens, width]);
  const middle = tf.add(x, dense(scope(p, "attention.out"), joined, width, { gain: 0.5 }));
  const hidden = quickGelu(dense(scope(p, "mlp.in"), layerNorm(scope(p, "norm2"), middle), 4 * width));
  return tf.add(middle, dense(scope(p, "mlp.out"), hidden, width, { gain: 0.5 }));
}
