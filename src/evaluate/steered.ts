import {
  type AscentConfig,
  type RunOptions,
  type SteerModels,
  embedTerms,
  generate,
} from "../guidance/index.js";
import type { Picture } from "../images/index.js";
import { rate } from "./proportions.js";
import { type Estimate, bootstrap } from "./statistics.js";
import { rPrecision } from "./rPrecision.js";

/** Scores of pictures generated with one configuration. */
export interface SteeredReport {
  readonly rPrecision: Estimate;
  /** The same among the prompts and all distractors; absent without distractors. */
  readonly amongAll?: Estimate;
  readonly judge: Estimate;
  readonly guide: Estimate;
  /** Mean seconds a picture. */
  readonly seconds: number;
  readonly hits: readonly boolean[];
  readonly pictures: readonly Picture[];
}

/**
 * Generates one picture a prompt and measures R-precision under the judge, which gave no gradient.
 * @param config settings of every picture; its seed counts up.
 * @param options `distractors`: further candidate texts for `amongAll`, of which no picture is generated.
 */
export async function* evaluateSteering(
  models: SteerModels,
  prompts: readonly string[],
  config: AscentConfig,
  options: RunOptions & { signal?: AbortSignal; distractors?: readonly string[] },
): AsyncGenerator<number, SteeredReport> {
  const { templates, judge } = models;
  const term = (text: string) => ({ text, weight: 1, templates });
  const textEmbeddings = await embedTerms(
    models,
    [judge],
    [...prompts, ...(options.distractors ?? [])].map(term),
    options,
  );
  const pictures: Picture[] = [];
  const scores: { judge: number; guide: number }[] = [];
  const began = performance.now();
  for (const [index, prompt] of prompts.entries()) {
    if (options.signal?.aborted) break;
    const ascent = generate(models, [term(prompt)], { ...config, seed: config.seed + index }, options);
    for (;;) {
      const next = await ascent.next();
      if (!next.done) continue;
      pictures.push(next.value.picture);
      scores.push(next.value);
      break;
    }
    yield index + 1;
  }
  const seconds = (performance.now() - began) / 1000 / pictures.length;
  const embedded = await embedTerms(
    models,
    [judge],
    pictures.map((picture) => ({ picture, weight: 1, templates })),
    options,
  );
  const { data, shape } = embedded[judge.prefix]!;
  const features = shape[1]!;
  const texts = textEmbeddings[judge.prefix]!.data as Float32Array;
  const own = pictures.map((_, index) => index);
  const hitsAmong = (count: number): number[] =>
    rPrecision(data as Float32Array, texts.subarray(0, count * features), features, own);
  const hits = hitsAmong(prompts.length);
  return {
    rPrecision: rate(hits),
    amongAll: options.distractors?.length ? rate(hitsAmong(texts.length / features)) : undefined,
    judge: bootstrap(scores.map((score) => score.judge)),
    guide: bootstrap(scores.map((score) => score.guide)),
    seconds,
    hits: hits.map(Boolean),
    pictures,
  };
}
