import { type HostTensor, type TensorRecord, createRandom, hostFloats } from "../../tensor/index.js";
import { type Picture, pictureFrom } from "../../images/index.js";
import type { Embeddings, Term } from "../programs/embedTerms.js";
import type { SteerModels } from "../models.js";
import type { Optimizer, OptimizerName } from "../optimisers/optimizer.js";
import { type Plateau, watchLoss } from "./plateau.js";
import type { ReadOut, Reading, Scores } from "../programs/readOut.js";
import type { Draft } from "../candidates/drafts.js";
import type { Recipe } from "../objectives/recipe.js";
import type { Path } from "./promptPath.js";
import type { Snapshot } from "./snapshot.js";

/** A term whose weight may change in the course of a run. */
export interface ScheduledTerm extends Term {
  /** Weight at a part of the run, 0 to 1; `weight` throughout when absent. */
  readonly weightAt?: (part: number) => number;
}

/** Progress of an ascent. */
export interface AscentStep {
  /** Steps done; 0 is the first draft. */
  readonly index: number;
  readonly steps: number;
  readonly loss?: number;
  readonly terms?: Readonly<Record<string, number>>;
  readonly picture: Picture;
  /** What the run can be continued from after this step; absent where it would begin anew. */
  readonly snapshot?: Snapshot;
}

/** Settings of one ascent. */
export interface AscentConfig {
  readonly seed: number;
  readonly steps: number;
  readonly views: number;
  /** Adam's peak step in steering coordinates. */
  readonly lr: number;
  /** First latents drawn, of which the best is steered. */
  readonly candidates: number;
  /** Size of the drafts' noise, 0 to 1: less is more typical, more is more varied. */
  readonly truncation: number;
  /** Drawing style of the drafts, where the generator has styles; every one in turn when absent. */
  readonly style?: string;
  /** Steps without a better loss after which the run ends; never when 0 or absent. Prompts that change never end a run. */
  readonly plateau?: number;
  /** Way to ascend; `adam` when absent. */
  readonly optimizer?: OptimizerName;
  /** Departures from the default recipe. */
  readonly recipe?: Partial<Recipe>;
}

/** What an ascent starts from and how it is watched. */
export interface AscentOptions {
  /** Picture to start from. */
  readonly init?: Picture;
  /** Drafts, where they were made already; the first is where it starts. */
  readonly drafts?: readonly Draft[];
  /** Where an interrupted run is to be continued from. */
  readonly from?: Snapshot;
  /** Decides the number of steps once everything is ready; `trial` does a step and forgets it, to be timed. */
  readonly plan?: (trial: () => Promise<void>) => Promise<number>;
  readonly signal?: AbortSignal;
}

/** What an ascent made. */
export interface AscentResult extends Scores {
  readonly picture: Picture;
  /** Latents of the picture, `[1, …latentShape]`. */
  readonly latents: HostTensor;
  /** Steps done; fewer than asked for when it was stopped. */
  readonly steps: number;
  /** Step whose latent was read out; 0 is the draft. */
  readonly chosen: number;
  /** Whether it ended because the loss fell no more. */
  readonly plateaued: boolean;
}

/** A reading of a run. */
export interface Candidate extends Reading {
  readonly latents: HostTensor;
  /** Step whose latents these are; 0 is the draft. */
  readonly chosen: number;
}

/** One run of an ascent. */
export interface Ascent {
  readonly models: SteerModels;
  readonly recipe: Recipe;
  readonly optimizer: Optimizer;
  readonly readOut: Pick<ReadOut, "read">;
  readonly terms: readonly ScheduledTerm[];
  readonly wanted: Embeddings;
  readonly start: HostTensor;
  /** Where the latents are pulled to in the course of the run; to the start throughout when absent. */
  readonly path?: Path | undefined;
  readonly seed: number;
  readonly steps: number;
  /** Steps without a better loss after which it ends; 0 never. */
  readonly plateau: number;
  readonly from?: Snapshot | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** How an ascent ended. */
export interface Ascended {
  readonly best: Candidate | undefined;
  readonly done: number;
  /** Whether it ended because the loss fell no more. */
  readonly plateaued: boolean;
}

/** How often a run is read out. */
export const readEvery = (steps: number): number => Math.max(5, Math.round(steps / 12));

/** Whether a run of so many steps is read out after `done` of them; a read-out at its end comes besides. */
export const isReadOut = (done: number, steps: number): boolean =>
  done % readEvery(steps) === 0 && done > steps / 4;

/** Steps, averages and reads out; yields every step. */
export async function* ascend(run: Ascent): AsyncGenerator<AscentStep, Ascended> {
  const { models, recipe, optimizer, terms, steps } = run;
  const random = createRandom(run.seed);
  const side = models.generator.resolution;
  const { shape } = run.start;
  const patience = terms.some(({ weightAt }) => weightAt) ? 0 : run.plateau;
  let { state, average, best, plateau, done } = run.from
    ? restore(run.from)
    : {
        state: optimizer.begin(run.start),
        average: Float32Array.from(run.start.data),
        best: undefined,
        plateau: undefined as Plateau | undefined,
        done: 0,
      };
  const ended = (): boolean => patience > 0 && (plateau?.since ?? 0) >= patience;
  const readAverage = async (): Promise<void> => {
    const latents = hostFloats(average, shape);
    const reading = await run.readOut.read(latents, run.wanted);
    if (!best || !recipe.judged || reading.judge >= best.judge) best = { ...reading, latents, chosen: done };
  };
  while (done < steps && !ended() && !run.signal?.aborted) {
    const part = done / steps;
    const weights = terms.map((term) => term.weightAt?.(part) ?? term.weight);
    const path = run.path && { anchor: run.path(part), moved: movedAt(run.path, done, steps) };
    const place = { index: done, steps, random: random.stream(`step/${done}`), weights, path };
    const result = await optimizer.step(state, place);
    state = result.state;
    done++;
    const kept = Math.min(recipe.average, done / (done + 5));
    const moved = result.latents.data;
    average = average.map(
      (value, at) => (value + (path ? path.moved[at]! : 0)) * kept + moved[at]! * (1 - kept),
    );
    if (patience > 0) plateau = watchLoss(plateau, result.loss);
    if (recipe.judged && isReadOut(done, steps)) await readAverage();
    yield {
      index: done,
      steps,
      loss: result.loss,
      terms: result.terms,
      picture: pictureFrom(result.picture.data as Float32Array, side),
      snapshot: keep({ state, average, best, plateau, done }, run),
    };
  }
  if (done > 0) await readAverage();
  return { best, done, plateaued: done < steps && ended() };
}

/** How far a path goes on between a step and the one before. */
function movedAt(path: Path, step: number, steps: number): Float32Array {
  const [now, before] = [path(step / steps).data, path(Math.max(0, step - 1) / steps).data];
  return Float32Array.from(now, (value, at) => value - before[at]!);
}

interface Kept {
  readonly state: TensorRecord;
  readonly average: Float32Array;
  readonly best: Candidate | undefined;
  readonly plateau: Plateau | undefined;
  readonly done: number;
}

const statePrefix = "state/";

function keep({ state, average, best, plateau, done }: Kept, { start, steps }: Ascent): Snapshot {
  const tensors: TensorRecord = { start, average: hostFloats(average, start.shape) };
  for (const [name, tensor] of Object.entries(state)) tensors[statePrefix + name] = tensor;
  if (best) Object.assign(tensors, { bestLatents: best.latents, bestPicture: best.picture });
  const scores = best && { guide: best.guide, judge: best.judge, chosen: best.chosen };
  return { tensors, values: { done, steps, scores, plateau } };
}

function restore({ tensors, values }: Snapshot): Kept {
  const { done, scores, plateau } = values as {
    done: number;
    scores?: { guide: number; judge: number; chosen: number };
    plateau?: Plateau;
  };
  const state: TensorRecord = {};
  for (const [name, tensor] of Object.entries(tensors))
    if (name.startsWith(statePrefix)) state[name.slice(statePrefix.length)] = tensor;
  const best = scores && {
    ...scores,
    latents: tensors.bestLatents!,
    picture: tensors.bestPicture!,
  };
  return { state, average: tensors.average!.data as Float32Array, best, plateau, done };
}
