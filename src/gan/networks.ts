import { type Parameters, conv, dense, sampleNorm, scope, shrink, spaceToDepth } from "../tensor/index.js";
import * as tf from "../tf.js";

/** Channels of an encoder or discriminator, halving down to 4×4: four widths see all 64×64 pixels, three their 32×32 means. */
export interface TrunkConfig {
  readonly widths: readonly number[];
}

/** Pictures `[batch, 64, 64, 3]` in [−1, 1] to `[batch, 4·4·last]`. */
function trunk(p: Parameters, config: TrunkConfig, pictures: tf.Tensor4D, normalise: boolean): tf.Tensor2D {
  let x = shrink(pictures, 16 / 2 ** config.widths.length);
  config.widths.forEach((width, layer) => {
    const at = scope(p, `layer${layer}`);
    x = conv(scope(at, "merge"), spaceToDepth(x, 2), width, 1);
    if (normalise) x = sampleNorm(scope(at, "norm"), x) as tf.Tensor4D;
    const inner = tf.leakyRelu(conv(scope(at, "conv"), tf.leakyRelu(x, 0.2) as tf.Tensor4D, width, 3), 0.2);
    x = tf.mul(tf.add(x, inner), Math.SQRT1_2);
  });
  return tf.reshape(x, [pictures.shape[0], -1]) as tf.Tensor2D;
}

/**
 * Posterior of the noise that makes a picture: mean and log-variance, `[batch, noise]` each.
 * Source: Kingma & Welling 2014, "Auto-Encoding Variational Bayes".
 */
export function encodeLatents(
  p: Parameters,
  config: TrunkConfig,
  pictures: tf.Tensor4D,
  noise: number,
): { mean: tf.Tensor2D; logVariance: tf.Tensor2D } {
  const features = trunk(p, config, pictures, true);
  const out = dense(scope(p, "out"), features, 2 * noise, { gain: 0.5 });
  const [mean, logVariance] = tf.split(out, 2, 1) as [tf.Tensor2D, tf.Tensor2D];
  return { mean, logVariance: tf.clipByValue(logVariance, -8, 2) };
}

/**
 * Realness of pictures for a condition, `[batch]`: a projection discriminator (Miyato & Koyama 2018).
 * @param condition unit CLIP embeddings `[batch, condition]`.
 */
export function discriminate(
  p: Parameters,
  config: TrunkConfig,
  pictures: tf.Tensor4D,
  condition: tf.Tensor,
): tf.Tensor1D {
  const features = trunk(p, config, pictures, false);
  const hidden = tf.leakyRelu(dense(scope(p, "hidden"), features, 256, { gain: Math.SQRT2 }), 0.2);
  const plain = dense(scope(p, "plain"), hidden, 1); // [batch, 1]
  const wanted = dense(scope(p, "condition"), tf.mul(condition, Math.sqrt(condition.shape[1]!)), 256, {
    bias: false,
  });
  const projected = tf.mul(tf.sum(tf.mul(hidden, wanted), 1), 1 / 16);
  return tf.add(tf.reshape(plain, [-1]), projected) as tf.Tensor1D;
}
