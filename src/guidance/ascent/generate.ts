import type {
  AscentConfig,
  AscentOptions,
  AscentResult,
  AscentStep,
  ScheduledTerm,
} from "./ascent/ascent.js";
import type { RunOptions, SteerModels } from "./models.js";
import { createSession } from "./session.js";

export type { AscentConfig, AscentResult, AscentStep, ScheduledTerm } from "./ascent/ascent.js";
export { ascentRate } from "./objectives/recipe.js";
export { wantedOf } from "./programs/embedTerms.js";

/**
 * Steers one picture towards the terms; yields the draft and every step. Stopping by the signal keeps the best so far.
 * Source of the recipe: design notes after VQGAN-CLIP (Crowson et al. 2022) and FuseDream (Liu et al. 2021).
 * @throws {ConfigError} when no term has a positive weight.
 */
export async function* generate(
  models: SteerModels,
  terms: readonly ScheduledTerm[],
  config: AscentConfig,
  options: RunOptions & AscentOptions,
): AsyncGenerator<AscentStep, AscentResult> {
  const { engine, threads, ...rest } = options;
  const session = createSession(models, { engine, ...(threads !== undefined && { threads }) });
  try {
    return yield* session.run(terms, config, rest);
  } finally {
    await session.dispose();
  }
}
