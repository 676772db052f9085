import { learningRate } from "../../tensor/index.js";
import type { Distance } from "./distances.js";
import type { LossWeights } from "./loss.js";
import { type ViewConfig, defaultViews } from "./views.js";

/** How an ascent is made. `bench/quality.ts` takes out one ingredient at a time to measure what it contributes. */
export interface Recipe {
  readonly weights: LossWeights;
  readonly views: Omit<ViewConfig, "count">;
  /** Distance of views to prompts. */
  readonly distance: Distance;
  /** Whether a negative prompt stops pushing at a right angle. */
  readonly floor: boolean;
  /** Move latents only as the generator's `narrow` does (W instead of W+), where it has one. */
  readonly shared: boolean;
  /** Warm-up and cosine ramp-down of the learning rate; otherwise the peak throughout. */
  readonly ramps: boolean;
  /** Standard deviation of the noise on the latents at the beginning. */
  readonly noise: number;
  /** Largest share of the moving average of the latents that a step keeps; 0 reads out the latents themselves. */
  readonly average: number;
  /** Read out on the way, and choose the best read-out; otherwise the last latents are read out. */
  readonly judged: boolean;
  /** By how much the read-out of an ascent must beat that of its start. Ascent can erode detail. */
  readonly worthIt: number;
  /** The same where a prompt names a thing that the generator knows: its drawing is right, and ascent mostly tints it. */
  readonly worthItNamed: number;
}

/** The recipe of `generate`. */
export const defaultRecipe: Recipe = {
  weights: { anchor: 10, range: 0.05, realism: 0.2, direction: 0, outside: 0 },
  views: defaultViews,
  distance: "spherical",
  floor: true,
  shared: true,
  ramps: true,
  noise: 0.15,
  average: 0.95,
  judged: true,
  worthIt: 0.03,
  worthItNamed: 0.15,
};

/** The recipe of `edit`: a weaker anchor, the directional loss, no noise, and the last latents. */
export const editRecipe: Recipe = {
  ...defaultRecipe,
  weights: { anchor: 2, range: 0.05, realism: 0.2, direction: 1.2, outside: 6 },
  noise: 0,
  average: 0,
  judged: false,
  worthIt: 0.15,
};

/**
 * Learning rate of an ascent: linearly up over the first 5 %, down by a cosine over the last 25 %; never zero.
 * @param part part of the run that is done, 0 to 1.
 */
export function ascentRate(part: number, peak: number, steps: number): number {
  return learningRate(part * steps, steps, {
    peak,
    warmUp: 0.05 * steps,
    decayFrom: 0.75 * steps,
    floor: 0.05,
  });
}

/** Standard deviation of the noise on the latents: fades out over the first three quarters. */
export function latentNoise(part: number, size = defaultRecipe.noise): number {
  return size * Math.max(0, 1 - part / 0.75) ** 2;
}
