import { ConfigError } from "../../errors.js";
import { type Picture, toPicture } from "../../images/index.js";
import { type HostTensor, createRandom, hostFloats } from "../../tensor/index.js";
import type { Draft, DraftOptions } from "../candidates/drafts.js";
import { createObjective, isStaged, objectiveShapeOf } from "../objectives/objective.js";
import { type Recipe, defaultRecipe } from "../objectives/recipe.js";
import { type ScheduledTerm, weighTermsAt } from "../objectives/terms.js";
import { directionCount } from "../optimisers/evolution.js";
import { openOptimizer } from "../optimisers/open.js";
import type { OptimizerName } from "../optimisers/optimizer.js";
import { type Embeddings, sumPositiveEmbeddings } from "../programs/embedTerms.js";
import { latentShapeOf } from "../programs/pictures.js";
import type { Scores } from "../programs/readOut.js";
import type { SessionPrograms } from "../sessionPrograms.js";
import { findDraftSubject } from "../steerModels.js";
import {
  type AscentPlan,
  type AscentStep,
  type Ascended,
  type Chosen,
  type ReadOutRule,
  ascend,
} from "./ascent.js";
import type { AscentConfig, AscentOptions, AscentResult } from "./contract.js";
import { type PassCounter, createPassCounter } from "./passes.js";
import { makeDrafts, makePathBetween } from "./promptDrafts.js";
import type { Snapshot } from "./snapshot.js";

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
  readonly layerOrder?: readonly number[] | undefined;
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

/** What the parts of one run share. */
interface Run {
  readonly programs: SessionPrograms;
  readonly terms: readonly ScheduledTerm[];
  readonly config: AscentConfig;
  readonly options: AscentOptions;
  readonly recipe: Recipe;
  readonly kind: OptimizerName;
  /** Whether the ascent is restricted to W, which keeps pictures from drafts coherent; a given picture needs W+. */
  readonly shared: boolean;
  /** State that the run is continued from. */
  readonly resumed: Snapshot | undefined;
  readonly passes: PassCounter;
}

/** Combines the recipe, and takes over the counted passes of a run that is continued. */
function openRun(
  programs: SessionPrograms,
  terms: readonly ScheduledTerm[],
  config: AscentConfig,
  options: AscentOptions,
): Run {
  const recipe: Recipe = { ...defaultRecipe, ...config.recipe };
  const resumed = options.from && "start" in options.from.tensors ? options.from : undefined;
  const passes = createPassCounter();
  if (resumed) passes.add(resumed.values.passes as number);
  const canNarrow = programs.models.generator.narrow !== undefined;
  const shared = recipe.shared && canNarrow && options.init === undefined;
  return {
    programs,
    terms,
    config,
    options,
    recipe,
    kind: config.optimizer ?? "adam",
    shared,
    resumed,
    passes,
  };
}

/** Tells whether the weights of the prompts change over the run. */
const hasChangingTerms = (terms: readonly ScheduledTerm[]): boolean => terms.some(({ weightAt }) => weightAt);

/** Opens the program of a step, to be ready when the drafts are. */
function openSteering({ programs, terms, config, recipe, kind, shared }: Run): void {
  if (config.steps === 0 || kind === "cma-es") return;
  const staged = isStaged(recipe, programs.models) ? true : undefined;
  const shape = objectiveShapeOf(recipe, { terms: terms.length, shared, edit: false, staged });
  // The error is rethrown when the program is used.
  programs.steering({ ...shape, views: config.views }).catch(() => undefined);
}

/** Finds the start: that of the snapshot, the generator's copy of the given picture, or a draft. */
async function findStart(run: Run): Promise<Start> {
  const { programs, terms, config, options, resumed, passes } = run;
  const { init, signal } = options;
  if (resumed) return { latents: resumed.tensors.start!, drafts: [] };
  if (init) return { ...(await programs.inverter.invert(init, { steps: 60, signal, passes })), drafts: [] };
  const drafting: DraftOptions = {
    passes,
    signal,
    onFirstBatchStarted: () => openSteering(run),
    onProgress: options.onDraftProgress,
  };
  const ranked = await (options.drafts?.(drafting) ?? makeDrafts(programs, terms, config, drafting));
  const rank = options.choose?.(ranked) ?? 0;
  const drafts = [ranked[rank]!, ...ranked.slice(0, rank), ...ranked.slice(rank + 1)];
  return { ...drafts[0]!, drafts };
}

/** Plans the ascent from a start: path, objective, optimiser and number of steps. */
async function planAscent(
  run: Run,
  start: Start,
  embedded: { readonly embeddings: Embeddings; readonly positives: Embeddings },
): Promise<Omit<AscentPlan<Scores>, "readOut" | "preview">> {
  const { programs, terms, config, options, recipe, kind, shared, resumed, passes } = run;
  const { models } = programs;
  const { seed, views, lr } = config;
  const { signal } = options;
  const drafting: DraftOptions = { passes, signal };
  // Evolution searches towards other drafts: no other directions in W are known to keep pictures coherent.
  const needsDrafts = shared && !resumed && kind !== "adam" && start.drafts.length <= directionCount;
  const drafts = needsDrafts
    ? await makeDrafts(programs, terms, { ...config, candidates: directionCount + 1 }, drafting)
    : start.drafts;
  const changing = hasChangingTerms(terms);
  const path =
    changing && !options.init && kind === "adam"
      ? await makePathBetween(programs, terms, config, start.latents, drafting)
      : undefined;
  const objective = createObjective(models, {
    recipe,
    terms,
    shared,
    embeddings: embedded.embeddings,
    condition: embedded.positives[models.guides[0]!.prefix]!,
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
    others: drafts.slice(1, 1 + directionCount).map(({ latents }) => latents),
  });
  const trial = async (): Promise<void> => {
    const place = { index: 0, steps: 1, part: 0, random: createRandom("trial") };
    passes.add((await optimizer.step(optimizer.begin(start.latents), place)).passes);
  };
  if (options.plan) await programs.readOut(); // all programs must be compiled before a step is timed
  const steps = resumed ? (resumed.values.steps as number) : ((await options.plan?.(trial)) ?? config.steps);
  return {
    recipe,
    optimizer,
    start: start.latents,
    path,
    seed,
    steps,
    side: models.generator.resolution,
    patience: changing ? 0 : (config.plateau ?? 0),
    passes,
    from: resumed,
    signal,
  };
}

/** Chooses between the draft and the best read-out: the read-out must score higher by a margin. */
function chooseResult(
  { programs, terms, options, recipe }: Run,
  draft: Chosen<Scores>,
  ascended: Chosen<Scores> | undefined,
): Chosen<Scores> {
  if (!ascended) return draft;
  // If the prompts change over the run, the draft does not show the last prompt.
  if (hasChangingTerms(terms)) return ascended;
  const positiveTerms = terms.filter(({ weight }) => weight > 0);
  const onlyText = positiveTerms[1] ? undefined : positiveTerms[0]?.text;
  const { isName, category } = findDraftSubject(programs.models, onlyText);
  const isKnown = isName || category !== undefined;
  const minGain = isKnown && !options.init ? recipe.minGainNamed : recipe.minGain;
  return ascended.scores.judge >= draft.scores.judge + minGain ? ascended : draft;
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
  const run = openRun(programs, terms, config, options);
  const { resumed, passes } = run;
  const start = await findStart(run);
  const pictureOf = ({ picture }: { picture: HostTensor }): Picture =>
    toPicture(picture.data as Float32Array, models.generator.resolution);
  const preview = models.generator.regions && programs.painter().preview;
  const embeddings = await programs.embedder.embed(terms, resumed ? undefined : passes);
  const positives = sumPositiveEmbeddings(embeddings, weighTermsAt(terms, 1));
  const { picture, latents } = start;
  const paint = preview && ((side: number) => preview(latents, side));
  if (picture) yield { index: 0, steps: config.steps, picture: pictureOf({ picture }), latents, paint };

  const readOut = createJudgeRule(programs, positives, passes);
  let ascended: Ascended<Scores> = { best: undefined, done: 0, plateaued: false };
  if (config.steps > 0) {
    const plan = await planAscent(run, start, { embeddings, positives });
    ascended = yield* ascend({ ...plan, readOut, preview });
  }
  const draft: Chosen<Scores> = { ...(await readOut.read(latents)), latents, chosen: 0 };
  const best = chooseResult(run, draft, ascended.best);
  return {
    picture: pictureOf(best),
    latents: hostFloats(best.latents.data as Float32Array, latentShapeOf(models)),
    ...best.scores,
    steps: ascended.done,
    chosen: best.chosen,
    plateaued: ascended.plateaued,
    passes: passes.total,
    layerOrder: start.layerOrder,
  };
}
