import * as tf from "../tf.js";

/** Mean and standard deviation of each colour, as an encoder's training pictures had them. */
export interface PixelStatistics {
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

/** Of OpenAI's CLIP and most of its kin. Source: openai/CLIP, preprocessing. */
export const clipPixels: PixelStatistics = {
  mean: [0.48145466, 0.4578275, 0.40821073],
  deviation: [0.26862954, 0.26130258, 0.27577711],
};

/** Of SigLIP: [0, 1] becomes [−1, 1]. */
export const evenPixels: PixelStatistics = { mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.5, 0.5] };

/** Standardises pictures in [0, 1] for an encoder: minus the mean, divided by the standard deviation. */
export function standardise(images: tf.Tensor4D, { mean, deviation }: PixelStatistics): tf.Tensor4D {
  return tf.div(tf.sub(images, tf.tensor1d([...mean])), tf.tensor1d([...deviation]));
}
