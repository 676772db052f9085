import {
  type LoadedPicture,
  type Picture,
  type RgbaBytes,
  onWhite,
  pictureFrom,
} from "../../images/index.js";
import { type HostTensor, hostFloats } from "../../tensor/index.js";
import { type AscentStep, type ReadOutRule, ascend } from "../ascent/ascent.js";
import type { AscentConfig } from "../ascent/generate.js";
import { type PassCounter, createPassCounter } from "../ascent/passes.js";
import type { Snapshot } from "../ascent/snapshot.js";
import { type CandidateContext, type ScoredCandidate, rankCandidates } from "../candidates/editCandidates.js";
import { editStarts, interpolate } from "../candidates/editStarts.js";
import { createObjective } from "../objectives/objective.js";
import { type Recipe, editRecipe } from "../objectives/recipe.js";
import type { ScheduledTerm } from "../objectives/terms.js";
import { type Box, wholeBox } from "../objectives/views.js";
import { directionCount } from "../optimisers/evolution.js";
import { openOptimizer } from "../optimisers/open.js";
import { type Embeddings, type Term, encoderInput, wantedOf } from "../programs/embedTerms.js";
import { picturesAt, usualSize } from "../programs/enlarge.js";
import type { SessionPrograms } from "../sessionPrograms.js";
import { applyChange } from "./applyChange.js";
import { type ChangeKind, kindOf } from "./changeKind.js";
import { maskBox, squareMask } from "./maskArea.js";
import { editSnapshot, restoreEditStart } from "./progress.js";
import { type ReportCard, changedPixels, measureChange, measureRealism, psnr } from "./report.js";

/** Settings of an edit. */
export interface EditConfig extends Omit<AscentConfig, "candidates" | "truncation" | "style"> {
  /** What the picture shows now, in words. */
  readonly from: string;
  /** How far to go: 0 gives the picture back to the bit, 1 goes all the way. */
  readonly strength: number;
  /** What may change: colours alone, shapes too, or (`auto`) colours alone where the texts differ in words for colours alone. */
  readonly change: ChangeKind | "auto";
}

/** How an edit is limited, continued and stopped. */
export interface EditOptions {
  /** Where the picture may change, `[height, width]`, 0 to 1; everywhere when absent. */
  readonly mask?: Float32Array;
  /** State that an interrupted edit is continued from. */
  readonly from?: Snapshot;
  /** Before the ascent it ends the edit with the signal's reason; the ascent is cut short and its result applied. */
  readonly signal?: AbortSignal;
}

/** Progress of an edit; step 0 is the generator's copy, before anything is changed. */
export interface EditStep extends AscentStep {
  /** Peak signal-to-noise ratio of the copy to the input, dB; on step 0. */
  readonly inversionPsnr?: number;
}

/** An edited picture at the original's size. */
export interface EditResult {
  readonly bytes: RgbaBytes;
  /** The generator's pictures before and after. */
  readonly before: Picture;
  readonly after: Picture;
  /** Mean absolute error of the inversion, of 1. */
  readonly inversionError: number;
  readonly report: ReportCard;
  /** What was taken of the change. */
  readonly kind: ChangeKind;
  /** Steps done; fewer than configured when it was stopped or ended early. */
  readonly steps: number;
  /** Whether it ended because the loss fell no more. */
  readonly plateaued: boolean;
  /** CLIP passes that were made for it, counted. */
  readonly passes: number;
}

const inversionSteps = 120;

/** How much the copy holds what may change: all of it at first, little once the text has faded in. */
export function heldInside(part: number): number {
  return Math.max(0.05, 1 - 2 * part);
}

/** Unit direction from the second row to the first by CLIP, `[features]`. */
function textDirections(texts: Embeddings): Embeddings {
  return Object.fromEntries(
    Object.entries(texts).map(([prefix, { data, shape }]) => {
      const features = shape[1]!;
      const values = data as Float32Array;
      const change = Float32Array.from(
        { length: features },
        (_, index) => values[index]! - values[features + index]!,
      );
      const length = Math.hypot(...change) || 1;
      return [
        prefix,
        hostFloats(
          change.map((value) => value / length),
          [features],
        ),
      ];
    }),
  );
}

/** An edit once the picture is copied and the texts are embedded. */
interface Scene {
  /** The generator's copy: latents, and `[1, side, side, 3]`. */
  readonly latents: HostTensor;
  readonly copy: HostTensor;
  /** Unit embeddings of target and source by CLIP, `[2, features]`, and of the target alone, `[1, features]`. */
  readonly texts: Embeddings;
  readonly wanted: Embeddings;
  /** How much each pixel of the generator's square may change, `[side · side]`, 0 to 1. */
  readonly inside: Float32Array;
  readonly box: Box;
}

/** What the stages of an edit share. */
interface Stage {
  readonly scene: Scene;
  readonly context: CandidateContext;
  readonly recipe: Recipe;
  readonly passes: PassCounter;
  readonly signal: AbortSignal | undefined;
}

/** The rule of `edit`: read-outs are applied to the original and compared by the guides. */
function candidateRule(programs: SessionPrograms, stage: Stage): ReadOutRule<{ readonly score: number }> {
  return {
    async read(latents) {
      const synthesizer = await programs.synthesizer();
      // Not stopped by the signal: it reads out what the ascent came to when it was stopped.
      const [ranked] = await rankCandidates(
        programs,
        await synthesizer.synthesize([latents]),
        stage.context,
        { passes: stage.passes },
      );
      const { picture, score } = ranked!;
      return { picture, scores: { score } };
    },
    value: ({ score }) => score,
  };
}

/** Ascent from the best candidate; the better of the candidate and what the ascent came to. */
async function* ascendFrom(
  programs: SessionPrograms,
  candidates: readonly ScoredCandidate[],
  stage: Stage & { readonly term: Term; readonly from: Snapshot | undefined },
  config: EditConfig,
): AsyncGenerator<AscentStep, { best: ScoredCandidate; done: number; plateaued: boolean }> {
  const { models } = programs;
  const [start, ...others] = candidates as [ScoredCandidate, ...ScoredCandidate[]];
  if (config.steps === 0) return { best: start, done: 0, plateaued: false };
  const { scene, recipe, term } = stage;
  const scheduled: ScheduledTerm = {
    ...term,
    weightAt: (part) => term.weight * (1 - heldInside(part)),
  };
  const objective = createObjective(models, {
    recipe,
    terms: [scheduled],
    embeddings: scene.wanted,
    condition: scene.wanted[models.guides[0]!.prefix]!,
    anchor: start.latents,
    shared: recipe.shared && models.generator.narrow !== undefined,
    edit: {
      base: scene.copy,
      inside: scene.inside,
      box: scene.box,
      direction: textDirections(scene.texts),
      heldInside,
    },
  });
  const { seed, views, lr } = config;
  const optimizer = await openOptimizer(programs, objective, {
    ...recipe,
    kind: config.optimizer ?? "adam",
    views,
    lr,
    seed,
    start: start.latents,
    others: others.slice(0, directionCount).map(({ latents }) => latents),
  });
  const { best, done, plateaued } = yield* ascend({
    recipe,
    optimizer,
    readOut: candidateRule(programs, stage),
    start: start.latents,
    seed,
    steps: config.steps,
    side: models.generator.resolution,
    patience: config.plateau ?? 0,
    passes: stage.passes,
    from: stage.from,
    signal: stage.signal,
  });
  const isBetter = best !== undefined && best.scores.score > start.score + recipe.worthIt;
  return { best: isBetter ? { ...best, score: best.scores.score } : start, done, plateaued };
}

/**
 * Changes a picture towards a prompt with a session's programs, as `edit` does. The generator copies it; then ways to go are
 * tried: along its own condition from text to text, and towards drafts of the target. From the best, ascent follows the text's
 * direction on views inside the mask, while the copy holds less and less. The better of start and ascent, by the guides, is
 * applied to the original.
 * Source: Gal et al. 2022, "StyleGAN-NADA", §3.2, for the directional loss.
 */
export async function* runEdit(
  programs: SessionPrograms,
  original: LoadedPicture,
  term: Term,
  config: EditConfig,
  options: EditOptions = {},
): AsyncGenerator<EditStep, EditResult> {
  const { models, embedder } = programs;
  const { mask, signal } = options;
  const side = models.generator.resolution;
  const recipe: Recipe = { ...editRecipe, ...config.recipe };
  const begun = options.from && restoreEditStart(options.from);
  const resumed = begun && options.from;
  const passes = createPassCounter();
  const uncounted = createPassCounter();
  const count = resumed ? uncounted : passes; // the snapshot's count holds what comes before the ascent
  if (resumed) passes.add(resumed.values.passes as number);

  const inverted =
    begun?.inverted ??
    (await programs.inverter.invert(original.picture, { steps: inversionSteps, signal, passes: count }));
  signal?.throwIfAborted();
  const before = pictureFrom(inverted.picture.data as Float32Array, side);
  const target = await encoderInput(original.picture, side);
  const inversionPsnr = psnr(target.data as Float32Array, before.data);
  yield { index: 0, steps: config.steps, picture: before, inversionPsnr };

  const source: Term = { text: config.from, weight: 1, templates: term.templates };
  const texts = await embedder.embed([term, source], count);
  const inside = mask ? await squareMask(mask, original, side) : new Float32Array(side * side).fill(1);
  const scene: Scene = {
    latents: inverted.latents,
    copy: inverted.picture,
    texts,
    wanted: wantedOf(texts, [term, { ...source, weight: -1 }]),
    inside,
    box: mask ? maskBox(inside, side) : wholeBox,
  };
  const kind = config.change === "auto" ? kindOf(config.from, term.text ?? "") : config.change;
  const context: CandidateContext = {
    original,
    before,
    texts,
    kind,
    ...(mask && { mask, box: scene.box }),
  };
  const stage: Stage = { scene, context, recipe, passes, signal };
  const findCandidates = async (): Promise<ScoredCandidate[]> => {
    const openShare = inside.reduce((sum, value) => sum + value, 0) / inside.length;
    const { from, seed } = config;
    const starts = await editStarts(
      programs,
      { ...scene, from, to: term.text, seed, openShare },
      { passes, signal },
    );
    return rankCandidates(programs, starts, context, { passes, signal });
  };
  const candidates = begun ? [begun.start] : await findCandidates();
  const ascent = ascendFrom(programs, candidates, { ...stage, term, from: resumed }, config);
  let next = await ascent.next();
  for (; !next.done; next = await ascent.next()) {
    const { snapshot, ...step } = next.value;
    const state = { inverted, start: candidates[0]! };
    yield { ...step, ...(snapshot && { snapshot: editSnapshot(snapshot, state) }) };
  }
  const { best, done, plateaued } = next.value;

  const { strength } = config;
  const [part] =
    strength === 1
      ? [best]
      : await (await programs.synthesizer()).synthesize([interpolate(scene.latents, best.latents, strength)]);
  const after = pictureFrom(part!.picture.data as Float32Array, side);
  // Larger originals get the change in finer drawing, where the pack has an upscaler.
  const finer = Math.max(original.width, original.height) > side ? usualSize(models) : side;
  const [fineBefore, fineAfter] = await picturesAt(models, [before, after], finer, programs.options);
  const bytes =
    strength === 0
      ? { width: original.width, height: original.height, rgba: original.rgba.slice() }
      : await applyChange(original, fineBefore!, fineAfter!, { kind, ...(mask && { mask }) });
  const pictures = { before: original.picture, after: onWhite(bytes) };
  const condition = scene.wanted[models.guides[0]!.prefix]!;
  const realism = await measureRealism(models, pictures, condition, programs.options);
  const report: ReportCard = {
    ...(await measureChange(models, pictures, texts, programs)),
    changedOutside: mask ? changedPixels(original, bytes, mask) : 0,
    changed: changedPixels(original, bytes),
    inversionPsnr,
    ...(realism && { realism }),
  };
  passes.add(2 * (models.guides.length + 1));
  return {
    bytes,
    before,
    after,
    report,
    inversionError: inverted.error,
    kind,
    steps: done,
    plateaued,
    passes: passes.total,
  };
}
