import { countDraftPasses } from "../candidates/drafts.js";
import { countEvolutionSteps, choosePopulation } from "../optimisers/evolution.js";
import type { OptimizerName } from "../optimisers/optimizer.js";
import { fixedViews } from "../programs/readOut.js";
import { isReadOut } from "./ascent.js";

/** What the cost of a run depends on. */
export interface RunSize {
  /** CLIPs that give the gradient. */
  readonly guides: number;
  readonly views: number;
  /** Number of drafts of all rounds; 0 when the run starts from a picture. */
  readonly candidates: number;
  /** Side of the generator's pictures, which determines the batch size for drafts; without it padding is not counted. */
  readonly resolution?: number;
  /** Optimiser; `adam` when absent. */
  readonly optimizer?: OptimizerName;
}

/** Returns the CLIP passes of `steps` steps. */
function countStepPasses(steps: number, { guides, views, optimizer = "adam" }: RunSize): number {
  const generation = choosePopulation(views);
  const evolved = optimizer === "adam" ? 0 : optimizer === "hybrid" ? countEvolutionSteps(steps) : steps;
  return (evolved * generation.population * generation.views + (steps - evolved) * views) * guides;
}

/** Counts the read-outs of a run of `steps` steps: at its start, on the way, and at its end. */
function countReadOuts(steps: number): number {
  let count = steps > 0 ? 2 : 1;
  for (let done = 1; done <= steps; done++) if (isReadOut(done, steps)) count++;
  return count;
}

/**
 * Counts the CLIP passes that a run will make, for planning: pictures or views that go through an image encoder, each under each
 * CLIP; those with a gradient count once, as in the papers. A result carries the number that was counted.
 */
export function countClipPasses(steps: number, size: RunSize): number {
  const { guides, candidates, resolution } = size;
  const drafts =
    resolution === undefined ? candidates * guides : countDraftPasses(candidates, { guides, resolution });
  return drafts + countStepPasses(steps, size) + countReadOuts(steps) * fixedViews * (guides + 1);
}

/**
 * Counts the maximum number of steps within a number of CLIP passes; −1 when the passes do not suffice for the drafts and their
 * read-out.
 */
export function countStepsForPasses(passes: number, size: RunSize): number {
  return findMostSteps((steps) => countClipPasses(steps, size) <= passes);
}

/** Counts the maximum number of steps within a time, if a step and a read-out take `stepSeconds` each; 0 when none fits. */
export function countStepsForSeconds(seconds: number, stepSeconds: number): number {
  return Math.max(
    0,
    findMostSteps((steps) => (steps + countReadOuts(steps) - 1) * stepSeconds <= seconds),
  );
}

const largest = 100_000;

function findMostSteps(fits: (steps: number) => boolean): number {
  let [low, high] = [-1, largest + 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low;
}
