import { type Picture, toPicture } from "../../images/index.js";
import { type HostTensor, type TensorRecord, createRandom, hostFloats } from "../../tensor/index.js";
import type { Path } from "../objectives/promptPath.js";
import type { Recipe } from "../objectives/recipe.js";
import type { Optimizer } from "../optimisers/optimizer.js";
import type { Painter } from "../programs/paint.js";
import type { PassCounter } from "./passes.js";
import { type Plateau, watchLoss } from "./plateau.js";
import type { Snapshot } from "./snapshot.js";

/** The state of an ascent after a step, with its picture and losses. */
export interface AscentStep<Scores = unknown> {
  /** Steps done; 0 is the start: the best draft, or an edit's copy. */
  readonly index: number;
  /** Steps configured, also when the run may end earlier. */
  readonly steps: number;
  /** Loss of the latents that the step began with; absent at the start. */
  readonly loss?: number;
  /** Parts of the loss by name, not yet weighted; absent at the start. */
  readonly terms?: Readonly<Record<string, number>>;
  /** Scores of the moving average; only on steps with a read-out. */
  readonly scores?: Scores | undefined;
  /** A picture that the step scored, at the generator's size. */
  readonly picture: Picture;
  /** The picture that the step scored, before it was reduced to `picture`; absent if noise makes it look different from the state. */
  readonly seen?: Picture | undefined;
  /** Latents after the step, `[1, …latentShape]`; absent at the start of an edit. */
  readonly latents?: HostTensor;
  /** Paints the state after the step at a size, for previews; absent if only `picture` is available. */
  readonly paint?: ((side: number) => Promise<Picture>) | undefined;
  /** State to continue from after this step; absent where the run would restart. */
  readonly snapshot?: Snapshot;
}

/** Latents that were read out. */
export interface Reading<Scores> {
  /** `[1, …latentShape]`. */
  readonly latents: HostTensor;
  /** `[1, side, side, 3]` in [0, 1]. */
  readonly picture: HostTensor;
  /** Plain numbers, which are stored in snapshots. */
  readonly scores: Scores;
}

/** How an ascent reads out latents and compares read-outs. */
export interface ReadOutRule<Scores> {
  read(latents: HostTensor): Promise<Omit<Reading<Scores>, "latents">>;
  /** Returns the score by which read-outs are compared; higher is better. */
  value(scores: Scores): number;
}

/** One ascent: of a new picture, or of an edit. */
export interface AscentPlan<Scores> {
  readonly recipe: Pick<Recipe, "average" | "judged">;
  readonly optimizer: Optimizer;
  readonly readOut: ReadOutRule<Scores>;
  /** `[1, …latentShape]`. */
  readonly start: HostTensor;
  /** Anchor at a part of the run; the start latents when absent. */
  readonly path?: Path | undefined;
  readonly seed: number;
  readonly steps: number;
  /** Side of the generator's pictures. */
  readonly side: number;
  /** Paints latents at any size, where the generator can. */
  readonly preview?: Painter["preview"] | undefined;
  /** Steps without a better loss after which the run ends; 0 never. */
  readonly patience: number;
  readonly passes: PassCounter;
  /** State that an interrupted run is continued from. */
  readonly from?: Snapshot | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A reading and the step after which it was taken. */
export interface Chosen<Scores> extends Reading<Scores> {
  /** Steps done when it was read out. */
  readonly chosen: number;
}

/** How an ascent ended. */
export interface Ascended<Scores> {
  /** The best read-out, or the last one if the recipe does not compare read-outs; undefined when no step was done. */
  readonly best: Chosen<Scores> | undefined;
  readonly done: number;
  /** Whether it ended because the loss fell no more. */
  readonly plateaued: boolean;
}

/** Steps between two read-outs of a run. */
export const readEvery = (steps: number): number => Math.max(5, Math.round(steps / 12));

/** Tells whether a run is read out after `done` of its steps. The read-out at the end is additional. */
export const isReadOut = (done: number, steps: number): boolean =>
  done % readEvery(steps) === 0 && done > steps / 4;

/** Ascends: makes steps, averages and reads out; yields every step. Stopping by the signal keeps the best so far. */
export async function* ascend<Scores>(
  plan: AscentPlan<Scores>,
): AsyncGenerator<AscentStep<Scores>, Ascended<Scores>> {
  const { recipe, optimizer, readOut, steps, patience, passes, preview } = plan;
  const random = createRandom(plan.seed);
  const { shape } = plan.start;
  let { state, average, best, plateau, done } = plan.from
    ? restore<Scores>(plan.from)
    : ({
        state: optimizer.begin(plan.start),
        average: Float32Array.from(plan.start.data),
        best: undefined,
        plateau: undefined,
        done: 0,
      } satisfies Progress<Scores>);
  const ended = (): boolean => patience > 0 && (plateau?.since ?? 0) >= patience;
  const readAverage = async (): Promise<Scores> => {
    const latents = hostFloats(average, shape);
    const reading = await readOut.read(latents);
    const isBetter = !best || readOut.value(reading.scores) >= readOut.value(best.scores);
    if (isBetter || !recipe.judged) best = { ...reading, latents, chosen: done };
    return reading.scores;
  };
  while (done < steps && !ended() && !plan.signal?.aborted) {
    const drift = plan.path && computeDrift(plan.path, done, steps);
    const result = await optimizer.step(state, {
      index: done,
      steps,
      part: done / steps,
      random: random.stream(`step/${done}`),
      drift,
    });
    state = result.state;
    passes.add(result.passes);
    done++;
    const share = Math.min(recipe.average, done / (done + 5));
    const moved = result.latents.data;
    average = average.map((value, at) => (value + (drift?.[at] ?? 0)) * share + moved[at]! * (1 - share));
    if (patience > 0) plateau = watchLoss(plateau, result.loss);
    const scores = recipe.judged && isReadOut(done, steps) ? await readAverage() : undefined;
    yield {
      index: done,
      steps,
      loss: result.loss,
      terms: result.terms,
      scores,
      picture: toPicture(result.picture.data as Float32Array, plan.side),
      seen: result.seen && {
        ...toPicture(result.seen.data as Float32Array, result.seen.shape[1]!),
        alpha: result.seenAlpha?.data as Float32Array | undefined,
      },
      latents: result.latents,
      paint: preview && ((side: number) => preview(result.latents, side)),
      snapshot: makeSnapshot({ state, average, best, plateau, done }, plan),
    };
  }
  if (done > 0) await readAverage();
  return { best, done, plateaued: done < steps && ended() };
}

/** Computes the change of a path between the previous step and a step. */
function computeDrift(path: Path, step: number, steps: number): Float32Array {
  const [now, before] = [path(step / steps).data, path(Math.max(0, step - 1) / steps).data];
  return Float32Array.from(now, (value, at) => value - before[at]!);
}

interface Progress<Scores> {
  readonly state: TensorRecord;
  readonly average: Float32Array;
  readonly best: Chosen<Scores> | undefined;
  readonly plateau: Plateau | undefined;
  readonly done: number;
}

const statePrefix = "state/";

function makeSnapshot<Scores>(progress: Progress<Scores>, plan: AscentPlan<Scores>): Snapshot {
  const { state, average, best, plateau, done } = progress;
  const { start, steps, passes } = plan;
  const tensors: TensorRecord = { start, average: hostFloats(average, start.shape) };
  for (const [name, tensor] of Object.entries(state)) tensors[statePrefix + name] = tensor;
  if (best) Object.assign(tensors, { bestLatents: best.latents, bestPicture: best.picture });
  const chosen = best && { scores: best.scores, chosen: best.chosen };
  return { tensors, values: { done, steps, best: chosen, plateau, passes: passes.total } };
}

function restore<Scores>({ tensors, values }: Snapshot): Progress<Scores> {
  const { done, best, plateau } = values as {
    done: number;
    best?: { scores: Scores; chosen: number };
    plateau?: Plateau;
  };
  const state: TensorRecord = {};
  for (const [name, tensor] of Object.entries(tensors))
    if (name.startsWith(statePrefix)) state[name.slice(statePrefix.length)] = tensor;
  return {
    state,
    average: tensors.average!.data as Float32Array,
    best: best && { ...best, latents: tensors.bestLatents!, picture: tensors.bestPicture! },
    plateau,
    done,
  };
}
