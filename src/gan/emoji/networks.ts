import { type Parameters, conv, dense, sampleNorm, scope, shrink, spaceToDepth } from "../../tensor/index.js";
import * as tf from "../../tf.js";
import { emojiCodeSide } from "./decoder.js";

/** Channels of an encoder or discriminator: one width for each halving of the side. An encoder ends at 8×8, a discriminator at 4×4. */
export interface TrunkConfig {
  readonly widths: readonly number[];
}

/**
 * Maps pictures `[batch, 64, 64, 3]` in [−1, 1] to features `[batch, side, side, last width]`. Pixels are averaged first if there are
 * fewer widths than halvings.
 */
function applyTrunk(
  parameters: Parameters,
  config: TrunkConfig,
  pictures: tf.Tensor4D,
  { side, normalise }: { side: number; normalise: boolean },
): tf.Tensor4D {
  let x = shrink(pictures, 64 / side / 2 ** config.widths.length);
  config.widths.forEach((width, layer) => {
    const at = scope(parameters, `layer${layer}`);
    x = conv(scope(at, "merge"), spaceToDepth(x, 2), width, 1);
    if (normalise) x = sampleNorm(scope(at, "norm"), x) as tf.Tensor4D;
    const inner = tf.leakyRelu(conv(scope(at, "conv"), tf.leakyRelu(x, 0.2) as tf.Tensor4D, width, 3), 0.2);
    x = tf.mul(tf.add(x, inner), Math.SQRT1_2);
  });
  return x;
}

/**
 * Encodes a picture to the posterior of its code: mean and log-variance, `[batch, 8, 8, code]` each.
 * Source: Kingma & Welling 2014, "Auto-Encoding Variational Bayes".
 */
export function encodeEmoji(
  parameters: Parameters,
  config: TrunkConfig,
  pictures: tf.Tensor4D,
  code: number,
): { mean: tf.Tensor4D; logVariance: tf.Tensor4D } {
  const features = applyTrunk(parameters, config, pictures, { side: emojiCodeSide, normalise: true });
  const out = conv(scope(parameters, "out"), features, 2 * code, 1, { gain: 0.5 });
  const [mean, logVariance] = tf.split(out, 2, 3) as [tf.Tensor4D, tf.Tensor4D];
  return { mean, logVariance: tf.clipByValue(logVariance, -8, 2) };
}

/** Channels of the discriminator's last hidden layer. */
const hiddenSize = 256;

/**
 * Scores how real pictures look for a condition. This is a projection discriminator: the score is an unconditional part plus the dot
 * product of hidden features and the projected condition.
 * Source: Miyato & Koyama 2018, "cGANs with Projection Discriminator".
 * @param condition unit CLIP embeddings `[batch, embedding]`.
 * @returns logits `[batch]`.
 */
export function scoreEmojiRealness(
  parameters: Parameters,
  config: TrunkConfig,
  pictures: tf.Tensor4D,
  condition: tf.Tensor,
): tf.Tensor1D {
  const features = applyTrunk(parameters, config, pictures, { side: 4, normalise: false });
  const flat = tf.reshape(features, [pictures.shape[0], -1]);
  const hidden = tf.leakyRelu(
    dense(scope(parameters, "hidden"), flat, hiddenSize, { gain: Math.SQRT2 }),
    0.2,
  );
  const unconditional = dense(scope(parameters, "plain"), hidden, 1); // [batch, 1]
  const scaledCondition = tf.mul(condition, Math.sqrt(condition.shape[1]!)); // mean square 1 per component
  const direction = dense(scope(parameters, "condition"), scaledCondition, hiddenSize, { bias: false });
  const conditional = tf.mul(tf.sum(tf.mul(hidden, direction), 1), 1 / Math.sqrt(hiddenSize));
  return tf.add(tf.reshape(unconditional, [-1]), conditional) as tf.Tensor1D;
}
