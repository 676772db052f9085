/** Whether pictures show what words name, by a CLIP's own scores on pictures that do not. */
import type { SessionPrograms } from "../../src/guidance/sessionPrograms.js";
import { type Picture, compositeOnWhite } from "../../src/images/index.js";
import type { StickerData } from "../../src/data/index.js";
import { type Case, drawingOf } from "./cases.js";

/** Share of the sources that may count as showing the words. */
const falsePositives = 0.05;
const batch = 32;

/**
 * Prepares the test of the judge: words are found in a picture that it scores higher than 95 % of the sources of all edits, none of which
 * shows the result.
 */
export async function foundBy(
  { embedder, models }: SessionPrograms,
  data: StickerData,
  cases: readonly Case[],
): Promise<(picture: Picture, words: string) => Promise<boolean>> {
  const { templates, judge } = models;
  const rowsOf = async (terms: Parameters<typeof embedder.embed>[0]): Promise<Float32Array[]> => {
    const { data: values, shape } = (await embedder.embed(terms))[judge.prefix]!;
    const features = shape[1]!;
    return terms.map((_, row) => (values as Float32Array).slice(row * features, (row + 1) * features));
  };
  const pictureTerm = (picture: Picture) => ({ picture, weight: 1, templates: [] });
  const sources: Float32Array[] = [];
  for (let from = 0; from < cases.length; from += batch) {
    const terms = cases
      .slice(from, from + batch)
      .map(({ item }) => pictureTerm(compositeOnWhite(drawingOf(data, item))));
    sources.push(...(await rowsOf(terms)));
  }
  const dot = (a: Float32Array, b: Float32Array): number =>
    a.reduce((sum, value, at) => sum + value * b[at]!, 0);
  return async (picture, words) => {
    const [text] = await rowsOf([{ text: words, weight: 1, templates }]);
    const [seen] = await rowsOf([pictureTerm(picture)]);
    const own = dot(seen!, text!);
    const above = sources.filter((source) => dot(source, text!) >= own).length;
    return above <= falsePositives * sources.length;
  };
}
