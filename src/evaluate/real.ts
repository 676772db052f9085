import type { EmojiData } from "../data/index.js";
import { createEncoder } from "../embedding/index.js";
import { type RunOptions, type SteerModels, embedTerms } from "../guidance/index.js";
import type { Picture } from "../images/index.js";
import { type HostTensor, createRandom, hostFloats, underPrefix } from "../tensor/index.js";
import { pickRows } from "./embedded.js";
import { frechetDistance, frechetEstimate } from "./frechet.js";
import { emojiSet } from "./labelled.js";
import { rPrecision } from "./rPrecision.js";
import { rate } from "./proportions.js";
import { type Estimate, meanOf } from "./statistics.js";

/** Made pictures beside real ones of the same prompts. */
export interface RealComparison {
  /** Prompts that are an emoji's label; only these are compared. */
  readonly prompts: number;
  /** R-precision at 1 of all real pictures of these prompts, among all prompts: the ceiling. Intervals resample prompts. */
  readonly ceiling: Estimate;
  /** The same among the prompts and all distractors; absent without distractors. */
  readonly ceilingAmongAll?: Estimate;
  /** The same of pictures that no model was trained on; absent where there are none. */
  readonly ceilingKeptBack?: Estimate;
  /** Fréchet distance of judge embeddings to the real pictures. */
  readonly frechet: {
    readonly made: Estimate;
    /** Of as many real pictures, one a prompt, to the rest: what a perfect generator would get. 20 draws, their range. */
    readonly real: Estimate;
  };
}

/**
 * Compares made pictures with the real emoji that have their prompts as labels, as the judge sees them.
 * @param pictures one a prompt.
 * @param options `distractors`: as of `evaluateSteering`.
 * @returns undefined when fewer than two prompts are labels.
 */
export async function compareWithReal(
  models: SteerModels,
  prompts: readonly string[],
  pictures: readonly Picture[],
  data: EmojiData,
  options: RunOptions & { distractors?: readonly string[] },
): Promise<RealComparison | undefined> {
  const { judge, templates } = models;
  const promptOf = new Map(prompts.map((prompt, at) => [prompt.toLowerCase(), at]));
  const rows = data.items.flatMap(({ label }, row) => (promptOf.has(label) ? [row] : []));
  const own = rows.map((row) => promptOf.get(data.items[row]!.label)!);
  const matched = [...new Set(own)];
  if (matched.length < 2) return undefined;
  const texts = [...prompts, ...(options.distractors ?? [])];
  const terms = texts.map((text) => ({ text, weight: 1, templates }));
  const wanted = (await embedTerms(models, [judge], terms, options))[judge.prefix]!;
  const clip = { ...judge, weights: underPrefix(judge.prefix, models.weights) };
  const encoder = createEncoder([clip], models.tokenizer, options);
  const embed = async (list: readonly Picture[]): Promise<HostTensor> => {
    const features = judge.config.image.features;
    const out = new Float32Array(list.length * features);
    let at = 0;
    for await (const [row] of encoder.encodeImages(list)) out.set(row!, features * at++);
    return hostFloats(out, [list.length, features]);
  };
  const { picture } = emojiSet(data);
  const real = await embed(await Promise.all(rows.map((row) => picture(row, encoder.open))));
  const made = await embed(matched.map((prompt) => pictures[prompt]!));
  await encoder.dispose();
  const features = wanted.shape[1]!;
  const hitsAmong = (count: number): number[] => {
    const among = (wanted.data as Float32Array).subarray(0, count * features);
    return rPrecision(real.data as Float32Array, among, features, own);
  };
  const estimate = (hits: readonly number[], keep: (at: number) => boolean): Estimate | undefined => {
    const kept = hits.flatMap((_, at) => (keep(at) ? [at] : []));
    if (kept.length === 0) return undefined;
    return rate(
      kept.map((at) => hits[at]!),
      { clusters: kept.map((at) => own[at]!) },
    );
  };
  const hits = hitsAmong(prompts.length);
  const keptBack = estimate(hits, (at) => /^test_/.test(data.items[rows[at]!]!.split));
  return {
    prompts: matched.length,
    ceiling: estimate(hits, () => true)!,
    ...(options.distractors?.length && {
      ceilingAmongAll: estimate(hitsAmong(texts.length), () => true)!,
    }),
    ...(keptBack && { ceilingKeptBack: keptBack }),
    frechet: { made: frechetEstimate(made, real), real: realDistance(real, own, matched) },
  };
}

function realDistance(real: HostTensor, own: readonly number[], matched: readonly number[]): Estimate {
  const random = createRandom("real pictures");
  const distances = Float64Array.from({ length: 20 }, () => {
    const drawn = new Set(
      matched.map((prompt) => {
        const mine = own.flatMap((each, at) => (each === prompt ? [at] : []));
        return mine[random.integer(mine.length)]!;
      }),
    );
    const rest = own.flatMap((_, at) => (drawn.has(at) ? [] : [at]));
    return frechetDistance(pickRows(real, [...drawn]), pickRows(real, rest));
  }).sort();
  return { mean: meanOf(distances), low: distances[0]!, high: distances[19]!, samples: matched.length };
}
