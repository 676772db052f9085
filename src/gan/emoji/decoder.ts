import {
  type HostTensor,
  type Parameters,
  conv,
  dense,
  depthToSpace,
  hostFloats,
  sampleNorm,
  scope,
} from "../../tensor/index.js";
import * as tf from "../../tf.js";

/**
 * Shape of the emoji generator: a mapping network from (CLIP embedding, drawing style) to w, a code of 8×8 places that w maps
 * to, and a decoder of codes to 64×64. An encoder computes the code of any picture; w represents the codes that text conditions
 * map to.
 */
export interface EmojiGeneratorConfig {
  /** Number of features of the CLIP embedding that conditions it. */
  readonly condition: number;
  /** Drawing styles that can be requested, e.g. `noto style`. */
  readonly styles: readonly string[];
  /** Number of features of w; divides the number of values of the code. */
  readonly style: number;
  /** Width of the layer between w and the code. */
  readonly hidden: number;
  /** Number of channels of the code, `[8, 8, code]`. */
  readonly code: number;
  /** Channels at 8, 16, 32, 64. */
  readonly widths: readonly number[];
}

/** Side of a code, in cells. */
export const emojiCodeSide = 8;

/** Returns the number of values of a code. */
export function emojiCodeSizeOf({ code }: EmojiGeneratorConfig): number {
  return emojiCodeSide * emojiCodeSide * code;
}

/**
 * Appends drawing styles to embeddings, as conditions of the emoji generator.
 * @param embeddings `[rows, condition]`.
 * @param styleIndices index of each row's style; −1 for none.
 * @returns `[rows, condition + styles]`: each embedding, then its style as a one-hot vector (zeros for none).
 */
export function appendStyles(
  embeddings: Float32Array,
  styleIndices: readonly number[],
  { condition, styles }: EmojiGeneratorConfig,
): HostTensor {
  const size = condition + styles.length;
  const out = new Float32Array(styleIndices.length * size);
  styleIndices.forEach((style, row) => {
    out.set(embeddings.subarray(row * condition, (row + 1) * condition), row * size);
    if (style >= 0) out[row * size + condition + style] = 1;
  });
  return hostFloats(out, [styleIndices.length, size]);
}

const leaky = (x: tf.Tensor): tf.Tensor4D => tf.leakyRelu(x, 0.2) as tf.Tensor4D;

/**
 * Maps conditions to w.
 * @param parameters weights of the emoji generator.
 * @param config sizes of the generator that the weights belong to.
 * @param condition `[batch, condition + styles]`: a unit CLIP embedding, followed by the one-hot drawing style, which is 0 for none.
 * @returns `[batch, style]`.
 */
export function mapEmojiLatents(
  parameters: Parameters,
  config: EmojiGeneratorConfig,
  condition: tf.Tensor,
): tf.Tensor2D {
  const scaled = tf.mul(condition, Math.sqrt(config.condition));
  const first = tf.leakyRelu(
    dense(scope(parameters, "map1"), scaled, 2 * config.style, { gain: Math.SQRT2 }),
    0.2,
  );
  return tf.leakyRelu(
    dense(scope(parameters, "map2"), first, config.style, { gain: Math.SQRT2 }),
    0.2,
  ) as tf.Tensor2D;
}

/**
 * Maps w, the result of `mapEmojiLatents` (not whitened), to a code.
 * @param parameters weights of the emoji generator.
 * @param config sizes of the generator that the weights belong to.
 * @param w `[batch, style]`.
 * @returns `[batch, 8, 8, code]`, unbounded.
 */
export function mapToEmojiCode(
  parameters: Parameters,
  config: EmojiGeneratorConfig,
  w: tf.Tensor,
): tf.Tensor4D {
  const hidden = tf.leakyRelu(dense(scope(parameters, "code1"), w, config.hidden, { gain: Math.SQRT2 }), 0.2);
  const flat = dense(scope(parameters, "code2"), hidden, emojiCodeSizeOf(config), { gain: 0.5 });
  return tf.reshape(flat, [w.shape[0]!, emojiCodeSide, emojiCodeSide, config.code]);
}

/** Applies a residual block: normalisation, rectifier and a 3×3 convolution; the shape is unchanged. */
function refine(parameters: Parameters, x: tf.Tensor4D): tf.Tensor4D {
  const inner = leaky(sampleNorm(scope(parameters, "norm"), x));
  return tf.add(x, conv(scope(parameters, "conv"), inner, x.shape[3], 3, { gain: 1 }));
}

/**
 * Decodes codes to pictures.
 * @param parameters weights of the emoji generator.
 * @param config sizes of the generator that the weights belong to.
 * @param code `[batch, 8, 8, code]`.
 * @returns `[batch, 64, 64, 3]` in [−1, 1] (tanh).
 */
export function decodeEmoji(
  parameters: Parameters,
  config: EmojiGeneratorConfig,
  code: tf.Tensor4D,
): tf.Tensor4D {
  const last = config.widths.length - 1;
  let x = conv(scope(parameters, "start"), code, config.widths[0]!, 3, { gain: 1 });
  x = refine(scope(parameters, "place"), x);
  let colours: tf.Tensor4D | undefined;
  config.widths.forEach((width, layer) => {
    const at = scope(parameters, `layer${layer}`);
    if (layer > 0) x = depthToSpace(conv(scope(at, "merge"), x, 4 * width, 1, { gain: 1, bias: false }), 2);
    x = refine(at, x);
    if (layer === last - 1) colours = conv(scope(at, "colour"), leaky(x), 12, 1, { gain: 0.5 });
  });
  const fine = conv(scope(parameters, "colour"), leaky(x), 3, 3, { gain: 0.5 });
  return tf.tanh(tf.add(depthToSpace(colours!, 2), fine));
}
