import type { Distance } from "./losses.js";
import type { SteerWeights } from "../programs/steer.js";
import { type ViewConfig, defaultViews } from "./views.js";

/** How an ascent is made. Each entry is an ingredient that `bench/quality.ts` takes out to see what it is worth. */
export interface Recipe {
  readonly weights: SteerWeights;
  readonly views: Omit<ViewConfig, "count">;
  readonly distance: Distance;
  /** Whether a negative prompt stops to push at a right angle. */
  readonly floor: boolean;
  /** Steer drafts only as the generator's `narrow` does (W), where it has one. */
  readonly shared: boolean;
  /** Warm-up and cosine ramp-down; else the peak throughout. */
  readonly ramps: boolean;
  /** Size of the noise on the latents at the beginning. */
  readonly noise: number;
  /** Largest share of the moving average of the latents that a step keeps; 0 reads out the latents themselves. */
  readonly average: number;
  /** Read out the average that the judge likes best; else the last. */
  readonly judged: boolean;
  /** How much more the judge must like a steered picture than its draft: drafts are whole, and steering wears them. */
  readonly worthIt: number;
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
};

/** Learning rate over a run: up over the first 5 %, down by a cosine over the last 25 %; never zero. */
export function ascentRate(part: number, peak: number, steps: number): number {
  const rise = Math.min(1, (part * steps + 1) / Math.max(1, 0.05 * steps));
  const fall = part < 0.75 ? 1 : 0.05 + 0.95 * 0.5 * (1 + Math.cos(Math.PI * ((part - 0.75) / 0.25)));
  return peak * rise * fall;
}

/** Size of the noise on the latents: fades out over the first three quarters. */
export function latentNoise(part: number, size = defaultRecipe.noise): number {
  return size * Math.max(0, 1 - part / 0.75) ** 2;
}
