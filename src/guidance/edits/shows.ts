import { conceptsNameOf } from "../../gan/index.js";
import type { Picture } from "../../images/index.js";
import type { SessionPrograms } from "../sessionPrograms.js";

/** Share of the generator's concepts that may be nearer to the picture than the text. */
const nearest = 0.02;

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
  const { models, embedder, guideEncoder } = programs;
  const texts = await embedder.embed([{ text, weight: 1, templates: models.templates }]);
  const dot = (a: ArrayLike<number>, b: ArrayLike<number>, from: number): number => {
    let sum = 0;
    for (let at = 0; at < a.length; at++) sum += a[at]! * b[from + at]!;
    return sum;
  };
  for await (const rows of guideEncoder.encodeImages([picture])) {
    let own = 0;
    let sums: Float64Array | undefined;
    for (const [at, { prefix }] of models.guides.entries()) {
      const concepts = models.generator.weights[conceptsNameOf(at)];
      if (!concepts) continue;
      const [count, features] = concepts.shape as [number, number];
      sums ??= new Float64Array(count);
      own += dot(rows[at]!, texts[prefix]!.data, 0);
      for (let row = 0; row < count; row++) sums[row]! += dot(rows[at]!, concepts.data, row * features);
    }
    if (sums) return sums.filter((sum) => sum > own).length < nearest * sums.length;
  }
  return false;
}
