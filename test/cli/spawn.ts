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

/**
 * Runs the command line in a process of its own; `interruptAt` sends Ctrl-C (or `signal`) once stderr matches, `killWhen` ends it
 * at once (SIGKILL) when it says so.
 */
export function clipsteer(
  args: readonly string[],
  options: { interruptAt?: RegExp; signal?: "SIGINT" | "SIGKILL"; killWhen?: () => boolean } = {},
): Promise<Ended> {
  const child = spawn(process.execPath, ["--import", "tsx", join(import.meta.dirname, "start.ts"), ...args], {
    cwd: root,
    env: { ...process.env, NO_COLOR: "1", XDG_CACHE_HOME: join(tmpdir(), "clipsteer-test-cache") },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [stdout, stderr, interrupted] = ["", "", false];
  child.stdout.on("data", (data: Buffer) => (stdout += data.toString()));
  child.stderr.on("data", (data: Buffer) => {
    stderr += data.toString();
    if (options.interruptAt?.test(stderr) && !interrupted) {
      interrupted = true;
      child.kill(options.signal ?? "SIGINT");
    }
  });
  const { killWhen } = options;
  const watch = killWhen && setInterval(() => killWhen() && child.kill("SIGKILL"), 2);
  return new Promise((done) =>
    child.on("close", (code) => {
      clearInterval(watch);
      done({ code, stdout, stderr });
    }),
  );
}
