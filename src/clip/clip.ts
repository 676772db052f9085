import { type Parameters, clampThrough, scope, normaliseRows } from "../tensor/index.js";
import * as tf from "../tf.js";
import { type ImageConfig, computeImageFeatures } from "./image.js";
import type { SmallImageConfig } from "./small.js";
import { type TextConfig, computeTextFeatures } from "./text.js";

/** A CLIP: an image and a text encoder into one space. */
export interface ClipConfig {
  /** Kind, sizes and input of the image encoder. */
  readonly image: ImageConfig;
  /** Sizes, vocabulary and context length of the text encoder. */
  readonly text: TextConfig;
  /** Whether each pair is classified separately, with a sigmoid and a learned bias (SigLIP); default: no. */
  readonly sigmoid?: boolean | undefined;
}

/** A CLIP with one of our small image encoders, as training makes them. */
export interface SmallClipConfig extends ClipConfig {
  readonly image: SmallImageConfig;
}

/**
 * Computes the unit image embeddings `[batch, features]` of pictures `[batch, side, side, 3]` in [0, 1]; side `inputSideOf(config.image)`.
 * @param parameters weights of the image tower.
 * @param config shape of the CLIP, as its pack or `loadClip` gives it.
 * @param images `[batch, side, side, 3]`, sRGB in [0, 1].
 * @returns `[batch, features]`, rows of length 1.
 */
export function embedImages(parameters: Parameters, config: ClipConfig, images: tf.Tensor4D): tf.Tensor2D {
  return normaliseRows(computeImageFeatures(scope(parameters, "image"), config.image, images));
}

/**
 * Computes the unit text embeddings `[batch, features]` of tokens `[batch, contextLength]`.
 * @param parameters weights of the text tower.
 * @param config shape of the CLIP, as its pack or `loadClip` gives it.
 * @param tokens int32 `[batch, contextLength]`, from a `Tokenizer`.
 * @returns `[batch, features]`, rows of length 1.
 */
export function embedTexts(parameters: Parameters, config: ClipConfig, tokens: tf.Tensor2D): tf.Tensor2D {
  return normaliseRows(computeTextFeatures(scope(parameters, "text"), config.text, tokens));
}

/**
 * Computes the logits of picture-text pairs: the scaled cosine, plus the bias of a sigmoid CLIP. A softmax over texts (CLIP) or a
 * sigmoid of each value (SigLIP) gives probabilities.
 * @param parameters weights of the CLIP; logit scale and bias are read.
 * @param config shape of the CLIP; `sigmoid` decides whether the bias is added.
 * @param images unit embeddings `[images, features]`.
 * @param texts unit embeddings `[texts, features]`.
 * @returns `[images, texts]`.
 */
export function computePairLogits(
  parameters: Parameters,
  config: ClipConfig,
  images: tf.Tensor2D,
  texts: tf.Tensor2D,
): tf.Tensor2D {
  const scale = tf.exp(parameters("logitScale", [], { constant: Math.log(1 / 0.07) }));
  const logits = tf.mul(tf.matMul(images, texts, false, true), scale);
  return config.sigmoid
    ? tf.add(logits, parameters("logitBias", [], { constant: -10 }))
    : (logits as tf.Tensor2D);
}

/** Largest value of the learnt logit scale. Beyond it the gradient passes only where it leads back. */
export const maximumScale = 100;

/**
 * Computes the contrastive loss: every picture against every text of the batch and every text against every picture, by softmax
 * over the scaled cosines. Further texts that are true of a picture are positives too and share the target.
 * Source: Radford et al. 2021, §2.3 and figure 3; several positives as in Khosla et al. 2020, "Supervised Contrastive Learning",
 * equation 2.
 * @param parameters weights of the CLIP; the logit scale is read.
 * @param images unit embeddings `[pictures, features]`.
 * @param texts unit embeddings `[texts, features]`: as many as pictures, in their order, and possibly more. The others are wrong for
 * every picture and are compared with the pictures only.
 * @param targets `[pictures, texts]`, above 0 where the text is true of the picture, on the diagonal always; a row sums to its
 * pair's weight, 1 unless groups are balanced.
 * @returns scalar; ln(batch) when the cosines say nothing.
 */
export function computeContrastiveLoss(
  parameters: Parameters,
  images: tf.Tensor2D,
  texts: tf.Tensor2D,
  targets: tf.Tensor2D,
): tf.Scalar {
  const logScale = parameters("logitScale", [], { constant: Math.log(1 / 0.07) });
  const scale = tf.exp(clampThrough(logScale, 0, Math.log(maximumScale)));
  const logits: tf.Tensor2D = tf.mul(tf.matMul(images, texts, false, true), scale); // [images, texts]
  const cross = (scores: tf.Tensor, targetRows: tf.Tensor): tf.Tensor =>
    tf.mean(tf.sum(tf.mul(tf.logSoftmax(scores), targetRows), 1));
  const own = (values: tf.Tensor2D): tf.Tensor2D => tf.slice(values, [0, 0], [count, count]);
  const [count, textCount] = targets.shape;
  const [ownLogits, ownTargets] = count === textCount ? [logits, targets] : [own(logits), own(targets)];
  const weights = tf.sum(targets, 1, true);
  const pictures = tf.transpose(tf.div(ownTargets, weights)); // [images, images]
  const ofTexts = tf.mul(tf.div(pictures, tf.sum(pictures, 1, true)), weights);
  return tf.mul(tf.add(cross(logits, targets), cross(tf.transpose(ownLogits), ofTexts)), -0.5);
}

/**
 * Computes the sigmoid loss: every pair of the batch is classified separately as a match or not, with a learned scale and bias.
 * Source: Zhai et al. 2023, "Sigmoid Loss for Language Image Pre-Training", algorithm 1; pairs of one concept match too.
 * @param targets `[batch, batch]`, above 0 where picture and text match; a row sums to its picture's weight.
 * @returns scalar, summed over the pairs of a picture and averaged over pictures.
 */
export function computeSigmoidLoss(
  parameters: Parameters,
  config: ClipConfig,
  images: tf.Tensor2D,
  texts: tf.Tensor2D,
  targets: tf.Tensor2D,
): tf.Scalar {
  const signs = tf.sub(tf.mul(tf.cast(tf.greater(targets, 0), "float32"), 2), 1);
  const wrong = tf.softplus(tf.neg(tf.mul(computePairLogits(parameters, config, images, texts), signs)));
  return tf.mean(tf.mul(tf.sum(wrong, 1), tf.sum(targets, 1)));
}
