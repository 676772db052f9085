import * as tf from "../tf.js";
import { type Parameters, scope } from "./parameters.js";

/** Options of a convolution or dense layer. */
export interface LayerOptions {
  /** Multiplies the standard deviation `sqrt(1 / fan-in)` of the starting weights; default √2 for `conv` (He et al. 2015), 1 for `dense`. */
  readonly gain?: number;
  readonly bias?: boolean;
}

/** Dense layer over the last axis: `[…, in]` → `[…, out]`. */
export function dense(
  parameters: Parameters,
  x: tf.Tensor,
  out: number,
  { gain = 1, bias = true }: LayerOptions = {},
): tf.Tensor {
  const size = x.shape[x.rank - 1]!;
  const weight = parameters("weight", [size, out], { normal: gain / Math.sqrt(size) });
  const rows = tf.reshape(x, [-1, size]);
  const product = tf.reshape(tf.matMul(rows, weight), [...x.shape.slice(0, -1), out]);
  return bias ? tf.add(product, parameters("bias", [out], { constant: 0 })) : product;
}

/**
 * Convolves `[batch, height, width, in]` → `[…, out]`; of the same size, or of half the (even) sides with stride
 * 2.
 */
export function conv(
  parameters: Parameters,
  x: tf.Tensor4D,
  out: number,
  size: 1 | 3,
  { gain = Math.SQRT2, bias = true, stride = 1 }: LayerOptions & { readonly stride?: 1 | 2 } = {},
): tf.Tensor4D {
  const channels = x.shape[3];
  const shape = [size, size, channels, out];
  const weight = parameters("weight", shape, { normal: gain / Math.sqrt(size * size * channels) });
  // "same" would pad an even side at its end only, and tfjs-node takes no padding by number.
  const edge: [number, number] = [(size - 1) / 2, (size - 1) / 2];
  const framed = stride === 1 || size === 1 ? x : tf.pad(x, [[0, 0], edge, edge, [0, 0]]);
  const product = tf.conv2d(framed, weight as tf.Tensor4D, stride, stride === 1 ? "same" : "valid");
  return bias ? tf.add(product, parameters("bias", [out], { constant: 0 })) : product;
}

/** Moves blocks of `factor`² pixels into channels: `[b, h, w, c]` → `[b, h/f, w/f, f²·c]`. */
export function spaceToDepth(x: tf.Tensor4D, factor: number): tf.Tensor4D {
  if (factor === 1) return x;
  const [batch, height, width, channels] = x.shape;
  const rows = height / factor;
  const columns = width / factor;
  const cells = tf.reshape(x, [batch * rows, factor, columns, factor * channels]);
  return tf.reshape(tf.transpose(cells, [0, 2, 1, 3]), [batch, rows, columns, factor * factor * channels]);
}

/** Averages blocks of `factor`² pixels: `[b, h, w, c]` → `[b, h/f, w/f, c]`. */
export function shrink(x: tf.Tensor4D, factor: number): tf.Tensor4D {
  if (factor === 1) return x;
  const [batch, height, width, channels] = x.shape;
  const cells = tf.reshape(x, [batch * (height / factor), factor, width / factor, factor, channels]);
  return tf.reshape(tf.mean(cells, [1, 3]), [batch, height / factor, width / factor, channels]);
}

/**
 * Moves channels into blocks of `factor`² pixels, the inverse of `spaceToDepth`: `[b, h, w, f²·c]` → `[b, h·f, w·f, c]`.
 */
export function depthToSpace(x: tf.Tensor4D, factor: number): tf.Tensor4D {
  const [batch, height, width, channels] = x.shape;
  const left = channels / (factor * factor);
  const cells = tf.reshape(x, [batch * height, width, factor, factor * left]);
  return tf.reshape(tf.transpose(cells, [0, 2, 1, 3]), [batch, height * factor, width * factor, left]);
}

/** Divides each sample by the root of its mean square, then scales and shifts by channel (RMSNorm, Zhang & Sennrich 2019). */
export function sampleNorm(parameters: Parameters, x: tf.Tensor): tf.Tensor {
  const channels = x.shape[x.rank - 1]!;
  const unit = scaleToUnit(x);
  return tf.add(
    tf.mul(unit, parameters("gain", [channels], { constant: 1 })),
    parameters("bias", [channels], { constant: 0 }),
  );
}

/** Divides each sample by the root of its mean square. */
export function scaleToUnit(x: tf.Tensor): tf.Tensor {
  const axes = Array.from({ length: x.rank - 1 }, (_, axis) => axis + 1);
  return tf.mul(x, tf.rsqrt(tf.add(tf.mean(tf.square(x), axes, true), 1e-5)));
}

/** Normalises over the last axis (layer normalisation). */
export function layerNorm(parameters: Parameters, x: tf.Tensor, epsilon = 1e-5): tf.Tensor {
  const channels = x.shape[x.rank - 1]!;
  const centred = tf.sub(x, tf.mean(x, -1, true));
  const unit = tf.mul(centred, tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), epsilon)));
  return tf.add(
    tf.mul(unit, parameters("gain", [channels], { constant: 1 })),
    parameters("bias", [channels], { constant: 0 }),
  );
}

/** Divides rows by their Euclidean length: `[rows, size]`. */
export function normaliseRows(x: tf.Tensor): tf.Tensor2D {
  return tf.mul(x, tf.rsqrt(tf.add(tf.sum(tf.square(x), -1, true), 1e-12)));
}

/** Returns `x · sigmoid(1.702 x)`, the activation of OpenAI's CLIP. */
export function quickGelu(x: tf.Tensor): tf.Tensor {
  return tf.mul(x, tf.sigmoid(tf.mul(x, 1.702)));
}

const gelu = (x: tf.Tensor): tf.Tensor => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1));
const geluTanh = (x: tf.Tensor): tf.Tensor => {
  const inner = tf.mul(tf.mul(x, tf.add(tf.mul(tf.square(x), 0.044715), 1)), Math.sqrt(2 / Math.PI));
  return tf.mul(tf.mul(x, 0.5), tf.add(tf.tanh(inner), 1));
};

/**
 * Activations of transformers: the Gaussian error linear unit, exact and in two approximations.
 * Source: Hendrycks & Gimpel 2016, "Gaussian Error Linear Units", §2.
 */
export const activations = { quickGelu, gelu, geluTanh } as const;

/** Name of an activation of transformers. */
export type Activation = keyof typeof activations;

/**
 * Applies multi-head attention, without projections; `mask` is added to the scores.
 * @param query `[batch, queries, width]`.
 * @param key `[batch, tokens, width]`, as is `value`.
 * @returns `[batch, queries, width]`.
 * Source: Vaswani et al. 2017, "Attention Is All You Need", §3.2.
 */
export function attend(
  query: tf.Tensor,
  key: tf.Tensor,
  value: tf.Tensor,
  heads: number,
  mask?: tf.Tensor,
): tf.Tensor {
  const size = query.shape[2]! / heads;
  const split = (part: tf.Tensor): tf.Tensor =>
    tf.transpose(tf.reshape(part, [part.shape[0]!, part.shape[1]!, heads, size]), [0, 2, 1, 3]);
  const [queries, keys, values] = [query, key, value].map(split) as [tf.Tensor, tf.Tensor, tf.Tensor]; // [batch, heads, …, size]
  const scores = tf.mul(tf.matMul(queries, keys, false, true), 1 / Math.sqrt(size)); // [batch, heads, queries, tokens]
  const attended = tf.matMul(tf.softmax(mask ? tf.add(scores, mask) : scores), values);
  return tf.reshape(tf.transpose(attended, [0, 2, 1, 3]), query.shape);
}

/** How a transformer block differs from OpenAI's CLIP. */
export interface BlockOptions {
  /** Added to the attention scores. */
  readonly mask?: tf.Tensor | undefined;
  /** Default `quickGelu`. */
  readonly activation?: Activation | undefined;
  /** Width of the hidden layer; default four times that of the tokens. */
  readonly hidden?: number | undefined;
  /** Of the layer normalisations; default 1e-5. */
  readonly epsilon?: number | undefined;
}

/** Applies the perceptron of a transformer block, without its shortcut: `[…, width]` → same. */
export function perceptron(parameters: Parameters, x: tf.Tensor, options: BlockOptions = {}): tf.Tensor {
  const width = x.shape[x.rank - 1]!;
  const { activation = "quickGelu", hidden = 4 * width } = options;
  const inner = activations[activation](dense(scope(parameters, "in"), x, hidden));
  return dense(scope(parameters, "out"), inner, width, { gain: 0.5 });
}

/** Applies a pre-norm transformer block: `[batch, tokens, width]` → same. */
export function transformerBlock(
  parameters: Parameters,
  x: tf.Tensor,
  heads: number,
  options: BlockOptions = {},
): tf.Tensor {
  const width = x.shape[2]!;
  const { mask, epsilon } = options;
  const before = layerNorm(scope(parameters, "norm1"), x, epsilon);
  const parts = tf.split(dense(scope(parameters, "attention.in"), before, 3 * width), 3, 2);
  const [query, key, value] = parts as [tf.Tensor, tf.Tensor, tf.Tensor];
  const joined = attend(query, key, value, heads, mask);
  const middle = tf.add(x, dense(scope(parameters, "attention.out"), joined, width, { gain: 0.5 }));
  return tf.add(
    middle,
    perceptron(scope(parameters, "mlp"), layerNorm(scope(parameters, "norm2"), middle, epsilon), options),
  );
}
