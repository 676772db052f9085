import { conceptsNameOf } from "../../gan/index.js";
import type { Picture } from "../../images/index.js";
import type { SessionPrograms } from "../sessionPrograms.js";

/** Share of the generator's concepts that may be nearer to the picture than the text. */
const nearest = 0.02;

const dot = (a: ArrayLike<number>, b: ArrayLike<number>, from: number): number => {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += a[at]! * b[from + at]!;
  return sum;
};

/**
 * Scores the generator's concepts, and a text, against a picture under the guides.
 * @returns sums of cosines, of the text and by concept; undefined for a generator without the embeddings of its concepts.
 */
async function scoreConcepts(
  { models, embedder, guideEncoder }: SessionPrograms,
  picture: Picture,
  text: string | undefined,
): Promise<{ own: number; concepts: Float64Array } | undefined> {
  const texts =
    text === undefined ? undefined : await embedder.embed([{ text, weight: 1, templates: models.templates }]);
  for await (const rows of guideEncoder.encodeImages([picture])) {
    let own = 0;
    let sums: Float64Array | undefined;
    for (const [at, { prefix }] of models.guides.entries()) {
      const concepts = models.generator.weights[conceptsNameOf(at)];
      if (!concepts) continue;
      const [count, features] = concepts.shape as [number, number];
      sums ??= new Float64Array(count);
      if (texts) own += dot(rows[at]!, texts[prefix]!.data, 0);
      for (let row = 0; row < count; row++) sums[row]! += dot(rows[at]!, concepts.data, row * features);
    }
    if (sums) return { own, concepts: sums };
  }
  return undefined;
}

/**
 * Tells whether a picture shows what a text names: under the guides, the text is nearer to it than nearly all concepts of the
 * generator.
 * @returns false for a generator without the embeddings of its concepts.
 */
export async function judgeShows(
  programs: SessionPrograms,
  picture: Picture,
  text: string,
): Promise<boolean> {
  const scores = await scoreConcepts(programs, picture, text);
  if (!scores) return false;
  const { own, concepts } = scores;
  return concepts.filter((sum) => sum > own).length < nearest * concepts.length;
}

/**
 * Finds the name of the generator's concept that is nearest to a picture under the guides.
 * @returns undefined for a generator without names or embeddings of its concepts.
 */
export async function nameShown(programs: SessionPrograms, picture: Picture): Promise<string | undefined> {
  const { vocabulary } = programs.models.generator;
  const scores = vocabulary && (await scoreConcepts(programs, picture, undefined));
  if (!scores) return undefined;
  return vocabulary[scores.concepts.indexOf(Math.max(...scores.concepts))]!.label;
}
