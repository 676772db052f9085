import {
  type HostTensor,
  type Random,
  type TensorRecord,
  hostFloats,
  hostZeros,
  sizeOf,
} from "../../tensor/index.js";
import type { optimizers } from "../../prompts/index.js";
import type { SteerModels } from "../steerModels.js";
import type { Objective } from "../objectives/objective.js";
import { type Recipe, ascentRateAt, latentNoiseAt } from "../objectives/recipe.js";
import { latentShapeOf } from "../programs/pictures.js";
import { type SteerState, type Steering, adamInputsAt } from "../programs/steer.js";

/** Position of a step in a run. */
export interface StepPlace {
  /** Steps done by this optimiser, and its total. They determine learning rate and noise. */
  readonly index: number;
  readonly steps: number;
  /** Finished part of the whole run, 0 to 1. It determines the objective. */
  readonly part: number;
  /** Random numbers of this step alone, so that a run can be continued from any step. */
  readonly random: Random;
  /** Movement of the anchor since the last step, `[…latentShape]` flat; absent when it is fixed. */
  readonly drift?: Float32Array | undefined;
}

/** Name of an optimiser. */
export type OptimizerName = (typeof optimizers)[number];

/** Result of an optimiser's step. */
export interface OptimizerStep {
  /** State for the next step. */
  readonly state: TensorRecord;
  /** Latents after the step, `[1, …latentShape]`. */
  readonly latents: HostTensor;
  readonly loss: number;
  readonly terms: Readonly<Record<string, number>>;
  /** A picture that the step scored, `[1, side, side, 3]`. */
  readonly picture: HostTensor;
  /**
   * This picture at the side at which the generator of regions painted it. Absent while noise on the latents makes it differ visibly from
   * the state, and if the step does not output it.
   */
  readonly seen?: HostTensor | undefined;
  /** Its alpha, `[1, side, side, 1]`. */
  readonly seenAlpha?: HostTensor | undefined;
  /** CLIP passes of the step. */
  readonly passes: number;
}

/** An optimiser of latents. Its functions do not modify their arguments. */
export interface Optimizer {
  /** Returns the state at the start of a run. */
  begin(start: HostTensor): TensorRecord;
  /** Returns the latents of a state, `[1, …latentShape]`. */
  where(state: TensorRecord): HostTensor;
  step(state: TensorRecord, place: StepPlace): Promise<OptimizerStep>;
}

/** Settings of gradient ascent. */
export interface AdamSettings extends Pick<Recipe, "ramps" | "noise"> {
  readonly views: number;
  /** Peak learning rate, in steering coordinates. */
  readonly lr: number;
}

/**
 * Counts the number of independent coordinates of a random change of latents: that of one layer where all layers of the generator
 * change alike (W in W+), else of all.
 */
export function countIndependent({ generator }: SteerModels, shared: boolean): number {
  const { latentShape: sides, regions } = generator;
  const isTied = shared && sides.length > 1 && !regions;
  return isTied ? sizeOf(sides) / sides[0]! : sizeOf(sides);
}

/**
 * Standard deviation of noise on the latents up to which two pictures of the same latents look alike: about 1 % of their pixels
 * differ by more than a tenth of the range.
 */
const invisibleNoise = 0.045;

const addChange = ({ data }: HostTensor, change: Float32Array): Float32Array =>
  change.map((value, at) => value + data[at]!);

/** Creates an optimiser by gradient ascent: one compiled step of Adam on random views, with noise on the latents that fades. */
export function createAdamOptimizer(
  models: SteerModels,
  steering: Steering,
  objective: Objective,
  { views, lr, ramps, noise }: AdamSettings,
): Optimizer {
  const shape = latentShapeOf(models);
  const size = sizeOf(shape);
  const independentCount = countIndependent(models, objective.shape.shared);
  const drawNoise = (scale: number, random: Random): HostTensor => {
    if (scale === 0) return hostZeros(shape);
    const values = random.stream("noise").normals(independentCount);
    return hostFloats(
      Float32Array.from({ length: size }, (_, at) => values[at % values.length]! * scale),
      shape,
    );
  };
  return {
    begin: (start) => ({ latents: start, first: hostZeros(shape), second: hostZeros(shape) }),
    where: (state) => state.latents!,
    async step(state, { index, steps, part, random, drift }) {
      const before = state as unknown as SteerState; // made by `begin` or an earlier step
      const latents = drift ? hostFloats(addChange(before.latents, drift), shape) : before.latents;
      const done = index / steps;
      const scale = latentNoiseAt(done, noise);
      const result = await steering.step(
        { ...before, latents },
        {
          ...objective.inputsAt(part, random, views),
          ...adamInputsAt(index, ramps ? ascentRateAt(done, lr, steps) : lr),
          noise: drawNoise(scale, random),
        },
      );
      const { state: after, seen, ...rest } = result;
      return {
        ...rest,
        seen: scale <= invisibleNoise ? seen : undefined,
        state: { ...after },
        latents: after.latents,
        passes: steering.passes,
      };
    },
  };
}
