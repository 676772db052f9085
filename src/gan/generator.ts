import {
  type HostTensor,
  type Parameters,
  conv,
  dense,
  depthToSpace,
  hostFloats,
  scope,
  unitScale,
} from "../tensor/index.js";
import * as tf from "../tf.js";

/**
 * Shape of the emoji generator: a mapping network from (noise, CLIP embedding, drawing style) to w, a layout of 8×8 made
 * from w, then convolutions from 8×8 to 64×64, each modulated by that layer's own copy of w (W+).
 */
export interface GeneratorConfig {
  /** Size of the noise z. */
  readonly noise: number;
  /** Size of the CLIP embedding that conditions it. */
  readonly condition: number;
  /** Drawing styles it can be asked for, e.g. `noto style`. */
  readonly styles: readonly string[];
  /** Size of one w. */
  readonly style: number;
  /** Channels at 8, 16, 32, 64. */
  readonly widths: readonly number[];
}

/** Rows of W+: one for the layout, one a resolution. */
export function layerCount(config: GeneratorConfig): number {
  return config.widths.length + 1;
}

/** Conditions of a generator: embeddings `[rows, condition]` and, beside each, its drawing style (−1 leaves it open). */
export function withStyles(
  embeddings: Float32Array,
  wanted: readonly number[],
  { condition, styles }: GeneratorConfig,
): HostTensor {
  const size = condition + styles.length;
  const out = new Float32Array(wanted.length * size);
  wanted.forEach((style, row) => {
    out.set(embeddings.subarray(row * condition, (row + 1) * condition), row * size);
    if (style >= 0) out[row * size + condition + style] = 1;
  });
  return hostFloats(out, [wanted.length, size]);
}

const leaky = (x: tf.Tensor): tf.Tensor4D => tf.leakyRelu(x, 0.2) as tf.Tensor4D;

/**
 * Noise and condition to w.
 * @param z `[batch, noise]`; standard normal, or smaller for more typical pictures.
 * @param condition `[batch, condition + styles]`: a unit CLIP embedding, then 1 at the drawing style; no 1 leaves it open.
 * @returns `[batch, style]`.
 */
export function mapLatents(
  p: Parameters,
  config: GeneratorConfig,
  z: tf.Tensor,
  condition: tf.Tensor,
): tf.Tensor2D {
  const joined = tf.concat([z, tf.mul(condition, Math.sqrt(config.condition))], 1);
  const first = tf.leakyRelu(dense(scope(p, "map1"), joined, 2 * config.style, { gain: Math.SQRT2 }), 0.2);
  return tf.leakyRelu(dense(scope(p, "map2"), first, config.style, { gain: Math.SQRT2 }), 0.2) as tf.Tensor2D;
}

/** Normalised, then scaled and shifted by channel as w says (Karras et al. 2019's AdaIN, with one statistic a sample). */
function modulate(p: Parameters, x: tf.Tensor4D, w: tf.Tensor): tf.Tensor4D {
  const [batch, , , channels] = x.shape;
  const [gain, shift] = tf.split(dense(p, w, 2 * channels, { gain: 0.7 }), 2, 1) as [tf.Tensor, tf.Tensor];
  const wide = (values: tf.Tensor): tf.Tensor => tf.reshape(values, [batch, 1, 1, channels]);
  return tf.add(tf.mul(unitScale(x), tf.add(wide(gain), 1)), wide(shift));
}

/** Channels of the layouts that w adds at 16×16 and 32×32: scales of channels alone cannot place things. */
const layouts: readonly number[] = [0, 8, 4, 0];

/**
 * Pictures of latents.
 * @param latents W+ `[batch, layers, style]`.
 * @returns `[batch, 64, 64, 3]`, in [−1, 1] but for rounding: the last layer is tanh.
 */
export function synthesize(p: Parameters, config: GeneratorConfig, latents: tf.Tensor3D): tf.Tensor4D {
  const [batch] = latents.shape;
  const [start, ...styles] = tf.unstack(latents, 1) as [tf.Tensor, ...tf.Tensor[]]; // [batch, style] each
  const [first] = config.widths as [number];
  let x = leaky(tf.reshape(dense(scope(p, "start"), start, 64 * first), [batch, 8, 8, first])) as tf.Tensor4D;
  let colours: tf.Tensor4D | undefined;
  config.widths.forEach((width, layer) => {
    const at = scope(p, `layer${layer}`);
    const w = styles[layer]!;
    if (layer > 0) x = depthToSpace(conv(scope(at, "merge"), x, 4 * width, 1, { gain: 1, bias: false }), 2);
    const side = 8 * 2 ** layer;
    const layout = layouts[layer] ?? 0;
    if (layout > 0) {
      const drawn = tf.reshape(dense(scope(at, "layout"), w, side * side * layout), [
        batch,
        side,
        side,
        layout,
      ]);
      x = tf.add(x, conv(scope(at, "spread"), drawn as tf.Tensor4D, width, 1, { gain: 0.5 }));
    }
    const made = conv(scope(at, "conv"), x, width, 3, { bias: false });
    x = leaky(modulate(scope(at, "style"), made, w));
    if (layer === config.widths.length - 2) colours = conv(scope(at, "colour"), x, 12, 1, { gain: 0.5 });
  });
  const fine = conv(scope(p, "colour"), x, 3, 3, { gain: 0.5 });
  return tf.tanh(tf.add(depthToSpace(colours!, 2), fine));
}
