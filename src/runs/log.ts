import { z } from "zod";
import { InputError } from "../errors.js";
import type { AscentStep, Snapshot } from "../guidance/index.js";
import { type Picture, toPicture, resizePicture } from "../images/index.js";
import { type HostTensor, hostFloats } from "../tensor/index.js";
import { type Finding, makeWarning } from "./findings.js";
import type { RunPlace } from "./store.js";

const logFile = "steps.jsonl";
const framePrefix = "frame/";
/** Side of the frames of an animation, in pixels. */
export const frameSide = 256;
/** Minimum time between snapshots, in milliseconds. */
const saveEvery = 2000;
/** Approximate number of frames of an animation. */
const frameCount = 40;

/** A frame of an animation: a picture, or latents `[1, …latentShape]` that are painted at the end. */
export type Frame = Picture | HostTensor;

/** Log, frames and snapshots of one run, from which it can be resumed after a crash. */
export interface RunLog {
  /** Frames of the animation so far. */
  readonly frames: readonly Frame[];
  /**
   * Records a step. Writes a snapshot when more than `saveEvery` milliseconds have passed since the last one.
   * @returns a finding when the snapshot could not be written. The run can continue.
   */
  record(step: AscentStep, job: unknown): Promise<Finding | undefined>;
  /** Writes the last step's snapshot, for a stopped run. */
  stop(job: unknown): Promise<Finding | undefined>;
  /** Writes the buffered lines of the log. */
  flush(): Promise<void>;
}

/** Options of `openRunLog`. */
export interface RunLogOptions {
  readonly animate: boolean;
  /** Number of the edit that the steps belong to. It is written into each line. */
  readonly edit?: number;
  /** Snapshot of the resumed run. */
  readonly from?: Snapshot | undefined;
}

const progressSchema = z.object({ done: z.int().min(0).max(100_000).optional() });

/** Opens the log of a run. Lines after the snapshot's step are removed, since these steps are repeated. */
export async function openRunLog(place: RunPlace, { animate, edit, from }: RunLogOptions): Promise<RunLog> {
  const frames: Frame[] = from ? listFrames(from) : [];
  const lines: string[] = [];
  let last: Snapshot | undefined;
  let saved = -Infinity;
  let warned = false;
  if (from) await cutLog(place, progressSchema.parse(from.values).done ?? 0, edit ?? 0);
  const flush = async (): Promise<void> => {
    if (lines.length > 0) await place.append(logFile, lines.splice(0).join(""));
  };
  const save = async (job: unknown): Promise<Finding | undefined> => {
    if (!last) return undefined;
    const frameTensors = frames.map((frame, at) => [
      `${framePrefix}${String(at).padStart(5, "0")}`,
      "shape" in frame ? frame : hostFloats(frame.data, [frame.width, frame.height, 3]),
    ]);
    const tensors = { ...last.tensors, ...(Object.fromEntries(frameTensors) as Snapshot["tensors"]) };
    saved = performance.now();
    try {
      await flush();
      await place.saveSnapshot({ ...last, tensors }, job);
    } catch (error) {
      if (warned) return undefined;
      warned = true;
      const reason = (error as Error).message.split("\n")[0]!;
      return makeWarning("no-snapshot", `the run cannot be resumed if it is stopped now: ${reason}`, {
        reason,
      });
    }
    return undefined;
  };
  return {
    frames,
    async record({ index, steps, loss, terms, picture, latents, paint, snapshot }, job) {
      if (animate && (index % Math.max(1, Math.round(steps / frameCount)) === 0 || index === 0)) {
        // Latents are much smaller than the pictures that are painted from them.
        if (latents && paint) frames.push(latents);
        else
          frames.push(
            picture.width > frameSide ? await resizePicture(picture, frameSide, frameSide, "cubic") : picture,
          );
      }
      if (loss !== undefined) {
        const entry = { step: index, loss, ...terms };
        lines.push(`${JSON.stringify(edit === undefined ? entry : { edit, ...entry })}\n`);
      }
      last = snapshot ?? last;
      return performance.now() - saved > saveEvery ? save(job) : undefined;
    },
    stop: save,
    flush,
  };
}

/** Largest number of values of a frame's latents: layers of a scene, or vectors of each resolution. */
const largestLatents = 1 << 18;

function listFrames({ tensors }: Snapshot): Frame[] {
  return Object.keys(tensors)
    .filter((name) => name.startsWith(framePrefix))
    .sort()
    .map((name) => {
      const { data, shape } = tensors[name]!;
      const [side = 0] = shape;
      if (side === 1 && shape.length > 1 && data.length <= largestLatents)
        return hostFloats(data as Float32Array, shape);
      if (shape.length !== 3 || shape[1] !== side || shape[2] !== 3 || side < 1 || side > frameSide)
        throw new InputError(
          `the snapshot holds a frame of shape [${shape.join(", ")}]; start the run again`,
        );
      return toPicture(data as Float32Array, side);
    });
}

const lineSchema = z.looseObject({ edit: z.int().optional(), step: z.int() });

/** Removes the lines after step `done` of edit `edit`. */
async function cutLog(place: RunPlace, done: number, edit: number): Promise<void> {
  const text = (await place.read(logFile))?.toString("utf8") ?? "";
  const lines = text.split("\n").filter((line) => {
    const entry = parseLine(line); // undefined for a line that a crash cut off
    if (!entry) return false;
    const { edit: lineEdit = 0, step } = entry;
    return lineEdit < edit || (lineEdit === edit && step <= done);
  });
  await place.write(logFile, lines.map((line) => `${line}\n`).join(""));
}

function parseLine(line: string): z.output<typeof lineSchema> | undefined {
  try {
    return lineSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
