import { appendFile, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { ConfigError } from "../errors.js";
import {
  type AscentStep,
  type Snapshot,
  dropSnapshot,
  loadSnapshot,
  saveSnapshot,
} from "../guidance/index.js";
import { type Picture, pictureFrom, resizePicture, writeFileAtomic } from "../images/index.js";
import { hostFloats } from "../tensor/index.js";

const logFile = "steps.jsonl";
const framePrefix = "frame/";
/** Side of the frames of an animation. */
export const frameSide = 256;
/** Milliseconds between snapshots. */
const saveEvery = 2000;

/** Keeps what a run folder needs to be continued after a crash: snapshot, log and frames. */
export interface RunKeeper {
  /** Takes in a step; writes a snapshot when the last one is some seconds old. `about` is what a resume is told. */
  record(step: AscentStep, about: unknown): Promise<void>;
  /** Writes the last step's snapshot, for a run that was stopped. */
  stop(about: unknown): Promise<void>;
  /** Writes the log and the frames' pictures are given back; then `finish` removes the snapshot. */
  readonly frames: readonly Picture[];
  /** Writes the rest of the log. */
  flush(): Promise<void>;
  /** The run is finished: nothing to resume. */
  finish(): Promise<void>;
}

/** What a keeper begins with. */
export interface KeeperOptions {
  readonly animate: boolean;
  /** Number of the edit whose steps these are, in a run of several; stands in the log. */
  readonly edit?: number;
  /** Snapshot of the run that is continued. */
  readonly from?: Snapshot | undefined;
}

/** Opens a keeper on a run folder; log lines beyond the snapshot are dropped, they will be made again. */
export async function openKeeper(folder: string, { animate, edit, from }: KeeperOptions): Promise<RunKeeper> {
  const frames: Picture[] = [];
  const log: string[] = [];
  let last: Snapshot | undefined;
  let saved = -Infinity;
  if (from) {
    const done = (from.values.done as number | undefined) ?? 0;
    await cutLog(join(folder, logFile), done, edit ?? 0);
    for (const name of Object.keys(from.tensors)
      .filter((each) => each.startsWith(framePrefix))
      .sort()) {
      const { data, shape } = from.tensors[name]!;
      frames.push(pictureFrom(data as Float32Array, shape[0]!));
    }
  }
  const flush = async (): Promise<void> => {
    if (log.length > 0) await appendFile(join(folder, logFile), log.splice(0).join(""));
  };
  const save = async (about: unknown): Promise<void> => {
    if (!last) return;
    await flush();
    const shown = frames.map(({ data, width, height }, at) => [
      `${framePrefix}${String(at).padStart(5, "0")}`,
      hostFloats(data, [width, height, 3]),
    ]);
    const tensors = { ...last.tensors, ...(Object.fromEntries(shown) as Snapshot["tensors"]) };
    await saveSnapshot(folder, { ...last, tensors }, about);
    saved = performance.now();
  };
  return {
    frames,
    async record({ index, steps, loss, terms, picture, snapshot }, about) {
      if (animate && (index % Math.max(1, Math.round(steps / 40)) === 0 || index === 0))
        frames.push(
          picture.width > frameSide ? await resizePicture(picture, frameSide, frameSide, "cubic") : picture,
        );
      if (loss !== undefined)
        log.push(`${JSON.stringify({ ...(edit !== undefined && { edit }), step: index, loss, ...terms })}\n`);
      last = snapshot ?? last;
      if (performance.now() - saved > saveEvery) await save(about);
    },
    stop: save,
    flush,
    finish: () => dropSnapshot(folder),
  };
}

interface LogLine {
  readonly edit?: number;
  readonly step: number;
}

async function cutLog(path: string, after: number, edit: number): Promise<void> {
  const text = await readFile(path, "utf8").catch(() => "");
  // A crash may have left half a line at the end.
  const lines = text.split("\n").slice(0, -1);
  const kept = lines.filter((line) => {
    const { edit: of = 0, step } = JSON.parse(line) as LogLine;
    return of < edit || (of === edit && step <= after);
  });
  await writeFileAtomic(path, kept.map((line) => `${line}\n`).join(""));
}

/**
 * The unfinished run of a folder, and what it says of itself.
 * @throws {InputError} when there is none; {ConfigError} when another command began it.
 */
export async function readUnfinished<T extends { readonly command: string }>(
  folder: string,
  command: T["command"],
): Promise<{ folder: string; snapshot: Snapshot; about: T }> {
  const { snapshot, about } = await loadSnapshot(folder);
  if ((about as Partial<T> | null)?.command !== command)
    throw new ConfigError(
      `${command}: --resume ${folder}: is a run of another command; resume it with that one`,
    );
  return { folder: resolve(folder), snapshot, about: about as T };
}
