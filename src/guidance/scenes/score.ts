import { conceptsNameOf } from "../../gan/index.js";
import type { Picture } from "../../images/index.js";
import type { PassCounter } from "../ascent/passes.js";
import { rowsOf } from "../programs/embedTerms.js";
import type { SessionPrograms } from "../sessionPrograms.js";

/** Compares pictures of scenes with texts by the guides. */
export interface SceneScorer {
  /** Cosines of each picture with the prompt and with each part, averaged over the guides. */
  cosines(pictures: readonly Picture[]): Promise<Float32Array[]>;
  /**
   * Examines parts. `shares` are the log probabilities of a part for each crop: log softmax over the part's text and the names of similar
   * concepts; at most 0, near 0 for a crop that shows the part and nothing similar. `cosines` are those of other pictures, as `cosines`
   * gives them. All are embedded together, in as few batches as possible.
   */
  examine(
    crops: readonly Picture[],
    parts: readonly number[],
    others: readonly Picture[],
  ): Promise<{ readonly shares: number[]; readonly cosines: Float32Array[] }>;
}

/** Batch size of picture embeddings. It is fixed so that all scenes share a compiled program. */
const batch = 16;
/** Number of similar concepts that a part is compared with. Concepts with a cosine above `synonym` count as the part itself. */
const distractors = { count: 12, synonym: 0.95 };
/** Scale of cosines before the softmax (inverse temperature). */
const sharpness = 40;

const dot = (a: Float32Array, b: Float32Array): number => {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += a[at]! * b[at]!;
  return sum;
};

/** Makes a scorer of the scenes of one prompt. */
export async function createSceneScorer(
  programs: SessionPrograms,
  { prompt, parts, templates }: { prompt: string; parts: readonly string[]; templates: readonly string[] },
  watch: { readonly passes?: PassCounter | undefined; readonly signal?: AbortSignal | undefined },
): Promise<SceneScorer> {
  const { models, embedder, guideEncoder } = programs;
  const texts = [prompt, ...parts].map((text) => ({ text, weight: 1, templates }));
  const embeddings = rowsOf(await embedder.embed(texts, watch.passes), texts.keys());
  /** Splits a matrix `[rows, features]` into rows. */
  const rows = (data: Float32Array, features: number): Float32Array[] =>
    Array.from({ length: data.length / features }, (_, at) =>
      data.subarray(at * features, (at + 1) * features),
    );
  const textRows = models.guides.map(({ prefix }) => {
    const { data, shape } = embeddings[prefix]!;
    return rows(data as Float32Array, shape[1]!);
  });
  const nameRows = models.guides.map((_, guide) => {
    const names = models.generator.weights[conceptsNameOf(guide)];
    return names && rows(names.data as Float32Array, names.shape[1]!);
  });
  /** Indices of the concepts that are most similar to each part, by the first guide. */
  const similarConcepts = parts.map((_, part) => {
    const [names, text] = [nameRows[0] ?? [], textRows[0]![part + 1]!];
    return names
      .map((row, at) => ({ at, cosine: dot(row, text) }))
      .filter(({ cosine }) => cosine < distractors.synonym)
      .sort((a, b) => b.cosine - a.cosine)
      .slice(0, distractors.count)
      .map(({ at }) => at);
  });
  /** Computes unit embeddings of pictures under each guide. */
  const embed = async (pictures: readonly Picture[]): Promise<Float32Array[][]> => {
    const embedded: Float32Array[][] = [];
    for (let from = 0; from < pictures.length; from += batch) {
      watch.signal?.throwIfAborted();
      const together = pictures.slice(from, from + batch);
      const padded = Array.from({ length: batch }, (_, at) => together[at] ?? together[0]!);
      let at = 0;
      for await (const each of guideEncoder.encodeImages(padded))
        if (at++ < together.length) embedded.push(each);
      watch.passes?.add(batch * models.guides.length);
    }
    return embedded;
  };
  const computeCosines = (byGuide: readonly Float32Array[]): Float32Array =>
    Float32Array.from(
      texts,
      (_, text) =>
        byGuide.reduce((sum, image, guide) => sum + dot(image, textRows[guide]![text]!), 0) / byGuide.length,
    );
  const computeLogShare = (byGuide: readonly Float32Array[], part: number): number => {
    const shares = byGuide.map((image, guide) => {
      const own = dot(image, textRows[guide]![part + 1]!);
      const names = nameRows[guide];
      const others = names ? similarConcepts[part]!.map((at) => dot(image, names[at]!)) : [];
      return -Math.log(1 + others.reduce((sum, each) => sum + Math.exp(sharpness * (each - own)), 0));
    });
    return shares.reduce((sum, each) => sum + each, 0) / shares.length;
  };
  return {
    cosines: async (pictures) => (await embed(pictures)).map(computeCosines),
    async examine(crops, shown, others) {
      const embedded = await embed([...crops, ...others]);
      return {
        shares: shown.map((part, at) => computeLogShare(embedded[at]!, part)),
        cosines: embedded.slice(crops.length).map(computeCosines),
      };
    },
  };
}
