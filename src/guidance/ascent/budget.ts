import { isReadOut } from "./ascent.js";
import { fixedViews } from "../programs/readOut.js";

/** What the cost of a run depends on. */
export interface RunSize {
  /** CLIPs that give the gradient. */
  readonly guides: number;
  readonly views: number;
  /** Drafts made; 0 when it starts from a picture. */
  readonly candidates: number;
}

/** Read-outs of a run of so many steps: of its start, on the way, and of its end. */
function readOuts(steps: number): number {
  let count = steps > 0 ? 2 : 1;
  for (let done = 1; done <= steps; done++) if (isReadOut(done, steps)) count++;
  return count;
}

/**
 * CLIP passes of a run: pictures or views that go through an image encoder, each under each CLIP; those with a gradient count
 * once, as in the papers.
 */
export function clipPasses(steps: number, { guides, views, candidates }: RunSize): number {
  return candidates * guides + steps * views * guides + readOuts(steps) * fixedViews * (guides + 1);
}

/** Most steps that CLIP passes are enough for; −1 when they aren't enough for the drafts and their read-out. */
export function stepsForPasses(passes: number, size: RunSize): number {
  return mostSteps((steps) => clipPasses(steps, size) <= passes);
}

/** Most steps that fit into a time, if a step and a read-out take `stepSeconds` each; 0 when not even one does. */
export function stepsForSeconds(seconds: number, stepSeconds: number): number {
  return Math.max(
    0,
    mostSteps((steps) => (steps + readOuts(steps) - 1) * stepSeconds <= seconds),
  );
}

const largest = 100_000;

function mostSteps(fits: (steps: number) => boolean): number {
  let [low, high] = [-1, largest + 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low;
}
