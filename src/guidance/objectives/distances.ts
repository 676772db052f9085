import * as tf from "../../tf.js";

/**
 * Computes half the squared angle between unit rows, `[a, b]`. The gradient at equal rows is 0.
 * Source: the spherical distance of VQGAN-CLIP (Crowson et al. 2022, §2.1), `2·asin(‖a − b‖ / 2)²`.
 * @param a `[a, features]`, @param b `[b, features]`, unit length.
 */
export function computeSphericalDistance(a: tf.Tensor2D, b: tf.Tensor2D): tf.Tensor2D {
  const cosines = tf.matMul(a, b, false, true);
  // ‖a − b‖² = 2 − 2·cos; the floor keeps the root's slope finite, the ceiling that of asin.
  const chord = tf.sqrt(tf.clipByValue(tf.mul(tf.sub(1, cosines), 0.5), 1e-8, 1 - 1e-6));
  return tf.mul(tf.square(tf.asin(chord)), 2) as tf.Tensor2D;
}

/** Computes one minus the cosine of unit rows, `[a, b]`: big-sleep's distance. */
export function computeCosineDistance(a: tf.Tensor2D, b: tf.Tensor2D): tf.Tensor2D {
  return tf.sub(1, tf.matMul(a, b, false, true));
}

/** A distance of unit embeddings. */
export type Distance = "spherical" | "cosine";

/** Distance between views and prompts. */
export interface PromptMeasure {
  readonly distance: Distance;
  /** Whether negative prompts have no gradient beyond a right angle. */
  readonly floor: boolean;
}

/**
 * Returns the distance from which a negative prompt has no gradient: that of a right angle, or of opposite vectors without a
 * floor.
 */
function reachOf({ distance, floor }: PromptMeasure): number {
  if (distance === "cosine") return floor ? 1 : 2;
  return floor ? rightAngleDistance : Math.PI ** 2 / 2;
}

/** Spherical distance of a right angle (half its square). A negative prompt that is farther has no gradient. */
export const rightAngleDistance = Math.PI ** 2 / 8;

/** Averages over views, the first axis; with `shares` `[views]` the weighted sum, for chunks of a larger set of views. */
function averageOverViews(values: tf.Tensor2D, shares: tf.Tensor | undefined): tf.Tensor1D {
  return shares ? tf.sum(tf.mul(values, tf.reshape(shares, [-1, 1])), 0) : tf.mean(values, 0);
}

/**
 * Computes the loss of views against weighted terms. A negative term counts only while it is nearer than `rightAngleDistance`, so that
 * it cannot take over.
 * @param views unit embeddings `[views, features]`; @param terms `[terms, features]`; @param weights `[terms]`.
 * @param shares weight of each view, `[views]`; equal weights with sum 1 when absent.
 */
export function computePromptLoss(
  views: tf.Tensor2D,
  terms: tf.Tensor2D,
  weights: tf.Tensor1D,
  measure: PromptMeasure = { distance: "spherical", floor: true },
  shares?: tf.Tensor,
): tf.Scalar {
  const apart = measure.distance === "spherical" ? computeSphericalDistance : computeCosineDistance;
  const distances = apart(views, terms); // [views, terms]
  const near = tf.relu(tf.sub(reachOf(measure), distances)) as tf.Tensor2D;
  const loss = tf.where(
    tf.greater(weights, 0),
    averageOverViews(distances, shares),
    averageOverViews(near, shares),
  );
  return tf.sum(tf.mul(loss, tf.abs(weights)));
}

/**
 * Computes one minus the cosine between the change of the picture and the change of the text, averaged over views.
 * Source: Gal et al. 2022, "StyleGAN-NADA", §3.2.
 * @param from, to unit embeddings of the same views before and after; `direction` `[features]`, unit.
 * @param shares as in `computePromptLoss`.
 */
export function computeDirectionalLoss(
  from: tf.Tensor2D,
  to: tf.Tensor2D,
  direction: tf.Tensor1D,
  shares?: tf.Tensor,
): tf.Scalar {
  const change = tf.sub(to, from);
  const length = tf.sqrt(tf.add(tf.sum(tf.square(change), 1, true), 1e-6));
  const along = tf.sum(tf.mul(change, direction), 1, true);
  return tf.sum(averageOverViews(tf.sub(1, tf.div(along, length)), shares));
}

/** Computes a penalty on whitened latents outside the trained range: the mean squared excess over 2.5 standard deviations. */
export function computeRangePenalty(latents: tf.Tensor): tf.Scalar {
  return tf.mean(tf.square(tf.relu(tf.sub(tf.abs(latents), 2.5))));
}
