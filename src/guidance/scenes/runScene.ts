import { ConfigError } from "../../errors.js";
import type { HostTensor } from "../../tensor/index.js";
import type { AscentStep } from "../ascent/ascent.js";
import type { AscentConfig, AscentOptions, AscentResult } from "../ascent/contract.js";
import { runAscent } from "../ascent/generate.js";
import type { ScheduledTerm } from "../objectives/terms.js";
import type { Scores } from "../programs/readOut.js";
import type { SessionPrograms } from "../sessionPrograms.js";
import { type ScenePlan, listLayerTexts } from "./plan.js";
import { draftScene } from "./sceneDrafts.js";

/** A scene with existing latents of its layers. */
export interface DrawnScene {
  /** `[1, layers, size]`. */
  readonly latents: HostTensor;
}

/**
 * Steers a scene of layers towards a prompt, as `runAscent` steers one picture. The first scenes are laid out from drafts of the parts,
 * unless the scene has latents.
 * @throws {ConfigError} for more prompts than one, or when the generator has no regions.
 */
export async function* runScene(
  programs: SessionPrograms,
  terms: readonly ScheduledTerm[],
  scene: ScenePlan | DrawnScene,
  config: AscentConfig,
  options: Omit<AscentOptions, "drafts" | "init"> = {},
): AsyncGenerator<AscentStep<Scores>, AscentResult> {
  const [term, ...others] = terms;
  if (term?.text === undefined || others.length > 0)
    throw new ConfigError("a scene of layers is made from one prompt in words");
  const hasLatents = "latents" in scene;
  const layered = programs.layered(hasLatents ? scene.latents.shape[1]! : listLayerTexts(scene).length);
  return yield* runAscent(layered, terms, config, {
    ...options,
    drafts: async (watch) =>
      hasLatents
        ? (await layered.synthesizer()).synthesize([scene.latents], watch.signal)
        : draftScene(programs, layered, scene, term, config, watch),
  });
}
