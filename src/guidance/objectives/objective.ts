import { type HostTensor, type Random, type TensorRecord, hostFloats } from "../../tensor/index.js";
import type { SteerModels } from "../steerModels.js";
import type { Embeddings } from "../programs/embedTerms.js";
import type { LossShape } from "./loss.js";
import type { Path } from "./promptPath.js";
import type { Recipe } from "./recipe.js";
import { type ScheduledTerm, weighTermsAt } from "./terms.js";
import { type Box, drawViews, viewSidesOf, wholeBox } from "./views.js";

/** Additional inputs of the objective of an edit. */
export interface EditTarget {
  /** The generator's copy of the picture, before the edit: `[1, side, side, 3]`. */
  readonly base: HostTensor;
  /** Mask on the generator's square, `[side · side]` in [0, 1]: 1 may change. */
  readonly inside: Float32Array;
  /** Box of the square that views are drawn from. */
  readonly box: Box;
  /** Unit direction from the source text to the target text by guide, `[features]`. */
  readonly direction: Embeddings;
  /** Weight that holds the pixels inside the mask, at a part of the run. */
  readonly heldInside: (part: number) => number;
}

/** Inputs of an objective. */
export interface ObjectiveOptions {
  readonly recipe: Recipe;
  readonly terms: readonly ScheduledTerm[];
  /** Unit embeddings of the terms by CLIP, `[terms, features]`. */
  readonly embeddings: Embeddings;
  /** The first guide's prompt embedding, for the discriminator: `[1, features]`. */
  readonly condition: HostTensor;
  /** Latents of the anchor, `[1, …latentShape]`. */
  readonly anchor: HostTensor;
  /** Anchor at a part of the run, for runs whose prompts change. */
  readonly path?: Path | undefined;
  /** Whether changes of latents are restricted by the generator's `narrow`. */
  readonly shared: boolean;
  /** Whether only the fills of regions may change. */
  readonly coloursOnly?: boolean;
  readonly edit?: EditTarget;
}

/** An objective: the graph of a loss, and the loss's inputs at each step. */
export interface Objective {
  /** Shape of the loss. The optimiser determines the number of views. */
  readonly shape: Omit<LossShape, "views">;
  readonly anchor: HostTensor;
  /**
   * Returns the inputs of the loss.
   * @param part part of the run that is done, 0 to 1. @param random numbers of this step alone. @param views views to draw.
   */
  inputsAt(part: number, random: Random, views: number): TensorRecord;
}

/** Returns the shape of the loss of an objective; does not need the embeddings. */
export function objectiveShapeOf(
  { weights, distance, floor }: Recipe,
  options: Pick<LossShape, "terms" | "shared" | "edit" | "coloursOnly" | "staged">,
): Objective["shape"] {
  return { ...options, weights, measure: { distance, floor } };
}

/** Tells whether a recipe releases a generator's coordinates in groups. */
export const isStaged = ({ release }: Recipe, { generator }: SteerModels): boolean =>
  generator.groups !== undefined && release.some((part) => part > 0);

/**
 * Returns a mask of the latent coordinates: 1 if their group is released at this fraction of the run, else 0. A group without a release is
 * free from the start. Only for staged recipes.
 */
function releaseMaskAt({ generator }: SteerModels, { release }: Recipe, progress: number): HostTensor {
  const groups = generator.groups!;
  return hostFloats(
    Float32Array.from(groups, (group) => (progress >= (release[group] ?? 0) ? 1 : 0)),
    [1, ...generator.latentShape],
  );
}

/** Defines an objective over a pack's models. */
export function createObjective(models: SteerModels, options: ObjectiveOptions): Objective {
  const { recipe, terms, embeddings, path, edit, shared } = options;
  const staged = isStaged(recipe, models) ? true : undefined;
  const side = models.generator.resolution;
  const square = (values: Float32Array): HostTensor => hostFloats(values, [1, side, side, 1]);
  const fixed: Record<string, HostTensor> = { anchor: options.anchor, condition: options.condition };
  for (const { prefix } of models.guides) {
    fixed[`${prefix}terms`] = embeddings[prefix]!;
    if (edit) fixed[`${prefix}direction`] = edit.direction[prefix]!;
  }
  if (edit) {
    fixed.base = edit.base;
    fixed.keep = square(edit.inside.map((value) => 1 - value));
  }
  return {
    shape: objectiveShapeOf(recipe, {
      terms: terms.length,
      shared,
      edit: edit !== undefined,
      coloursOnly: options.coloursOnly ? true : undefined,
      staged,
    }),
    anchor: options.anchor,
    inputsAt(part, random, views) {
      const held = edit?.heldInside(part) ?? 0;
      const termWeights = Float32Array.from(weighTermsAt(terms, part), ({ weight }) => weight);
      // Edits draw from the step's stream, so that edits of earlier versions replay to the same bytes.
      const viewRandom = edit ? random : random.stream("views");
      return {
        ...fixed,
        ...(path && { anchor: path(part) }),
        ...(staged && { free: releaseMaskAt(models, recipe, part) }),
        ...(edit && { hold: square(edit.inside.map((value) => 1 - value * (1 - held))) }),
        termWeights: hostFloats(termWeights, [terms.length]),
        ...drawViews(
          { count: views, ...recipe.views },
          viewRandom,
          viewSidesOf(models),
          edit?.box ?? wholeBox,
        ),
      };
    },
  };
}
