/**
 * Runs a command again and again with every file below one folder, each time with another write that finds the disk full: run with
 * LD_PRELOAD of `full.c`. Arguments: folder, the script of the command line, one line of JSON of `Task`. Prints a line of JSON for each run (`Outcome`).
 */
import { mkdir, readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import type * as cli from "../../src/cli/main.js";

/** Commands and the numbers of the writes that fail. `PLACE` in an argument stands for the folder of a run. */
export interface Task {
  readonly args: readonly string[];
  /** First write that fails in each run, from 1; 0 for none. */
  readonly failing: readonly number[];
  /** Whether later writes succeed. */
  readonly once: boolean;
}

/** How a run ended, and the run after it on a disk with room. */
export interface Outcome {
  readonly at: number;
  readonly code: number;
  readonly errors: string;
  /** Sizes of files by their path, after the run. */
  readonly files: Readonly<Record<string, number>>;
  readonly next: {
    readonly code: number;
    readonly errors: string;
    readonly files: Readonly<Record<string, number>>;
  };
}

async function filesBelow(place: string): Promise<Record<string, number>> {
  const sizes: Record<string, number> = {};
  for (const entry of await readdir(place, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) sizes[path.slice(place.length + 1)] = (await readFile(path)).length;
  }
  return sizes;
}

const [folder, program, task] = process.argv.slice(2);
const { main } = (await import(program!)) as typeof cli;

/** Runs a command and keeps what it prints. */
async function run(args: readonly string[]): Promise<{ code: number; errors: string }> {
  const errors: string[] = [];
  const { stdout, stderr } = process;
  const real = [stdout.write.bind(stdout), stderr.write.bind(stderr)] as const;
  stdout.write = () => true;
  stderr.write = (text: Uint8Array | string) => errors.push(String(text)) > 0;
  const code = await main(args).finally(() => ([stdout.write, stderr.write] = real));
  return { code, errors: errors.join("") };
}

const { args, failing, once } = JSON.parse(task!) as Task;
delete process.env.CLIPSTEER_CACHE; // each run has its own below its home
for (const at of failing) {
  const place = join(folder!, `${once}-${at}`);
  const given = args.map((arg) => arg.replace("PLACE", place));
  for (const name of ["home", "tmp"]) await mkdir(join(place, name), { recursive: true });
  Object.assign(process.env, {
    HOME: join(place, "home"),
    XDG_CACHE_HOME: join(place, "home/cache"),
    CLIPSTEER_HOME: join(place, "home/clipsteer"),
    TMPDIR: join(place, "tmp"),
    CRASH_PLACE: `${place}/`,
    CRASH_FULL_AT: String(at),
    CRASH_ONCE: once ? "1" : "",
  });
  const { code, errors } = await run(given);
  process.env.CRASH_FULL_AT = "0";
  const files = await filesBelow(place);
  const next = { ...(await run(given)), files: await filesBelow(place) };
  process.stdout.write(`${JSON.stringify({ at, code, errors, files, next } satisfies Outcome)}\n`);
}
