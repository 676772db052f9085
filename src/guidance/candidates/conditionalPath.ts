import { compile } from "../../engine/index.js";
import {
  type HostTensor,
  type TensorRecord,
  createRandom,
  parametersFrom,
  sliceRows,
  selectPrefix,
  withPrefix,
} from "../../tensor/index.js";
import * as tf from "../../tf.js";
import { type RunOptions, type SteerModels, type findDraftSubject } from "../steerModels.js";
import { synthesizePicture, pictureWeightsOf } from "../programs/pictures.js";
import type { Embeddings } from "../programs/embedTerms.js";
import type { SynthesizedLatents } from "../programs/synthesize.js";

/** One end of a path between two texts. */
export interface PathEnd {
  /** Unit embeddings of the text by guide, `[1, features]`. */
  readonly embeddings: Embeddings;
  /** Style, concepts and colour named in the text. */
  readonly subject: ReturnType<typeof findDraftSubject>;
}

/** Number of pairs of drafts. Their mean difference is the direction of the path. */
const draftCount = 24;

/**
 * Moves latents along the direction of the generator's condition: the mean difference between latents mapped from the target and from
 * the source with the same random numbers. Without a condition the latents are unchanged.
 * @param start `[1, …latentShape]`. @param parts factors of the difference; 1 is the whole difference.
 */
export async function followConditions(
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
  const inputs: TensorRecord = {
    start,
    ...embeddingsOf("target", target),
    ...embeddingsOf("source", source),
    ...withPrefix("target/", drawsOf(target)),
    ...withPrefix("source/", drawsOf(source)),
  };
  const program = await compile(
    (tensors) => {
      const parameters = parametersFrom(tensors, "generator/");
      // One row for each draft: with a single row the drafts would also include concepts that are only near the text.
      const latentsOf = (end: "target" | "source"): tf.Tensor => {
        const [condition, ...others] = models.guides.map(({ prefix }) =>
          tf.tile(tensors[`${end} ${prefix}`]!, [draftCount, 1]),
        );
        return generator.map(parameters, selectPrefix(`${end}/`, tensors), condition!, others);
      };
      const change = tf.mean(tf.sub(latentsOf("target"), latentsOf("source")), 0, true);
      const moved = tf.concat(parts.map((part) => tf.add(tensors.start!, tf.mul(change, part))));
      const latents = generator.project?.(parameters, moved) ?? moved;
      const clarity = generator.clarity?.(parameters, latents);
      return { latents, pictures: synthesizePicture(models, tensors, latents), ...(clarity && { clarity }) };
    },
    inputs,
    {
      weights: pictureWeightsOf(models, []),
      name: "conditional way",
      recipe: [models.architecture, parts],
      packed: inputs["target/codes"] && inputs["source/codes"] ? false : undefined, // as in `drafts.ts`
      ...options,
    },
  );
  try {
    const { latents, pictures, clarity } = await program.run(inputs);
    return parts.map((_, index) => ({
      latents: sliceRows(latents!, index, index + 1),
      picture: sliceRows(pictures!, index, index + 1),
      clarity: clarity?.data[index],
    }));
  } finally {
    await program.dispose();
  }
}
