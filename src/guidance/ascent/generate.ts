import { removeArticles } from "../../embedding/index.js";
import { ConfigError } from "../../errors.js";
import { type Picture, toPicture } from "../../images/index.js";
import { type HostTensor, createRandom, hostFloats } from "../../tensor/index.js";
import { type AscentStep, type Ascended, type Chosen, type ReadOutRule, ascend } from "./ascent.js";
import { type PassCounter, createPassCounter } from "./passes.js";
import type { Snapshot } from "./snapshot.js";
import type { Draft, ScoredDraft } from "../candidates/drafts.js";
import { findDraftSubject, findNamedStyle, orderMembersBySeed } from "../steerModels.js";
import { createObjective, isStaged, objectiveShapeOf } from "../objectives/objective.js";
import { type Path, pathOf } from "../objectives/promptPath.js";
import { type Recipe, defaultRecipe } from "../objectives/recipe.js";
import { type ScheduledTerm, weighTermsAt } from "../objectives/terms.js";
import { directionCount } from "../optimisers/evolution.js";
import { openOptimizer } from "../optimisers/open.js";
import type { OptimizerName } from "../optimisers/optimizer.js";
import { type Embeddings, type Term, rowsOf, sumPositiveEmbeddings } from "../programs/embedTerms.js";
import { latentShapeOf } from "../programs/pictures.js";
import type { Scores } from "../programs/readOut.js";
import type { SessionPrograms } from "../sessionPrograms.js";

/** Settings of one ascent: seed, length, drafts, views and optimiser. */
export interface AscentConfig {
  readonly seed: number;
  readonly steps: number;
  /** Number of random views of the picture in each step. */
  readonly views: number;
  /** Peak learning rate of Adam, in steering coordinates. */
  readonly lr: number;
  /** Number of drafts; ascent starts from the best. */
  readonly candidates: number;
  /** Truncation of the drafts' noise, 0 to 1: lower values give typical drafts, higher values varied ones. */
  readonly truncation: number;
  /** Drawing style of the drafts, if the generator has styles; the drafts cycle through all styles when absent. */
  readonly style?: string;
  /** Steps without a lower loss after which the run ends; never when 0, absent, or prompts change. */
  readonly plateau?: number;
  /** Optimiser; `adam` when absent. */
  readonly optimizer?: OptimizerName;
  /** Departures from the default recipe. */
  readonly recipe?: Partial<Recipe>;
}

/** Start, callbacks and abort signal of an ascent. */
export interface AscentOptions {
  /** Picture to start from. */
  readonly init?: Picture;
  /** Replaces `makeDrafts`. Returns the drafts, best first. */
  readonly drafts?: (watch: DraftWatch) => Promise<readonly Draft[]>;
  /** Rank of the draft to start from among all, the best first; 0 when absent. */
  readonly choose?: (drafts: readonly Draft[]) => number;
  /** State that an interrupted run is continued from. */
  readonly from?: Snapshot;
  /** Determines the number of steps once all programs are ready. `trial` does a step, to be timed, and discards it. */
  readonly plan?: (trial: () => Promise<void>) => Promise<number>;
  readonly signal?: AbortSignal;
}

/** Result of an ascent. */
export interface AscentResult extends Scores {
  readonly picture: Picture;
  /** Latents of the picture, `[1, …latentShape]`. */
  readonly latents: HostTensor;
  /** Steps done; fewer than configured when it was stopped. */
  readonly steps: number;
  /** Step whose latents were read out; 0 is the draft. */
  readonly chosen: number;
  /** Whether it ended because the loss fell no more. */
  readonly plateaued: boolean;
  /** Number of CLIP passes, counted: drafts, steps, read-outs and pictures used as prompts. */
  readonly passes: number;
}

/** Callbacks of drafts, and the counter of their CLIP passes. */
export interface DraftWatch {
  readonly passes?: PassCounter | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called after the first batch has started. */
  readonly meanwhile?: (() => void) | undefined;
}

/** Lists each word of the positive terms as a term of its own, without function words. A picture remains one term. */
export function listWordTerms(terms: readonly Term[]): Term[] {
  return terms
    .filter(({ weight }) => weight > 0)
    .flatMap((term) => {
      if (term.text === undefined) return [term];
      const words = removeArticles(term.text).split(/\s+/);
      const visible = words.filter((word) => !/^(?:with|and|of|in|on|at|to|for)$/i.test(word));
      return (visible.length > 0 ? visible : words).map((text) => ({ ...term, text }));
    });
}

/** Makes drafts for terms as they are at the beginning of a run, the best first. */
export async function makeDrafts(
  { models, embedder, drafter }: SessionPrograms,
  terms: readonly ScheduledTerm[],
  config: AscentConfig,
  watch: DraftWatch = {},
): Promise<ScoredDraft[]> {
  const first = weighTermsAt(terms, 0);
  const words = listWordTerms(first);
  const positive = first.filter(({ weight }) => weight > 0);
  const named = new Set(positive.map(({ text }) => findNamedStyle(models, text)));
  const style = config.style ?? (named.size === 1 ? [...named][0] : undefined);
  const count = config.candidates;
  // A blend of several prompts has no single name.
  const subject = findDraftSubject(models, positive.length === 1 ? positive[0]!.text : undefined);
  const random = createRandom(config.seed);
  const draws = models.generator.sample(random.stream("candidates"), count, {
    truncation: config.truncation,
    ...orderMembersBySeed(subject, random),
    style,
  });
  const embedding = embedder.embed([...first, ...words], watch.passes); // one pass for both
  drafter.prepare({ draws, count }, words.length);
  const embedded = await embedding;
  const positives = sumPositiveEmbeddings(rowsOf(embedded, first.keys()), first);
  const wordRows = words.map((_, at) => first.length + at);
  return drafter.draft({ draws, count, positives, words: rowsOf(embedded, wordRows) }, watch);
}

/** Makes the path from each positive prompt's best draft to the next one's. */
async function makePathBetween(
  programs: SessionPrograms,
  terms: readonly ScheduledTerm[],
  config: AscentConfig,
  start: HostTensor,
  watch: DraftWatch,
): Promise<Path> {
  const positiveTerms = terms.filter(({ weight }) => weight > 0);
  const stops: HostTensor[] = [];
  for (const term of positiveTerms) {
    const drafts = await makeDrafts(programs, [{ ...term, weightAt: () => 1 }], config, watch);
    stops.push(drafts[0]!.latents);
  }
  return pathOf(start, stops, (part) => weighTermsAt(positiveTerms, part).map(({ weight }) => weight));
}

function checkTerms(terms: readonly ScheduledTerm[]): void {
  for (const part of [0, 1])
    if (!weighTermsAt(terms, part).some(({ weight }) => weight > 0))
      throw new ConfigError(
        `no prompt has a positive weight at the ${part === 0 ? "beginning" : "end"} of the run; give one to go towards`,
      );
}

/** The start of a run, and the drafts it was chosen from. */
interface Start {
  readonly latents: HostTensor;
  readonly picture?: HostTensor;
  readonly drafts: readonly Draft[];
}

/** Returns the rule of `generate`: read-outs are compared by the judge. */
function createJudgeRule(
  programs: SessionPrograms,
  positives: Embeddings,
  passes: PassCounter,
): ReadOutRule<Scores> {
  return {
    async read(latents) {
      // Opened on first use, after the first step, so that the first step does not wait for it.
      const readOut = await programs.readOut();
      const { picture, guide, judge } = await readOut.read(latents, positives);
      passes.add(readOut.passes);
      return { picture, scores: { guide, judge } };
    },
    value: ({ judge }) => judge,
  };
}

/** Steers one picture towards terms with a session's programs, as `generate` does. */
export async function* runAscent(
  programs: SessionPrograms,
  terms: readonly ScheduledTerm[],
  config: AscentConfig,
  options: AscentOptions = {},
): AsyncGenerator<AscentStep<Scores>, AscentResult> {
  checkTerms(terms);
  const { models } = programs;
  const { seed, views, lr } = config;
  const recipe: Recipe = { ...defaultRecipe, ...config.recipe };
  const kind = config.optimizer ?? "adam";
  const signal = options.signal;
  const resumed = options.from && "start" in options.from.tensors ? options.from : undefined;
  const passes = createPassCounter();
  if (resumed) passes.add(resumed.values.passes as number);
  // Ascent from drafts is restricted to W, which keeps pictures coherent; a given picture needs W+.
  const shared = recipe.shared && models.generator.narrow !== undefined && options.init === undefined;

  /** Opens the step's program while the drafts are made. */
  const onFirstBatchStarted = (): void => {
    if (config.steps === 0 || kind === "cma-es") return;
    const staged = isStaged(recipe, models) ? true : undefined;
    const shape = objectiveShapeOf(recipe, { terms: terms.length, shared, edit: false, staged });
    programs.steering({ ...shape, views }).catch(() => undefined); // The error is rethrown when the program is used.
  };
  const watch: DraftWatch = { passes, signal };
  const findStart = async (): Promise<Start> => {
    if (resumed) return { latents: resumed.tensors.start!, drafts: [] };
    if (options.init)
      return { ...(await programs.inverter.invert(options.init, { steps: 60, signal, passes })), drafts: [] };
    const drafting = { ...watch, onFirstBatchStarted };
    const ranked = await (options.drafts?.(drafting) ?? makeDrafts(programs, terms, config, drafting));
    const rank = options.choose?.(ranked) ?? 0;
    const drafts = [ranked[rank]!, ...ranked.slice(0, rank), ...ranked.slice(rank + 1)];
    return { ...drafts[0]!, drafts };
  };
  const start = await findStart();
  const pictureOf = ({ picture }: { picture: HostTensor }): Picture =>
    toPicture(picture.data as Float32Array, models.generator.resolution);
  const preview = models.generator.regions && programs.painter().preview;
  const changing = terms.some(({ weightAt }) => weightAt);
  const embeddings = await programs.embedder.embed(terms, resumed ? undefined : passes);
  const positives = sumPositiveEmbeddings(embeddings, weighTermsAt(terms, 1));
  const { picture, latents } = start;
  const paint = preview && ((side: number) => preview(latents, side));
  if (picture) yield { index: 0, steps: config.steps, picture: pictureOf({ picture }), latents, paint };

  const readOut = createJudgeRule(programs, positives, passes);
  let ascended: Ascended<Scores> = { best: undefined, done: 0, plateaued: false };
  if (config.steps > 0) {
    // Evolution searches towards other drafts: no other directions in W are known to keep pictures coherent.
    const needsDrafts = shared && !resumed && kind !== "adam" && start.drafts.length <= directionCount;
    const more = needsDrafts
      ? await makeDrafts(programs, terms, { ...config, candidates: directionCount + 1 }, watch)
      : start.drafts;
    const path =
      changing && !options.init && kind === "adam"
        ? await makePathBetween(programs, terms, config, start.latents, watch)
        : undefined;
    const objective = createObjective(models, {
      recipe,
      terms,
      shared,
      embeddings,
      condition: positives[models.guides[0]!.prefix]!,
      anchor: start.latents,
      path,
    });
    const optimizer = await openOptimizer(programs, objective, {
      ...recipe,
      kind,
      views,
      lr,
      seed,
      start: start.latents,
      others: more.slice(1, 1 + directionCount).map(({ latents }) => latents),
    });
    const trial = async (): Promise<void> => {
      const place = { index: 0, steps: 1, part: 0, random: createRandom("trial") };
      passes.add((await optimizer.step(optimizer.begin(start.latents), place)).passes);
    };
    if (options.plan) await programs.readOut(); // all programs must be compiled before a step is timed
    const steps = resumed
      ? (resumed.values.steps as number)
      : ((await options.plan?.(trial)) ?? config.steps);
    ascended = yield* ascend({
      recipe,
      optimizer,
      readOut,
      start: start.latents,
      path,
      seed,
      steps,
      side: models.generator.resolution,
      preview,
      patience: changing ? 0 : (config.plateau ?? 0),
      passes,
      from: resumed,
      signal,
    });
  }
  const first: Chosen<Scores> = {
    ...(await readOut.read(start.latents)),
    latents: start.latents,
    chosen: 0,
  };
  const { best: steered, done, plateaued } = ascended;
  const positiveTerms = terms.filter(({ weight }) => weight > 0);
  const onlyText = positiveTerms[1] ? undefined : positiveTerms[0]?.text;
  const { isName, category } = findDraftSubject(models, onlyText);
  const leastGain =
    (isName || category !== undefined) && !options.init ? recipe.minGainNamed : recipe.minGain;
  // If the prompts change over the run, the draft does not show the last prompt.
  const best =
    steered && (changing || steered.scores.judge >= first.scores.judge + leastGain) ? steered : first;
  return {
    picture: pictureOf(best),
    latents: hostFloats(best.latents.data as Float32Array, latentShapeOf(models)),
    ...best.scores,
    steps: done,
    chosen: best.chosen,
    plateaued,
    passes: passes.total,
  };
}
