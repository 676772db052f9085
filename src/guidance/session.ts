import type { HostTensor } from "../tensor/index.js";
import type { LoadedPicture, Picture, RgbaBytes } from "../images/index.js";
import type { AscentStep } from "./ascent/ascent.js";
import type { Scores } from "./programs/readOut.js";
import type { Draft } from "./candidates/drafts.js";
import type { EditConfig, EditOptions, EditResult, EditStep } from "./edits/contract.js";
import { runEdit } from "./edits/edit.js";
import { type EditGoal, type MeasuredEdit, measureEdit } from "./edits/measureEdit.js";
import { judgeShows, nameShown } from "./edits/shows.js";
import type { AscentConfig, AscentOptions, AscentResult } from "./ascent/contract.js";
import { runAscent } from "./ascent/generate.js";
import { listWordTerms, makeDrafts } from "./ascent/promptDrafts.js";
import type { RunOptions, SteerModels } from "./steerModels.js";
import { type ScheduledTerm, weighTermsAt } from "./objectives/terms.js";
import type { Painter } from "./programs/paint.js";
import type { Term } from "./programs/embedTerms.js";
import { type DrawnScene, runScene } from "./scenes/runScene.js";
import type { ScenePlan } from "./scenes/plan.js";
import { sketchScene } from "./scenes/sketchScene.js";
import { type SessionPrograms, createSessionPrograms } from "./sessionPrograms.js";

/** Generates and edits pictures, one after the other, with programs that are compiled once. */
export interface SteerSession {
  /** Embeds terms in advance, in batches. */
  embed(terms: readonly Term[]): Promise<void>;
  /** Makes drafts for terms, best first. */
  draft(terms: readonly ScheduledTerm[], config: AscentConfig): Promise<Draft[]>;
  /**
   * Finds the latents of a preview of the run, without any CLIP: `[1, size]`, or `[1, layers, size]` of a scene.
   * @returns undefined when the generator has no drawing of anything that the terms name.
   */
  sketch(
    terms: readonly ScheduledTerm[],
    config: Pick<AscentConfig, "seed" | "style">,
    scene?: ScenePlan | DrawnScene,
  ): Promise<HostTensor | undefined>;
  /** As `generate`; a scene of layers where a plan is given. @throws {ConfigError} as `runScene`. */
  run(
    terms: readonly ScheduledTerm[],
    config: AscentConfig,
    options?: AscentOptions & { readonly scene?: ScenePlan | DrawnScene | undefined },
  ): AsyncGenerator<AscentStep<Scores>, AscentResult>;
  /** As `edit`. */
  edit(
    original: LoadedPicture,
    term: Term,
    config: EditConfig,
    options?: EditOptions,
  ): AsyncGenerator<EditStep, EditResult>;
  /** Measures an edit that was made without the session. */
  measureEdit(original: LoadedPicture, bytes: RgbaBytes, goal: EditGoal): Promise<MeasuredEdit>;
  /** Tells whether a picture shows what a text names, as the guides see it. */
  shows(picture: Picture, text: string): Promise<boolean>;
  /** As `nameShown`. */
  nameShown(picture: Picture): Promise<string | undefined>;
  /**
   * Paints pictures of regions from their latents: `[1, size]`, or `[1, layers, size]` of a scene.
   * @throws {ConfigError} when the generator has no regions.
   */
  painterOf(latents: HostTensor): Painter;
  /** Frees the programs. The session cannot be used afterwards. */
  dispose(): Promise<void>;
}

async function sketchTerms(
  programs: SessionPrograms,
  terms: readonly ScheduledTerm[],
  config: Pick<AscentConfig, "seed" | "style">,
  scene: ScenePlan | DrawnScene | undefined,
): Promise<HostTensor | undefined> {
  if (scene) return "latents" in scene ? scene.latents : sketchScene(programs, scene, config);
  const positiveTexts = weighTermsAt(terms, 0).filter(({ text, weight }) => text !== undefined && weight > 0);
  const [heaviest] = positiveTexts.sort((a, b) => b.weight - a.weight);
  return heaviest && programs.sketcher.sketch(heaviest.text!, config.style);
}

/** Opens a session over a pack's models. Programs are compiled when they are first used. */
export function createSteerSession(models: SteerModels, options: RunOptions): SteerSession {
  const programs = createSessionPrograms(models, options);
  return {
    embed: async (terms) => void (await programs.embedder.embed([...terms, ...listWordTerms(terms)])),
    draft: (terms, config) => makeDrafts(programs, terms, config),
    sketch: (terms, config, scene) => sketchTerms(programs, terms, config, scene),
    run: (terms, config, { scene, ...given } = {}) =>
      scene ? runScene(programs, terms, scene, config, given) : runAscent(programs, terms, config, given),
    edit: (original, term, config, given) => runEdit(programs, original, term, config, given),
    measureEdit: (original, bytes, goal) => measureEdit(programs, original, bytes, goal),
    shows: (picture, text) => judgeShows(programs, picture, text),
    nameShown: (picture) => nameShown(programs, picture),
    painterOf: ({ shape }) => (shape.length === 3 ? programs.layered(shape[1]!) : programs).painter(),
    dispose: () => programs.dispose(),
  };
}

/**
 * Generates a picture by steering it towards the terms. Yields the draft and every step. When the signal is aborted, the best picture so far is
 * the result.
 * Source: the recipe follows VQGAN-CLIP (Crowson et al. 2022) and FuseDream (Liu et al. 2021).
 * @param models models of a pack, from `loadModels`.
 * @param terms prompts with their weights over the run; negative ones are steered away from.
 * @param config seed, steps, drafts, views and optimiser.
 * @param options engine, threads, start and abort signal.
 * @returns the best picture with latents and scores.
 * @throws {ConfigError} when no term has a positive weight.
 */
export async function* generate(
  models: SteerModels,
  terms: readonly ScheduledTerm[],
  config: AscentConfig,
  { engine, threads, ...options }: RunOptions & AscentOptions,
): AsyncGenerator<AscentStep<Scores>, AscentResult> {
  const session = createSteerSession(models, { engine, threads });
  try {
    return yield* session.run(terms, config, options);
  } finally {
    await session.dispose();
  }
}

/**
 * Edits a picture towards a prompt. Yields the generator's copy and every step.
 * @param models models of a pack, from `loadModels`.
 * @param original the picture to change, of any size.
 * @param term embedding sentences of the prompt and of the text for what the picture shows.
 * @param config kind, strength, steps and seed of the edit.
 * @param options engine, threads, mask and abort signal.
 * @returns the edited picture, its report card and findings.
 * @throws {ConfigError} when both texts are equal; the signal's reason when it is aborted before the ascent.
 */
export async function* edit(
  models: SteerModels,
  original: LoadedPicture,
  term: Term,
  config: EditConfig,
  { engine, threads, ...options }: RunOptions & EditOptions,
): AsyncGenerator<EditStep, EditResult> {
  const session = createSteerSession(models, { engine, threads });
  try {
    return yield* session.edit(original, term, config, options);
  } finally {
    await session.dispose();
  }
}
