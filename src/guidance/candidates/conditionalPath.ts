import { compile } from "../../engine/index.js";
import {
  type HostTensor,
  type TensorRecord,
  createRandom,
  parametersFrom,
  sliceRows,
  underPrefix,
  withPrefix,
} from "../../tensor/index.js";
import * as tf from "../../tf.js";
import type { RunOptions, SteerModels } from "../models.js";
import { latentShape, pictureOf, pictureWeights } from "../programs/pictures.js";

/** Latents on the way that the generator itself knows from one text to another, with their pictures. */
export interface Waypoint {
  readonly latents: HostTensor;
  /** `[1, side, side, 3]` in [0, 1]. */
  readonly picture: HostTensor;
}

/** Where a way begins or ends. */
export interface End {
  /** Unit embedding under the first guide, `[1, features]`. */
  readonly embedding: HostTensor;
  /** Drawing style of the generator; default: every one in turn. */
  readonly style?: string | undefined;
}

const drafts = 24;

/**
 * Where the generator's condition leads: latents moved by parts of the mean difference between what it draws for the target and
 * for the source from the same noise. A generator that hears no condition stays where it is.
 * @param start `[1, …latentShape]`.
 */
export async function conditionalWay(
  models: SteerModels,
  start: HostTensor,
  { target, source }: { target: End; source: End },
  { parts, seed }: { parts: readonly number[]; seed: number },
  options: RunOptions,
): Promise<Waypoint[]> {
  const { generator } = models;
  const drawsOf = ({ style }: End): TensorRecord => {
    const random = createRandom(seed).stream("direction");
    return generator.sample(random, drafts, { truncation: 0.5, ...(style !== undefined && { style }) });
  };
  const inputs = {
    start,
    target: target.embedding,
    source: source.embedding,
    ...withPrefix("target/", drawsOf(target)),
    ...withPrefix("source/", drawsOf(source)),
  };
  const program = await compile(
    (tensors) => {
      const p = parametersFrom(tensors, "generator/");
      // One row a draft: a single row would also bring in things that are merely near the text.
      const latentsOf = (end: "target" | "source"): tf.Tensor =>
        generator.map(p, underPrefix(`${end}/`, tensors), tf.tile(tensors[end]!, [drafts, 1]));
      const change = tf.mean(tf.sub(latentsOf("target"), latentsOf("source")), 0, true);
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
