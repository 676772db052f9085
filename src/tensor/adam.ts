import * as tf from "../tf.js";

/** Settings of Adam that stay the same in a run. */
export interface AdamOptions {
  /** Decay of the first moment, the moving mean of the gradient. */
  readonly beta1: number;
  /** Decay of the second moment, the moving mean of the squared gradient. */
  readonly beta2: number;
  /** Added to the root of the second moment; default 1e-8. */
  readonly epsilon?: number;
  /** Decoupled weight decay on weights of two axes or more (AdamW, Loshchilov & Hutter 2019); default 0. */
  readonly weightDecay?: number;
  /** Gradients are scaled down to this global norm; not at all when absent. */
  readonly clip?: number;
}

/** Scalars of one update, as tensors so that a schedule can drive a compiled step; `adamScalarsOf` computes them. */
export interface AdamSchedule {
  /** Learning rate over the bias correction of the first moment, `lr / (1 − β1ᵗ)`. */
  readonly rate: tf.Tensor;
  /** Bias correction of the second moment, `1 / (1 − β2ᵗ)`. */
  readonly rootCorrection: tf.Tensor;
  /** Learning rate that weight decay is multiplied with; needed only with weight decay. */
  readonly decayRate?: tf.Tensor;
}

type Tensors = Record<string, tf.Tensor>;

/** Computes the global Euclidean norm of gradients, a scalar. */
export function computeGlobalNorm(gradients: Tensors): tf.Scalar {
  const squares = Object.values(gradients).map((gradient) => tf.sum(tf.square(gradient)));
  return tf.sqrt(squares.length === 1 ? squares[0]! : tf.addN(squares)) as tf.Scalar;
}

/**
 * Makes one Adam update inside a recorded step: of weights in training, of latents in ascents and inversions.
 * Source: Kingma & Ba 2015, algorithm 1, with the bias corrections folded into `rate` and `rootCorrection`.
 * @returns new weights and moments by name, and the norm of the gradients before clipping.
 */
export function updateByAdam(
  weights: Tensors,
  gradients: Tensors,
  first: Tensors,
  second: Tensors,
  schedule: AdamSchedule,
  { beta1, beta2, epsilon = 1e-8, weightDecay = 0, clip }: AdamOptions,
): { weights: Tensors; first: Tensors; second: Tensors; norm: tf.Scalar } {
  const norm = computeGlobalNorm(gradients);
  const factor = clip === undefined ? undefined : tf.minimum(1, tf.div(clip, tf.add(norm, 1e-6)));
  const shrink = schedule.decayRate && tf.sub(1, tf.mul(schedule.decayRate, weightDecay));
  const result = { weights: {} as Tensors, first: {} as Tensors, second: {} as Tensors, norm };
  for (const [name, weight] of Object.entries(weights)) {
    const gradient = factor ? tf.mul(gradients[name]!, factor) : gradients[name]!;
    const m = tf.add(tf.mul(first[name]!, beta1), tf.mul(gradient, 1 - beta1));
    const v = tf.add(tf.mul(second[name]!, beta2), tf.mul(tf.square(gradient), 1 - beta2));
    const root = tf.add(tf.sqrt(tf.mul(v, schedule.rootCorrection)), epsilon);
    const step = tf.div(tf.mul(m, schedule.rate), root);
    const decays = shrink !== undefined && weightDecay > 0 && weight.rank >= 2;
    result.weights[name] = tf.sub(decays ? tf.mul(weight, shrink) : weight, step);
    result.first[name] = m;
    result.second[name] = v;
  }
  return result;
}

/** Returns the numbers that an Adam update takes at a step (from 0) for a learning rate: `[rate, rootCorrection, decayRate]`. */
export function adamScalarsOf(
  step: number,
  rate: number,
  { beta1, beta2 }: AdamOptions,
): [number, number, number] {
  const count = step + 1;
  return [rate / (1 - beta1 ** count), 1 / (1 - beta2 ** count), rate];
}
