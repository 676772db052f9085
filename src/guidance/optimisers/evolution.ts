import { type HostTensor, type TensorRecord, createRandom, hostFloats, sizeOf } from "../../tensor/index.js";
import type { SteerModels } from "../steerModels.js";
import type { Objective } from "../objectives/objective.js";
import { latentShapeOf } from "../programs/pictures.js";
import type { Scoring } from "../programs/scoring.js";
import { beginCma, cmaFromTensors, sampleCma, cmaToTensors, updateCma } from "./cmaes.js";
import { type Optimizer, countIndependent } from "./optimizer.js";

/** Number of directions that evolution searches along. It is small, because a run has only a few dozen generations. */
export const directionCount = 8;
/** Initial step size / distance from the start to another candidate. */
const firstStep = 0.2;
/** Length per coordinate of directions when there are no other candidates. */
const randomLength = 0.5;

/**
 * Chooses the population and number of views of each, so that a generation has as many CLIP passes as a gradient step with
 * `views` views.
 */
export function choosePopulation(views: number): { population: number; views: number } {
  return { population: Math.max(4, Math.round(views / 2)), views: 2 };
}

/** Makes directions from a start: to the other candidates, then random ones, `[directions, size]`. */
function makeDirections(
  start: HostTensor,
  others: readonly HostTensor[],
  { seed, independentCount }: { seed: number; independentCount: number },
): HostTensor {
  const size = start.data.length;
  const random = createRandom(seed).stream("directions");
  const out = new Float32Array(directionCount * size);
  for (let at = 0; at < directionCount; at++) {
    const other = others[at]?.data;
    const normals = random.normals(independentCount);
    for (let k = 0; k < size; k++)
      out[at * size + k] = other ? other[k]! - start.data[k]! : normals[k % independentCount]! * randomLength;
  }
  return hostFloats(out, [directionCount, size]);
}

/**
 * Creates an evolution by CMA-ES: optimises a mixture of the start and other candidates, without gradients. One step is a
 * generation.
 */
export function createEvolutionOptimizer(
  models: SteerModels,
  scoring: Scoring,
  objective: Objective,
  { seed, start, others }: { seed: number; start: HostTensor; others: readonly HostTensor[] },
): Optimizer {
  const shape = latentShapeOf(models);
  const size = sizeOf(shape);
  const place = (basis: HostTensor, x: Float32Array, into: Float32Array): void => {
    into.set(start.data as Float32Array);
    for (let at = 0; at < x.length; at++)
      for (let k = 0; k < size; k++) into[k]! += x[at]! * basis.data[at * size + k]!;
  };
  const where = (state: TensorRecord): HostTensor => {
    const latents = new Float32Array(size);
    place(state.basis!, state.mean!.data as Float32Array, latents);
    return hostFloats(latents, shape);
  };
  return {
    begin: (from) => ({
      basis: makeDirections(from, others, {
        seed,
        independentCount: countIndependent(models, objective.shape.shared),
      }),
      ...cmaToTensors(beginCma(new Float32Array(directionCount), firstStep)),
    }),
    where,
    async step(state, { part, random }) {
      const before = cmaFromTensors(state);
      const points = sampleCma(before, scoring.population, random.stream("population"));
      const latents = new Float32Array(points.length * size);
      points.forEach((point, at) => place(state.basis!, point, latents.subarray(at * size, (at + 1) * size)));
      const { losses, guides, pictures } = await scoring.score(
        hostFloats(latents, [points.length, ...shape.slice(1)]),
        objective.inputsAt(part, random, scoring.views),
      );
      const best = losses.indexOf(Math.min(...losses));
      const moved = { basis: state.basis!, ...cmaToTensors(updateCma(before, points, losses)) };
      const side = pictures.data.length / points.length;
      return {
        state: moved,
        latents: where(moved),
        loss: losses[best]!,
        terms: { guides: guides[best]! },
        picture: hostFloats((pictures.data as Float32Array).slice(best * side, (best + 1) * side), [
          1,
          ...pictures.shape.slice(1),
        ]),
        passes: scoring.passes,
      };
    },
  };
}

/** Share of the steps of a hybrid run that are generations of evolution. */
const evolutionPart = 0.3;

/** Counts the number of generations of evolution at the beginning of a hybrid run. */
export function countEvolutionSteps(steps: number): number {
  return Math.round(steps * evolutionPart);
}

/** Creates an optimiser of evolution, then gradient ascent from its result. */
export function createHybridOptimizer(evolution: Optimizer, gradient: Optimizer): Optimizer {
  const isGradientState = (state: TensorRecord): boolean => "latents" in state;
  return {
    begin: (start) => evolution.begin(start),
    where: (state) => (isGradientState(state) ? gradient : evolution).where(state),
    async step(state, place) {
      const turn = countEvolutionSteps(place.steps);
      if (place.index < turn) return evolution.step(state, place);
      const from = isGradientState(state) ? state : gradient.begin(evolution.where(state));
      return gradient.step(from, { ...place, index: place.index - turn, steps: place.steps - turn });
    },
  };
}
