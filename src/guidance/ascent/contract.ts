import type { Picture } from "../../images/index.js";
import type { HostTensor } from "../../tensor/index.js";
import type { Draft, DraftOptions, DraftProgress } from "../candidates/drafts.js";
import type { Recipe } from "../objectives/recipe.js";
import type { OptimizerName } from "../optimisers/optimizer.js";
import type { Scores } from "../programs/readOut.js";
import type { Snapshot } from "./snapshot.js";

/** Settings of one ascent: seed, length, drafts, views and optimiser. */
export interface AscentConfig {
  /** Any integer; the same seed, settings and pack give the same picture. */
  readonly seed: number;
  /** Maximum number of steps; 0 reads out the best draft. */
  readonly steps: number;
  /** Number of random views of the picture in each step. */
  readonly views: number;
  /** Peak learning rate of Adam, above 0, in steering coordinates, in which samples have variance 1. */
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
  readonly drafts?: (options: DraftOptions) => Promise<readonly Draft[]>;
  /** Rank of the draft to start from among all, the best first; 0 when absent. */
  readonly choose?: (drafts: readonly Draft[]) => number;
  /** Called while drafts are made, after each batch. */
  readonly onDraftProgress?: (progress: DraftProgress) => void;
  /** State that an interrupted run is continued from. */
  readonly from?: Snapshot;
  /** Determines the number of steps once all programs are ready. `trial` does a step, to be timed, and discards it. */
  readonly plan?: (trial: () => Promise<void>) => Promise<number>;
  readonly signal?: AbortSignal;
}

/** Result of an ascent. */
export interface AscentResult extends Scores {
  /** The chosen read-out or draft, at the generator's size. */
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
  /** Parts of a planned scene from bottom to top; absent for other pictures and for runs that were continued. */
  readonly layerOrder?: readonly number[] | undefined;
}
