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

let isBuilt: Promise<boolean> | undefined;

/** Finds a script of the build, which starts three to four times faster, if the build is as new as its source; else that of the source. */
async function findScript(built: string, source: string): Promise<string> {
  isBuilt ??= build("--check").then(
    () => true,
    () => false,
  );
  return join(root, (await isBuilt) ? built : source);
}

/** Finds the arguments of Node that start the command line. */
export async function findProgram(): Promise<readonly string[]> {
  const path = await findScript("bin/clipsteer.js", "test/cli/start.ts");
  return path.endsWith(".ts") ? ["--import", "tsx", path] : [path];
}

/** Finds the module whose `main` is the command line. */
export const findMain = (): Promise<string> => findScript("dist/cli/main.js", "src/cli/main.ts");

/** Finds the script of the studio's engine process. */
export const findEngineProcess = (): Promise<string> =>
  findScript("dist/studio/engineProcess.js", "src/studio/engineProcess.ts");

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
