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
import { type RunOptions, type SteerModels, type draftSubject } from "../models.js";
import { pictureOf, pictureWeights } from "../programs/pictures.js";
import type { Embeddings } from "../programs/embedTerms.js";
import type { SynthesizedLatents } from "../programs/synthesize.js";

/** One end of a path between two texts. */
export interface PathEnd {
  /** Unit embeddings of the text by guide, `[1, features]`. */
  readonly embeddings: Embeddings;
  /** Style, concepts and colour that the text names. */
  readonly subject: ReturnType<typeof draftSubject>;
}

/** Pairs of drafts whose mean difference is the direction of the path. */
const draftCount = 24;

/**
 * Moves latents along the generator's own condition: by parts of the mean difference between the latents that it maps the target
 * and the source to, from the same random numbers. A generator without a condition stays where it is.
 * @param start `[1, …latentShape]`. @param parts parts of the whole difference, 1 for all of it.
 */
export async function conditionalPath(
  models: SteerModels,
  start: HostTensor,
  { target, source }: { target: PathEnd; source: PathEnd },
  { parts, seed }: { parts: readonly number[]; seed: number },
  options: RunOptions,
): Promise<SynthesizedLatents[]> {
  const { generator } = models;
  const drawsOf = ({ subject }: PathEnd): TensorRecord => {
    const random = createRandom(seed).stream("direction");
    return generator.sample(random, draftCount, {
      truncation: 0.5,
      ...subject,
    });
  };
  const embeddingsOf = (end: "target" | "source", { embeddings }: PathEnd): TensorRecord =>
    Object.fromEntries(models.guides.map(({ prefix }) => [`${end} ${prefix}`, embeddings[prefix]!]));
  const inputs = {
    start,
    ...embeddingsOf("target", target),
    ...embeddingsOf("source", source),
    ...withPrefix("target/", drawsOf(target)),
    ...withPrefix("source/", drawsOf(source)),
  };
  const program = await compile(
    (tensors) => {
      const p = parametersFrom(tensors, "generator/");
      // One row for each draft: a single row would also bring in things that are merely near the text.
      const latentsOf = (end: "target" | "source"): tf.Tensor => {
        const [condition, ...others] = models.guides.map(({ prefix }) =>
          tf.tile(tensors[`${end} ${prefix}`]!, [draftCount, 1]),
        );
        return generator.map(p, underPrefix(`${end}/`, tensors), condition!, others);
      };
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
