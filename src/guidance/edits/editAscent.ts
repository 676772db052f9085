import { type HostTensor, hostFloats } from "../../tensor/index.js";
import { type AscentStep, type ReadOutRule, ascend } from "../ascent/ascent.js";
import type { AscentConfig } from "../ascent/contract.js";
import type { PassCounter } from "../ascent/passes.js";
import type { Snapshot } from "../ascent/snapshot.js";
import { type CandidateContext, type ScoredCandidate, rankCandidates } from "../candidates/editCandidates.js";
import { createObjective } from "../objectives/objective.js";
import type { Recipe } from "../objectives/recipe.js";
import type { ScheduledTerm } from "../objectives/terms.js";
import type { Box } from "../objectives/views.js";
import { directionCount } from "../optimisers/evolution.js";
import { openOptimizer } from "../optimisers/open.js";
import type { Embeddings, Term } from "../programs/embedTerms.js";
import type { SessionPrograms } from "../sessionPrograms.js";

/** Returns the weight that holds pixels inside the mask at the copy, at a part of the run: falls linearly from 1 to 0.05. */
export function holdWeightAt(part: number): number {
  return Math.max(0.05, 1 - 2 * part);
}

/** Computes the unit direction from the second row to the first by CLIP, `[features]`. */
function computeTextDirections(texts: Embeddings): Embeddings {
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

/** An edit after the inversion of the picture and the embedding of the texts. */
export interface Scene {
  /** The generator's copy: latents, and `[1, side, side, 3]`. */
  readonly latents: HostTensor;
  readonly copy: HostTensor;
  /** Unit embeddings of target and source by CLIP, `[2, features]`, and of the target alone, `[1, features]`. */
  readonly texts: Embeddings;
  readonly positives: Embeddings;
  /** Mask on the generator's square, `[side · side]` in [0, 1]: 1 may change. */
  readonly inside: Float32Array;
  readonly box: Box;
}

/** State shared by the stages of an edit. */
export interface Stage {
  readonly scene: Scene;
  readonly context: CandidateContext;
  readonly recipe: Recipe;
  readonly passes: PassCounter;
  readonly signal: AbortSignal | undefined;
}

/** Creates the rule of `edit`: read-outs are applied to the original and compared by the guides. */
function createCandidateRule(
  programs: SessionPrograms,
  stage: Stage,
): ReadOutRule<{ readonly score: number }> {
  return {
    async read(latents) {
      const synthesizer = await programs.synthesizer();
      // Without the signal, so that the result of a stopped ascent can be read out.
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

/** Ascends from the best candidate; returns the better of the candidate and the ascent's result. */
export async function* ascendFrom(
  programs: SessionPrograms,
  candidates: readonly ScoredCandidate[],
  stage: Stage & { readonly term: Term; readonly from: Snapshot | undefined },
  config: Pick<AscentConfig, "steps" | "seed" | "views" | "lr" | "optimizer" | "plateau">,
): AsyncGenerator<AscentStep, { best: ScoredCandidate; done: number; plateaued: boolean }> {
  const { models } = programs;
  const [start, ...others] = candidates as [ScoredCandidate, ...ScoredCandidate[]];
  if (config.steps === 0) return { best: start, done: 0, plateaued: false };
  const { scene, recipe, term } = stage;
  const scheduled: ScheduledTerm = {
    ...term,
    weightAt: (part) => term.weight * (1 - holdWeightAt(part)),
  };
  const objective = createObjective(models, {
    recipe,
    terms: [scheduled],
    embeddings: scene.positives,
    condition: scene.positives[models.guides[0]!.prefix]!,
    anchor: start.latents,
    shared: recipe.shared && models.generator.narrow !== undefined,
    coloursOnly: stage.context.kind === "colour" && models.generator.regions !== undefined,
    edit: {
      base: scene.copy,
      inside: scene.inside,
      box: scene.box,
      direction: computeTextDirections(scene.texts),
      heldInside: holdWeightAt,
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
    readOut: createCandidateRule(programs, stage),
    start: start.latents,
    seed,
    steps: config.steps,
    side: models.generator.resolution,
    patience: config.plateau ?? 0,
    passes: stage.passes,
    from: stage.from,
    signal: stage.signal,
  });
  const isBetter = best !== undefined && best.scores.score > start.score + recipe.minGain;
  return { best: isBetter ? { ...best, score: best.scores.score } : start, done, plateaued };
}
