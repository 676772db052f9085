import * as tf from "../tf.js";

/** Options of one Adam update; all numbers may be tensors so that a schedule can drive them. */
export interface AdamOptions {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon?: number;
  /** Decoupled weight decay on weights of two axes or more (AdamW, Loshchilov & Hutter 2019). */
  readonly weightDecay?: number;
  /** Gradients are scaled down to this global norm. */
  readonly clip?: number;
}

type Tensors = Record<string, tf.Tensor>;

/** Global Euclidean norm of gradients. */
export function globalNorm(gradients: Tensors): tf.Scalar {
  return tf.sqrt(tf.addN(Object.values(gradients).map((gradient) => tf.sum(tf.square(gradient)))));
}

/**
 * One Adam update inside the recorded step. Source: Kingma & Ba 2015, algorithm 1, with the bias corrections folded into
 * `rate` and `rootCorrection`: rate = lr / (1 − β1ᵗ), rootCorrection = 1 / (1 − β2ᵗ).
 * @returns new weights and moments, by name.
 */
export function adamUpdate(
  weights: Tensors,
  gradients: Tensors,
  first: Tensors,
  second: Tensors,
  schedule: { rate: tf.Tensor; rootCorrection: tf.Tensor; decayRate: tf.Tensor },
  { beta1, beta2, epsilon = 1e-8, weightDecay = 0, clip }: AdamOptions,
): { weights: Tensors; first: Tensors; second: Tensors; norm: tf.Scalar } {
  const norm = globalNorm(gradients);
  // Numbers are multiplied with numbers first: each pass over a tensor costs a step of training.
  const factor = clip === undefined ? tf.scalar(1) : tf.minimum(1, tf.div(clip, tf.add(norm, 1e-6)));
  const [firstPart, secondPart] = [tf.mul(factor, 1 - beta1), tf.mul(tf.square(factor), 1 - beta2)];
  const rate = tf.maximum(schedule.rate, 1e-30); // a rate of 0 may not divide
  const root = tf.div(tf.sqrt(schedule.rootCorrection), rate);
  const floor = tf.div(epsilon, rate);
  const kept = tf.sub(1, tf.mul(schedule.decayRate, weightDecay));
  const result = { weights: {} as Tensors, first: {} as Tensors, second: {} as Tensors, norm };
  for (const [name, weight] of Object.entries(weights)) {
    const gradient = gradients[name]!;
    const m = tf.add(tf.mul(first[name]!, beta1), tf.mul(gradient, firstPart));
    const v = tf.add(tf.mul(second[name]!, beta2), tf.mul(tf.square(gradient), secondPart));
    const step = tf.div(m, tf.add(tf.mul(tf.sqrt(v), root), floor));
    const decays = weightDecay > 0 && weight.rank >= 2;
    result.weights[name] = tf.sub(decays ? tf.mul(weight, kept) : weight, step);
    result.first[name] = m;
    result.second[name] = v;
  }
  return result;
}

/** Scalars that an Adam update takes at a step (from 0) for a learning rate. */
export function adamScalars(
  step: number,
  rate: number,
  { beta1, beta2 }: AdamOptions,
): [number, number, number] {
  const count = step + 1;
  return [rate / (1 - beta1 ** count), 1 / (1 - beta2 ** count), rate];
}

/** Warm-up then half a cosine down to `floor` times the peak. The first step is not zero. */
export function cosineRate(step: number, steps: number, peak: number, warmUp: number, floor = 0.02): number {
  const rise = Math.min(1, (step + 1) / Math.max(1, warmUp));
  const part = Math.min(1, Math.max(0, (step - warmUp) / Math.max(1, steps - warmUp)));
  return peak * rise * (floor + (1 - floor) * 0.5 * (1 + Math.cos(Math.PI * part)));
}
