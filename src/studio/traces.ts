/** Curves and pictures of runs: in memory while they run, on disk afterwards. */
import { readFile, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { writeFileAtomic } from "../files/index.js";
import { type ScoreView, runDetailSchema } from "./api.js";

/** Curves and pictures of a run. */
export interface Trace {
  readonly losses: { step: number; loss: number }[];
  readonly scores: ScoreView[];
  /** PNGs of the previews by step. */
  readonly frames: Map<number, Uint8Array>;
}

/** One step of a run. */
export interface TraceStep {
  readonly step: number;
  readonly loss?: number | undefined;
  readonly score?: ScoreView | undefined;
  readonly preview?: Uint8Array | undefined;
}

/** Traces of the runs of a studio. */
export interface Traces {
  /** Adds a step; step 0 clears what was there. */
  add(id: string, step: TraceStep): void;
  /** Curves and pictures of a run, from disk if they are no longer in memory; empty if there are none. */
  find(id: string): Promise<Trace>;
  /** Stores the trace of a finished run. */
  save(id: string): Promise<void>;
  remove(id: string): Promise<void>;
}

/** Maximum number of runs whose pictures are in memory. */
const maxTraces = 8;
/** Maximum number of pictures in memory of a run; above it, every second picture is removed. */
const maxFrames = 200;
/** Maximum number of pictures on disk of a run. */
const maxStoredFrames = 48;
/** Maximum number of runs on disk; the oldest are removed. */
const maxStoredRuns = 60;
const largestFile = 64e6;

const fileSchema = runDetailSchema
  .pick({ losses: true, scores: true })
  .extend({ frames: z.array(z.object({ step: z.number(), png: z.base64() })).max(maxStoredFrames) });

const emptyTrace = (): Trace => ({ losses: [], scores: [], frames: new Map() });

/** Returns at most `count` entries, evenly distributed, with the first and the last. */
function thin<T>(entries: readonly T[], count: number): T[] {
  if (entries.length <= count) return [...entries];
  return Array.from(
    { length: count },
    (_, at) => entries[Math.round((at * (entries.length - 1)) / (count - 1))]!,
  );
}

/** Opens the traces in a folder, which exists. */
export function openTraces(folder: string): Traces {
  const traces = new Map<string, Trace>();
  /** The trace that was last read from disk. */
  let lastRead: { id: string; trace: Promise<Trace> } | undefined;
  const pathOf = (id: string): string => join(folder, `${id}.json`);

  const read = async (id: string): Promise<Trace> => {
    const path = pathOf(id);
    try {
      if ((await stat(path)).size > largestFile) return emptyTrace();
      const { losses, scores, frames } = fileSchema.parse(JSON.parse(await readFile(path, "utf8")));
      return {
        losses,
        scores,
        frames: new Map(frames.map(({ step, png }) => [step, Buffer.from(png, "base64")])),
      };
    } catch {
      return emptyTrace(); // a run without previews, or a damaged file: its picture is in its folder
    }
  };
  const removeOldest = async (): Promise<void> => {
    const names = (await readdir(folder)).filter((name) => name.endsWith(".json"));
    if (names.length <= maxStoredRuns) return;
    const ages = await Promise.all(
      names.map(async (name) => ({ name, time: (await stat(join(folder, name))).mtimeMs })),
    );
    ages.sort((a, b) => b.time - a.time);
    for (const { name } of ages.slice(maxStoredRuns)) await rm(join(folder, name), { force: true });
  };

  return {
    add(id, { step, loss, score, preview }) {
      if (step === 0) traces.delete(id);
      let trace = traces.get(id);
      if (!trace) traces.set(id, (trace = emptyTrace()));
      for (const old of [...traces.keys()].slice(0, -maxTraces)) traces.delete(old);
      const { losses, scores, frames } = trace;
      if (loss !== undefined) losses.push({ step, loss });
      if (score) scores.push(score);
      if (preview) frames.set(step, preview);
      if (frames.size > maxFrames)
        [...frames.keys()].forEach((key, at) => at % 2 === 1 && key !== step && frames.delete(key));
    },
    find(id) {
      const trace = traces.get(id);
      if (trace) return Promise.resolve(trace);
      if (lastRead?.id !== id) lastRead = { id, trace: read(id) };
      return lastRead.trace;
    },
    async save(id) {
      const trace = traces.get(id);
      if (!trace || trace.frames.size < 2) return; // nothing to go back to
      const { losses, scores, frames } = trace;
      const stored = thin([...frames], maxStoredFrames).map(([step, png]) => ({
        step,
        png: Buffer.from(png).toString("base64"),
      }));
      await writeFileAtomic(pathOf(id), JSON.stringify({ losses, scores, frames: stored }));
      await removeOldest();
    },
    async remove(id) {
      traces.delete(id);
      if (lastRead?.id === id) lastRead = undefined;
      await rm(pathOf(id), { force: true });
    },
  };
}
