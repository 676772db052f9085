import type { HostTensor } from "../../tensor/index.js";
import type { Objective } from "../objectives/objective.js";
import type { Recipe } from "../objectives/recipe.js";
import type { SessionPrograms } from "../sessionPrograms.js";
import { createEvolutionOptimizer, createHybridOptimizer, choosePopulation } from "./evolution.js";
import { type Optimizer, type OptimizerName, createAdamOptimizer } from "./optimizer.js";

/** Settings of an optimiser. */
export interface OptimizerSettings extends Pick<Recipe, "ramps" | "noise"> {
  readonly kind: OptimizerName;
  /** Number of views of a gradient step. A generation of evolution has the same total. */
  readonly views: number;
  /** Peak learning rate of gradient ascent, in steering coordinates. */
  readonly lr: number;
  readonly seed: number;
  /** Latents that evolution starts from, `[1, …latentShape]`. */
  readonly start: HostTensor;
  /** Other candidates that evolution searches towards, best first. */
  readonly others: readonly HostTensor[];
}

/** Opens the programs of an optimiser, and returns it. */
export async function openOptimizer(
  { models, steering, scoring }: SessionPrograms,
  objective: Objective,
  settings: OptimizerSettings,
): Promise<Optimizer> {
  const { kind, views } = settings;
  const gradient = async (): Promise<Optimizer> =>
    createAdamOptimizer(models, await steering({ ...objective.shape, views }), objective, settings);
  const evolution = async (): Promise<Optimizer> =>
    createEvolutionOptimizer(
      models,
      await scoring({ ...objective.shape, ...choosePopulation(views) }),
      objective,
      settings,
    );
  if (kind === "adam") return gradient();
  if (kind === "cma-es") return evolution();
  return createHybridOptimizer(await evolution(), await gradient());
}
