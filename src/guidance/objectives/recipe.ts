import { learningRateAt } from "../../tensor/index.js";
import type { Distance } from "./distances.js";
import type { LossWeights } from "./loss.js";
import { type ViewConfig, defaultViews } from "./views.js";

/**
 * Settings of an ascent that are not options. `bench/quality.ts` removes one ingredient at a time to measure its contribution.
 */
export interface Recipe {
  readonly weights: LossWeights;
  readonly views: Omit<ViewConfig, "count">;
  /** Distance between views and prompts. */
  readonly distance: Distance;
  /** Whether a negative prompt has no gradient beyond a right angle. */
  readonly floor: boolean;
  /** Restrict changes of latents by the generator's `narrow` (W instead of W+), if it has one. */
  readonly shared: boolean;
  /**
   * Part of the run, 0 to 1, at which gradient ascent releases each of the generator's `groups` of coordinates: of regions pose, fills,
   * code. Empty: all from the start.
   */
  readonly release: readonly number[];
  /** Warm-up and cosine ramp-down of the learning rate; otherwise the peak throughout. */
  readonly ramps: boolean;
  /** Standard deviation of the noise on the latents at the beginning. */
  readonly noise: number;
  /** Maximum decay of the moving average of the latents; 0 reads out the latents themselves. */
  readonly average: number;
  /** Read out during the run and choose the best read-out; otherwise the last latents are read out. */
  readonly judged: boolean;
  /** Minimum gain in score of an ascent over its start, since ascent can erode detail. */
  readonly minGain: number;
  /** Minimum gain for a prompt that names a concept of the generator: the known drawing is right, and ascent mostly tints it. */
  readonly minGainNamed: number;
}

/** The recipe of `generate`. */
export const defaultRecipe: Recipe = {
  weights: { anchor: 10, range: 0.05, realism: 0.2, direction: 0, outside: 0, boundary: 0 },
  views: defaultViews,
  distance: "spherical",
  floor: true,
  shared: true,
  release: [],
  ramps: true,
  noise: 0.15,
  average: 0.95,
  judged: true,
  minGain: 0.03,
  minGainNamed: 0.15,
};

/** The recipe of `edit`: a weaker anchor, the directional loss, no noise, and the last latents. */
export const editRecipe: Recipe = {
  ...defaultRecipe,
  weights: { anchor: 2, range: 0.05, realism: 0.2, direction: 1.2, outside: 6, boundary: 0 },
  noise: 0,
  average: 0,
  judged: false,
  minGain: 0.15,
};

/**
 * Returns the learning rate of an ascent: linearly up over the first 5 %, down by a cosine over the last 25 %; never zero.
 * @param progress part of the run that is done, 0 to 1.
 */
export function ascentRateAt(progress: number, peak: number, steps: number): number {
  return learningRateAt(progress * steps, steps, {
    peak,
    warmUp: 0.05 * steps,
    decayFrom: 0.75 * steps,
    floor: 0.05,
  });
}

/** Returns the standard deviation of the noise on the latents: fades out over the first three quarters. */
export function latentNoiseAt(progress: number, size = defaultRecipe.noise): number {
  return size * Math.max(0, 1 - progress / 0.75) ** 2;
}
