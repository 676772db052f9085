import { spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** How a run of the command line ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const root = resolve(import.meta.dirname, "../..");

/** Runs the command line in a process of its own; `interruptAt` sends Ctrl-C (or `signal`) once stderr matches, or a test is true. */
export function clipsteer(
  args: readonly string[],
  options: { interruptAt?: RegExp | (() => boolean); signal?: "SIGINT" | "SIGKILL" } = {},
): Promise<Ended> {
  const child = spawn(process.execPath, ["--import", "tsx", join(import.meta.dirname, "start.ts"), ...args], {
    cwd: root,
    env: { ...process.env, NO_COLOR: "1", XDG_CACHE_HOME: join(tmpdir(), "clipsteer-test-cache") },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [stdout, stderr, interrupted] = ["", "", false];
  child.stdout.on("data", (data: Buffer) => (stdout += data.toString()));
  const { interruptAt: at, signal = "SIGINT" } = options;
  const look = (): void => {
    if (!at || interrupted || !(typeof at === "function" ? at() : at.test(stderr))) return;
    interrupted = true;
    child.kill(signal);
  };
  const timer = setInterval(look, 10);
  child.stderr.on("data", (data: Buffer) => {
    stderr += data.toString();
    look();
  });
  return new Promise((done) =>
    child.on("close", (code) => {
      clearInterval(timer);
      done({ code, stdout, stderr });
    }),
  );
}
