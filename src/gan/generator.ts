import { type Parameters, conv, dense, enlarge, scope, unitScale } from "../tensor/index.js";
import * as tf from "../tf.js";

/**
 * Shape of the emoji generator: a mapping network from (noise, CLIP embedding) to w, then one convolution a resolution,
 * 4×4 to 64×64, modulated by that layer's own copy of w (W+).
 */
export interface GeneratorConfig {
  /** Size of the noise z. */
  readonly noise: number;
  /** Size of the CLIP embedding that conditions it. */
  readonly condition: number;
  /** Size of one w. */
  readonly style: number;
  /** Channels at 4, 8, 16, 32, 64. */
  readonly widths: readonly number[];
}

/** Rows of W+: one w a resolution. */
export function layerCount(config: GeneratorConfig): number {
  return config.widths.length;
}

const leaky = (x: tf.Tensor): tf.Tensor4D => tf.leakyRelu(x, 0.2) as tf.Tensor4D;

/**
 * Noise and condition to w.
 * @param z `[batch, noise]`, standard normal.
 * @param condition `[batch, condition]`, unit length.
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

/**
 * Pictures of latents.
 * @param latents W+ `[batch, layers, style]`.
 * @returns `[batch, 64, 64, 3]`, in [−1, 1] but for rounding: the last layer is tanh.
 */
export function synthesize(p: Parameters, config: GeneratorConfig, latents: tf.Tensor3D): tf.Tensor4D {
  const [batch] = latents.shape;
  const styles = tf.unstack(latents, 1); // layers × [batch, style]
  const [first] = config.widths as [number];
  let x = tf.reshape(dense(scope(p, "start"), styles[0]!, 16 * first), [batch, 4, 4, first]) as tf.Tensor4D;
  let picture: tf.Tensor4D | undefined;
  config.widths.forEach((width, layer) => {
    const at = scope(p, `layer${layer}`);
    if (layer > 0) x = enlarge(conv(scope(at, "merge"), x, width, 1, { gain: 1, bias: false }));
    if (layer === 1) {
      // The second resolution gets a layout of its own from w; channel scales alone cannot place things.
      const layout = dense(scope(at, "layout"), styles[1]!, 64 * 32);
      x = tf.add(
        x,
        conv(scope(at, "spread"), tf.reshape(layout, [batch, 8, 8, 32]), width, 1, { gain: 0.5 }),
      );
    }
    x = leaky(
      modulate(scope(at, "style"), conv(scope(at, "conv"), x, width, 3, { bias: false }), styles[layer]!),
    );
    const colours = conv(scope(at, "colour"), x, 3, 1, { gain: 0.5 });
    picture = picture ? tf.add(enlarge(picture), colours) : colours;
  });
  return tf.tanh(picture!);
}
