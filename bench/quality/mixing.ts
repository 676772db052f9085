import type { Generator } from "../../src/gan/index.js";
import type { Draft } from "../../src/guidance/candidates/drafts.js";
import type { SteerModels } from "../../src/guidance/index.js";
import { hostFloats } from "../../src/tensor/index.js";
import * as tf from "../../src/tf.js";

/**
 * A generator whose latents are several latents of another and their weights by coordinate: the picture is of their mixture by
 * softmax, and all of it moves. Source: Liu et al. 2021, "FuseDream", §3.2.
 */
function mixedGenerator(generator: Generator, count: number): Generator {
  const [first, ...rest] = generator.latentShape;
  const { narrow, ...others } = generator;
  void narrow;
  return {
    ...others,
    latentShape: [2 * count * first!, ...rest],
    synthesize(parameters, latents) {
      const [batch] = latents.shape;
      const parts = tf.reshape(latents, [batch, 2, count, first!, ...rest]);
      const [points, scores] = tf.unstack(parts, 1) as [tf.Tensor, tf.Tensor];
      return generator.synthesize(parameters, tf.sum(tf.mul(points, shares(scores)), 1));
    },
  };
}

/** Softmax over the mixed latents. */
function shares(scores: tf.Tensor): tf.Tensor {
  const raised = tf.exp(tf.sub(scores, tf.max(scores, 1, true)));
  return tf.div(raised, tf.sum(raised, 1, true));
}

/** Models that steer a mixture. */
export function mixing(models: SteerModels, count: number): SteerModels {
  return { ...models, generator: mixedGenerator(models.generator, count) };
}

/** A mixture of the best drafts with equal weights, as the one draft to start from. */
export function mixedDraft(drafts: readonly Draft[], count: number): Draft {
  const size = drafts[0]!.latents.data.length;
  const values = new Float32Array(2 * count * size);
  drafts.slice(0, count).forEach(({ latents }, at) => values.set(latents.data as Float32Array, at * size));
  const [, first, ...rest] = drafts[0]!.latents.shape;
  return { latents: hostFloats(values, [1, 2 * count * first!, ...rest]), picture: drafts[0]!.picture };
}
