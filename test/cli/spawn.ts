import { execFile, spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

/** How a run of the command line ended. */
export interface Ended {
  readonly code: number | null;
  /** The signal that ended the process, where one did. */
  readonly signal?: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

const root = resolve(import.meta.dirname, "../..");

const build = (...args: string[]): Promise<unknown> =>
  promisify(execFile)(process.execPath, ["build.js", ...args], { cwd: root });

/** Builds the command line, unless the build is as new as its source. @returns its path. */
export async function buildProgram(): Promise<string> {
  await build();
  return join(root, "bin/clipsteer.js");
}

let program: Promise<readonly string[]> | undefined;

/** Finds the arguments of Node that start the command line: the build if it is as new as its source, which starts four times faster; else the source. */
export function findProgram(): Promise<readonly string[]> {
  return (program ??= build("--check").then(
    () => [join(root, "bin/clipsteer.js")],
    () => ["--import", "tsx", join(import.meta.dirname, "start.ts")],
  ));
}

/** Runs the command line in a process of its own; `interruptAt` sends Ctrl-C (or `signal`) once stderr matches, or a test is true; `twice` sends it again at once. */
export async function clipsteer(
  args: readonly string[],
  options: { interruptAt?: RegExp | (() => boolean); signal?: NodeJS.Signals; twice?: boolean } = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [...(await findProgram()), ...args], {
    cwd: root,
    env: { ...process.env, NO_COLOR: "1", XDG_CACHE_HOME: join(tmpdir(), "clipsteer-test-cache") },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [stdout, stderr, interrupted] = ["", "", false];
  child.stdout.on("data", (data: Buffer) => (stdout += data.toString()));
  const { interruptAt: at, signal = "SIGINT", twice = false } = options;
  const look = (): void => {
    if (!at || interrupted || !(typeof at === "function" ? at() : at.test(stderr))) return;
    interrupted = true;
    child.kill(signal);
    if (twice) setTimeout(() => child.kill(signal), 20);
  };
  const timer = setInterval(look, 10);
  child.stderr.on("data", (data: Buffer) => {
    stderr += data.toString();
    look();
  });
  return new Promise((done) =>
    child.on("close", (code, endedBy) => {
      clearInterval(timer);
      done({ code, signal: endedBy, stdout, stderr });
    }),
  );
}
