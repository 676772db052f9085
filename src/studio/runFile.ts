import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { writeFileAtomic } from "../files/index.js";
import { type RunView, runViewSchema } from "./api.js";

const fileSchema = z.strictObject({ version: z.literal(1), runs: z.array(runViewSchema).max(100_000) });

/** Maximum number of finished runs in the file; run folders are never deleted. */
const maxFinished = 200;

/** Keeps the list of runs on disk, so that a restarted server can continue. */
export interface RunFile {
  load(): Promise<RunView[]>;
  /** Writes asynchronously; simultaneous calls share one write. */
  save(runs: readonly RunView[]): Promise<void>;
}

const ended = ({ status }: RunView): boolean => status !== "waiting" && status !== "running";

/** Opens `runs.json` of the studio's own folder. */
export function openRunFile(own: string, onError: (error: unknown) => void): RunFile {
  const path = join(own, "runs.json");
  let latestRuns: readonly RunView[] = [];
  let writing: Promise<void> | undefined;
  const write = async (): Promise<void> => {
    await Promise.resolve(); // changes in the same turn of the event loop share one write
    writing = undefined;
    const finished = latestRuns.filter(ended);
    const removedRuns = new Set(finished.slice(0, Math.max(0, finished.length - maxFinished)));
    await writeFileAtomic(
      path,
      JSON.stringify({ version: 1, runs: latestRuns.filter((run) => !removedRuns.has(run)) }),
    );
  };
  let last: Promise<void> = Promise.resolve();
  return {
    async load() {
      const text = await readFile(path, "utf8").catch(() => undefined);
      if (text === undefined) return [];
      try {
        return fileSchema.parse(JSON.parse(text)).runs;
      } catch (error) {
        // Another version's file, or a damaged one: it is set aside, not lost.
        await writeFileAtomic(`${path}.unreadable`, text);
        onError(error);
        return [];
      }
    },
    save(runs) {
      latestRuns = runs;
      // A full disk must not end the server: the next change is written again.
      writing ??= last = last.then(write).catch(onError);
      return last;
    },
  };
}
