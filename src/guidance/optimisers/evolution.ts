import { type HostTensor, type TensorRecord, createRandom, hostFloats, sizeOf } from "../../tensor/index.js";
import { cmaBegin, cmaFrom, cmaSample, cmaTensors, cmaUpdate } from "./cmaes.js";
import { type Aim, type Optimizer, aimInputs } from "./optimizer.js";
import type { Scoring } from "../programs/scoring.js";
import { latentShape } from "../programs/pictures.js";
import { drawViews, viewSides } from "../objectives/views.js";

/** Directions that evolution searches along; few, since a run has only some dozens of generations. */
export const directions = 8;
/** First step, in parts of the way from the start to another draft. */
const firstStep = 0.2;
/** Length per coordinate of a direction where there are no other drafts. */
const randomLength = 0.5;

/** Views of each of a population that together are as many as a step of gradient ascent sees. */
export function populationOf(views: number): { population: number; views: number } {
  return { population: Math.max(4, Math.round(views / 2)), views: 2 };
}

/** Directions from a start: to the next drafts, then at random, `[directions, size]`. */
function directionsFrom(
  start: HostTensor,
  others: readonly HostTensor[],
  { seed, shared }: { seed: number; shared: boolean },
): HostTensor {
  const size = start.data.length;
  const row = shared ? size / start.shape[1]! : size;
  const random = createRandom(seed).stream("directions");
  const out = new Float32Array(directions * size);
  for (let at = 0; at < directions; at++) {
    const other = others[at]?.data;
    const drawn = random.normals(row);
    for (let k = 0; k < size; k++)
      out[at * size + k] = other ? other[k]! - start.data[k]! : drawn[k % row]! * randomLength;
  }
  return hostFloats(out, [directions, size]);
}

/** Evolution by CMA-ES: the best mixture of the start and the next drafts, from scores alone. One step is a generation. */
export function evolutionOptimizer(
  scoring: Scoring,
  aim: Aim,
  { seed, others }: { seed: number; others: readonly HostTensor[] },
): Optimizer {
  const { models, recipe, start } = aim;
  const shape = latentShape(models);
  const size = sizeOf(shape);
  const fixed = aimInputs(aim);
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
      basis: directionsFrom(from, others, { seed, shared: aim.shared }),
      ...cmaTensors(cmaBegin(new Float32Array(directions), firstStep)),
    }),
    where,
    async step(state, { random, weights }) {
      const before = cmaFrom(state);
      const points = cmaSample(before, scoring.population, random.stream("population"));
      const latents = new Float32Array(points.length * size);
      points.forEach((point, at) => place(state.basis!, point, latents.subarray(at * size, (at + 1) * size)));
      const { losses, guides, pictures } = await scoring.score(
        hostFloats(latents, [points.length, ...shape.slice(1)]),
        {
          ...fixed,
          ...drawViews({ count: scoring.views, ...recipe.views }, random.stream("views"), viewSides(models)),
          termWeights: hostFloats(Float32Array.from(weights), [weights.length]),
        },
      );
      const best = losses.indexOf(Math.min(...losses));
      const moved = { basis: state.basis!, ...cmaTensors(cmaUpdate(before, points, losses)) };
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
      };
    },
  };
}

/** Part of a hybrid's steps that evolution has. */
const evolving = 0.3;

/** Evolution first, then gradient ascent from where it came to. */
export function hybridOptimizer(evolution: Optimizer, gradient: Optimizer): Optimizer {
  const gradientState = (state: TensorRecord): boolean => "latents" in state;
  return {
    begin: (start) => evolution.begin(start),
    where: (state) => (gradientState(state) ? gradient : evolution).where(state),
    async step(state, place) {
      const turn = Math.round(place.steps * evolving);
      if (place.index < turn) return evolution.step(state, place);
      const from = gradientState(state) ? state : gradient.begin(evolution.where(state));
      return gradient.step(from, { ...place, index: place.index - turn, steps: place.steps - turn });
    },
  };
}
