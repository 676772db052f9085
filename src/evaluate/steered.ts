import { type AscentConfig, embedTerms } from "../guidance/index.js";
import type { Picture } from "../images/index.js";
import {
  type FinishedGenerate,
  type GenerateRequest,
  type RunSession,
  createFileAssets,
  createMemoryStore,
  runGenerate,
} from "../runs/index.js";
import { rate } from "./proportions.js";
import { type Estimate, bootstrap } from "./statistics.js";
import { markNearestPrompts } from "./rPrecision.js";

/** Scores of pictures generated with one configuration. */
export interface SteeredReport {
  readonly rPrecision: Estimate;
  /** The same among the prompts and all distractors; absent without distractors. */
  readonly amongAll?: Estimate;
  readonly judge: Estimate;
  readonly guide: Estimate;
  /** Mean seconds per picture. */
  readonly seconds: number;
  readonly hits: readonly boolean[];
  readonly pictures: readonly Picture[];
}

/** Side of the pictures of regions that are scored, in pixels; other generators make their own size. */
const paintedSide = 128;

/** Generates the picture of a request as `generate` does; undefined when it was stopped before. */
async function generatePicture(
  request: Partial<GenerateRequest>,
  session: RunSession,
  signal: AbortSignal | undefined,
): Promise<FinishedGenerate | undefined> {
  const running = runGenerate(request, {
    session,
    store: createMemoryStore(),
    assets: createFileAssets(),
    signal,
  });
  for (;;) {
    const next = await running.next();
    if (next.done) return next.value.pictures[0];
  }
}

/**
 * Generates one picture a prompt, as `generate` does (scenes of layers included), and measures R-precision under the judge, which gave no
 * gradient.
 * @param config settings of every picture; its seed counts up.
 * @param options `distractors`: further candidate texts for `amongAll`, of which no picture is generated.
 */
export async function* evaluateSteering(
  session: RunSession,
  prompts: readonly string[],
  config: Pick<AscentConfig, "steps" | "views" | "lr" | "candidates" | "truncation" | "seed">,
  { signal, distractors = [] }: { signal?: AbortSignal; distractors?: readonly string[] },
): AsyncGenerator<number, SteeredReport> {
  const { models, runOptions } = session;
  const { templates, judge, generator } = models;
  const term = (text: string) => ({ text, weight: 1, templates });
  const textEmbeddings = await embedTerms(
    models,
    [judge],
    [...prompts, ...distractors].map(term),
    runOptions,
  );
  const pictures: Picture[] = [];
  const scores: { judge: number; guide: number }[] = [];
  const size = generator.regions ? paintedSide : generator.resolution;
  const began = performance.now();
  for (const [index, prompt] of prompts.entries()) {
    if (signal?.aborted) break;
    const seed = config.seed + index;
    const request = { generator: session.generator, text: [prompt], ...config, seed, size };
    const finished = await generatePicture(request, session, signal);
    if (!finished || signal?.aborted) break;
    pictures.push(finished.picture);
    scores.push({ judge: finished.report.judgeScore, guide: finished.report.guideScore });
    yield index + 1;
  }
  const seconds = (performance.now() - began) / 1000 / pictures.length;
  const embedded = await embedTerms(
    models,
    [judge],
    pictures.map((picture) => ({ picture, weight: 1, templates })),
    runOptions,
  );
  const { data, shape } = embedded[judge.prefix]!;
  const features = shape[1]!;
  const texts = textEmbeddings[judge.prefix]!.data as Float32Array;
  const own = pictures.map((_, index) => index);
  const hitsAmong = (count: number): number[] =>
    markNearestPrompts(data as Float32Array, texts.subarray(0, count * features), features, own);
  const hits = hitsAmong(prompts.length);
  return {
    rPrecision: rate(hits),
    amongAll: distractors.length > 0 ? rate(hitsAmong(texts.length / features)) : undefined,
    judge: bootstrap(scores.map((score) => score.judge)),
    guide: bootstrap(scores.map((score) => score.guide)),
    seconds,
    hits: hits.map(Boolean),
    pictures,
  };
}
