import { ConfigError } from "../../errors.js";
import type { AscentStep } from "../ascent/ascent.js";
import { type AscentConfig, type AscentOptions, type AscentResult, runAscent } from "../ascent/generate.js";
import type { ScheduledTerm } from "../objectives/terms.js";
import type { Scores } from "../programs/readOut.js";
import type { SessionPrograms } from "../sessionPrograms.js";
import { type ScenePlan, draftScene } from "./sceneDrafts.js";

/**
 * Steers a scene of layers towards a prompt, as `runAscent` steers one picture: the first scenes are laid out from drafts of the parts.
 * @throws {ConfigError} for more prompts than one, or when the generator has no regions.
 */
export async function* runScene(
  programs: SessionPrograms,
  terms: readonly ScheduledTerm[],
  plan: ScenePlan,
  config: AscentConfig,
  options: Omit<AscentOptions, "drafts" | "init"> = {},
): AsyncGenerator<AscentStep<Scores>, AscentResult> {
  const [term, ...others] = terms;
  if (term?.text === undefined || others.length > 0)
    throw new ConfigError("a scene of layers is made from one prompt in words");
  const layered = programs.layered(plan.parts.length);
  return yield* runAscent(layered, terms, config, {
    ...options,
    drafts: (watch) => draftScene(programs, layered, plan, term, config, watch),
  });
}
