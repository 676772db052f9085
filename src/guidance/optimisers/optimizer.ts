import {
  type HostTensor,
  type Random,
  type TensorRecord,
  hostFloats,
  hostZeros,
  sizeOf,
} from "../../tensor/index.js";
import type { Embeddings } from "../programs/embedTerms.js";
import type { SteerModels } from "../models.js";
import { type Recipe, ascentRate, latentNoise } from "../objectives/recipe.js";
import { latentShape } from "../programs/pictures.js";
import { type SteerState, type Steering, adamInputs } from "../programs/steer.js";
import { drawViews, viewSides } from "../objectives/views.js";

/** Where in a run a step is, and what is drawn and wanted there. */
export interface StepPlace {
  readonly index: number;
  readonly steps: number;
  /** Random numbers of this step alone, so that a run can be continued from any step. */
  readonly random: Random;
  /** Weight of each term at this step. */
  readonly weights: readonly number[];
  /** Where prompts that change lead: what the latents are pulled to, and how far that moved since the last step. */
  readonly path?: { readonly anchor: HostTensor; readonly moved: Float32Array } | undefined;
}

/** Ways to ascend: gradient, evolution, or evolution and then gradient. */
export const optimizers = ["adam", "cma-es", "hybrid"] as const;

/** Name of a way to ascend. */
export type OptimizerName = (typeof optimizers)[number];

/** What a step of an optimizer made. */
export interface OptimizerStep {
  /** Everything the next step needs. */
  readonly state: TensorRecord;
  /** Where the latents are now, `[1, …latentShape]`. */
  readonly latents: HostTensor;
  readonly loss: number;
  readonly terms: Readonly<Record<string, number>>;
  /** A picture of where the step was, `[1, side, side, 3]`. */
  readonly picture: HostTensor;
}

/** A way to move latents towards prompts; its functions change nothing that they are given. */
export interface Optimizer {
  begin(start: HostTensor): TensorRecord;
  /** Latents of a state, `[1, …latentShape]`. */
  where(state: TensorRecord): HostTensor;
  step(state: TensorRecord, place: StepPlace): Promise<OptimizerStep>;
}

/** What an optimizer is told of a run. */
export interface Aim {
  readonly models: SteerModels;
  readonly recipe: Recipe;
  readonly views: number;
  readonly lr: number;
  readonly start: HostTensor;
  /** The first guide's embedding of what is wanted, for the discriminator. */
  readonly condition: HostTensor;
  readonly embeddings: Embeddings;
  /** Whether latents move only as the generator's `narrow` does. */
  readonly shared: boolean;
}

/** Inputs of the loss that stay the same in a run. */
export function aimInputs({ models, start, condition, embeddings }: Aim): TensorRecord {
  const fixed: TensorRecord = { anchor: start, condition };
  for (const { prefix } of models.guides) fixed[`${prefix}terms`] = embeddings[prefix]!;
  return fixed;
}

const plus = ({ data }: HostTensor, change: Float32Array): Float32Array =>
  change.map((value, at) => value + data[at]!);

/** Gradient ascent: one compiled step of Adam on random views, with noise on the latents that fades. */
export function adamOptimizer(steering: Steering, aim: Aim): Optimizer {
  const { models, recipe, views, lr, shared } = aim;
  const shape = latentShape(models);
  const size = sizeOf(shape);
  const fixed = aimInputs(aim);
  return {
    begin: (start) => ({ latents: start, first: hostZeros(shape), second: hostZeros(shape) }),
    where: (state) => state.latents!,
    async step(state, { index, steps, random, weights, path }) {
      const { latents } = state as unknown as SteerState;
      const carried = path ? { latents: hostFloats(plus(latents, path.moved), shape) } : {};
      const part = index / steps;
      const scale = latentNoise(part, recipe.noise);
      const values = random.stream("noise").normals(shared ? size / shape[1]! : size);
      const noise = Float32Array.from({ length: size }, (_, at) => values[at % values.length]! * scale);
      const rate = recipe.ramps ? ascentRate(part, lr, steps) : lr;
      const result = await steering.step(
        { ...(state as unknown as SteerState), ...carried },
        {
          ...fixed,
          ...(path && { anchor: path.anchor }),
          ...drawViews({ count: views, ...recipe.views }, random.stream("views"), viewSides(models)),
          ...adamInputs(index, rate),
          noise: hostFloats(noise, shape),
          termWeights: hostFloats(Float32Array.from(weights), [weights.length]),
        },
      );
      return { ...result, state: { ...result.state }, latents: result.state.latents };
    },
  };
}
