import { compile } from "../engine/index.js";
import {
  type HostTensor,
  createRandom,
  parametersFrom,
  sliceRows,
  underPrefix,
  withPrefix,
} from "../tensor/index.js";
import * as tf from "../tf.js";
import type { RunOptions, SteerModels } from "./models.js";
import { latentShape, pictureOf, pictureWeights } from "./pictures.js";

/** Latents on the way that the generator itself knows from one text to another, with their pictures. */
export interface Waypoint {
  readonly latents: HostTensor;
  /** `[1, side, side, 3]` in [0, 1]. */
  readonly picture: HostTensor;
}

const drafts = 24;

/**
 * Where the generator's condition leads: latents moved by parts of the mean difference between what it draws for the target and
 * for the source from the same noise. A generator that hears no condition stays where it is.
 * @param start `[1, …latentShape]`; @param target, source unit embeddings under the first guide, `[1, features]`.
 */
export async function conditionalWay(
  models: SteerModels,
  start: HostTensor,
  { target, source }: { target: HostTensor; source: HostTensor },
  { parts, seed }: { parts: readonly number[]; seed: number },
  options: RunOptions,
): Promise<Waypoint[]> {
  const { generator } = models;
  const draws = generator.sample(createRandom(seed).stream("direction"), drafts, { truncation: 0.5 });
  const inputs = { start, target, source, ...withPrefix("draw/", draws) };
  const program = await compile(
    (tensors) => {
      const p = parametersFrom(tensors, "generator/");
      const drawn = underPrefix("draw/", tensors);
      // One row a draft: a single row would also bring in things that are merely near the text.
      const latentsOf = (condition: tf.Tensor): tf.Tensor =>
        generator.map(p, drawn, tf.tile(condition, [drafts, 1]));
      const change = tf.mean(tf.sub(latentsOf(tensors.target!), latentsOf(tensors.source!)), 0, true);
      const moved = tf.concat(parts.map((part) => tf.add(tensors.start!, tf.mul(change, part))));
      const latents = generator.project?.(p, moved) ?? moved;
      return { latents, pictures: pictureOf(models, tensors, latents) };
    },
    inputs,
    {
      weights: pictureWeights(models, []),
      name: "conditional way",
      recipe: [models.architecture, parts],
      ...options,
    },
  );
  try {
    const { latents, pictures } = await program.run(inputs);
    return parts.map((_, index) => ({
      latents: sliceRows(latents!, index, index + 1),
      picture: sliceRows(pictures!, index, index + 1),
    }));
  } finally {
    await program.dispose();
  }
}

/** Latents with their pictures. */
export async function synthesizeLatents(
  models: SteerModels,
  latents: readonly HostTensor[],
  options: RunOptions,
): Promise<Waypoint[]> {
  const program = await compile(
    (tensors) => ({ picture: pictureOf(models, tensors, tensors.latents!) }),
    { latents: { shape: latentShape(models), dtype: "float32" } },
    { weights: pictureWeights(models, []), name: "synthesize", recipe: models.architecture, ...options },
  );
  const made: Waypoint[] = [];
  for (const each of latents) {
    const { picture } = await program.run({ latents: each });
    made.push({ latents: each, picture: picture! });
  }
  await program.dispose();
  return made;
}
