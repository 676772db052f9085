import { type ClipConfig, embedImages, computeImageStages } from "../clip/index.js";
import {
  type EmojiGeneratorConfig,
  type TrunkConfig,
  mapToEmojiCode,
  decodeEmoji,
  scoreEmojiRealness,
  encodeEmoji,
  mapEmojiLatents,
} from "../gan/index.js";
import { type Parameters, scope, shrink, scaleToUnit } from "../tensor/index.js";
import * as tf from "../tf.js";

/** The three networks that are trained together. */
export interface GanModel {
  readonly generator: EmojiGeneratorConfig;
  readonly encoder: TrunkConfig;
  readonly discriminator: TrunkConfig;
}

/** Weights of the losses. */
export interface GanLossWeights {
  readonly pixels: number;
  readonly features: number;
  readonly divergence: number;
  readonly meaning: number;
}

/** A frozen CLIP whose features compare pictures while the generator trains. */
export interface FixedClip {
  readonly parameters: Parameters;
  readonly config: ClipConfig;
}

/** Reconstructed pictures of a batch, the encoder's posterior of their codes, and the mean of its prior. */
export interface Reconstruction {
  /** `[batch, 64, 64, 3]` in [−1, 1]. */
  readonly pictures: tf.Tensor4D;
  /** `[batch, 8, 8, code]`, as are the next two. */
  readonly mean: tf.Tensor4D;
  readonly logVariance: tf.Tensor4D;
  /** The prior is a normal of this mean and variance 1, in every row. */
  readonly prior: tf.Tensor4D;
}

/**
 * Reconstructs pictures: where `known` is 1 from a code sampled from the encoder's posterior, where it is 0 from the code that
 * the condition maps to. In every row the latter is also the mean of the posterior's prior, so that both codes agree.
 * @param real `[batch, 64, 64, 3]` in [−1, 1]; `draws` `[batch, 8, 8, code]`, standard normal; `known` `[batch, 1]`;
 *   `condition` `[batch, condition + styles]`.
 * Source: Sohn et al. 2015, "Learning Structured Output Representation using Deep Conditional Generative Models", for the prior.
 */
export function reconstructPictures(
  parameters: Parameters,
  model: GanModel,
  real: tf.Tensor4D,
  { draws, known, condition }: { draws: tf.Tensor; known: tf.Tensor; condition: tf.Tensor },
): Reconstruction {
  const generator = scope(parameters, "generator");
  const { code } = model.generator;
  const { mean, logVariance } = encodeEmoji(scope(parameters, "encoder"), model.encoder, real, code);
  const sampled = tf.add(mean, tf.mul(tf.exp(tf.mul(logVariance, 0.5)), draws));
  const usesSample = tf.reshape(known, [-1, 1, 1, 1]);
  const prior = mapToEmojiCode(
    generator,
    model.generator,
    mapEmojiLatents(generator, model.generator, condition),
  ) as tf.Tensor4D;
  const codes: tf.Tensor4D = tf.add(tf.mul(sampled, usesSample), tf.mul(prior, tf.sub(1, usesSample)));
  const pictures = decodeEmoji(generator, model.generator, codes);
  return { pictures, mean, logVariance, prior };
}

const toUnitRange = (pictures: tf.Tensor4D): tf.Tensor4D => tf.mul(tf.add(pictures, 1), 0.5);

/** Computes the differences between neighbours, down and across. */
export function computeEdges(x: tf.Tensor4D): [tf.Tensor, tf.Tensor] {
  const [batch, height, width, channels] = x.shape;
  const part = (y: number, dx: number, rows: number, columns: number): tf.Tensor =>
    tf.slice(x, [0, y, dx, 0], [batch, rows, columns, channels]);
  return [
    tf.sub(part(1, 0, height - 1, width), part(0, 0, height - 1, width)),
    tf.sub(part(0, 1, height, width - 1), part(0, 0, height, width - 1)),
  ];
}

/**
 * Computes the terms of the reconstruction: pixels (full size, quarter size and edges), CLIP features, divergence of the
 * posterior from its prior, and closeness of meaning.
 */
export function computeReconstructionTerms(
  reconstruction: Reconstruction,
  real: tf.Tensor4D,
  clip: FixedClip,
): Record<"pixels" | "features" | "divergence" | "meaning", tf.Scalar> {
  const rebuilt = reconstruction.pictures;
  const apart = (a: tf.Tensor, b: tf.Tensor): tf.Tensor => tf.mean(tf.abs(tf.sub(a, b)));
  const [down, across] = computeEdges(rebuilt);
  const [realDown, realAcross] = computeEdges(real);
  const pixels = tf.addN([
    apart(rebuilt, real),
    apart(shrink(rebuilt, 4), shrink(real, 4)),
    apart(down, realDown),
    apart(across, realAcross),
  ]);
  const image = scope(clip.parameters, "image");
  const stages = (pictures: tf.Tensor4D): tf.Tensor[] =>
    computeImageStages(image, clip.config.image, toUnitRange(pictures)).slice(0, 3).map(scaleToUnit);
  const others = stages(real);
  const features = tf.addN(stages(rebuilt).map((map, at) => tf.mean(tf.squaredDifference(map, others[at]!))));
  const { mean, logVariance, prior } = reconstruction;
  const apartFromPrior = tf.squaredDifference(mean, prior);
  const perValue = tf.sub(tf.add(apartFromPrior, tf.exp(logVariance)), tf.add(logVariance, 1));
  const divergence = tf.mul(tf.mean(tf.sum(perValue, [1, 2, 3])), 0.5);
  const embedded = embedImages(clip.parameters, clip.config, toUnitRange(rebuilt));
  const realEmbeddings = embedImages(clip.parameters, clip.config, toUnitRange(real));
  const meaning = tf.sub(1, tf.mean(tf.sum(tf.mul(embedded, realEmbeddings), 1)));
  return { pixels, features, divergence, meaning } as Record<
    "pixels" | "features" | "divergence" | "meaning",
    tf.Scalar
  >;
}

/** Computes the adversarial loss of encoder and generator: the negated mean score of the discriminator. */
export function computeAdversarialTerm(
  parameters: Parameters,
  model: GanModel,
  reconstruction: Reconstruction,
  condition: tf.Tensor,
): tf.Tensor {
  return tf.neg(
    tf.mean(
      scoreEmojiRealness(
        scope(parameters, "discriminator"),
        model.discriminator,
        reconstruction.pictures,
        condition,
      ),
    ),
  );
}

/** Standard deviation, per value, of the noise that is added to real pictures. */
const noiseDeviation = 0.05;

/**
 * Hinge loss of the discriminator, plus `gamma` / 2 times the mean squared change of the score of real pictures per unit of noise. It
 * estimates the penalty R1 (Mescheder et al. 2018) without second derivatives.
 * @param noise `[batch, 64, 64, 3]`, standard normal.
 * @param condition `[batch, features]`, the condition of the discriminator.
 */
export function computeDiscriminatorLoss(
  parameters: Parameters,
  model: GanModel,
  {
    real,
    fake,
    noise,
    condition,
    gamma,
  }: Record<"real" | "fake" | "noise", tf.Tensor4D> & { condition: tf.Tensor; gamma: number },
): tf.Scalar {
  const d = scope(parameters, "discriminator");
  const [batch] = real.shape;
  const nudged = tf.add(real, tf.mul(noise, noiseDeviation));
  const all = tf.concat([real, nudged, fake], 0) as tf.Tensor4D;
  const conditions = tf.concat([condition, condition, condition], 0);
  const [reals, moved, fakes] = tf.split(
    scoreEmojiRealness(d, model.discriminator, all, conditions),
    [batch, batch, batch],
    0,
  ) as [tf.Tensor, tf.Tensor, tf.Tensor];
  const hinge = tf.add(tf.mean(tf.relu(tf.sub(1, reals))), tf.mean(tf.relu(tf.add(fakes, 1))));
  const squaredSlope = tf.mean(tf.square(tf.div(tf.sub(moved, reals), noiseDeviation)));
  return tf.add(hinge, tf.mul(squaredSlope, gamma / 2));
}
