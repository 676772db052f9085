import { spawn } from "node:child_process";
import { copyFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { folder } from "./cases.js";

/** The benchmarks as plain JavaScript, as users run us: a compiler in the process would take memory and time. */
const built = join(folder, "built");

/** Runs a process to its end, at most `limit` seconds, and gives what it printed; fails with the last line of its errors. */
export function output(command: string, args: readonly string[], limit: number): Promise<string> {
  return new Promise((done, fail) => {
    const child = spawn(command, args, {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let [printed, errors] = ["", ""];
    child.stdout.on("data", (text: Buffer) => (printed += text.toString()));
    child.stderr.on("data", (text: Buffer) => (errors += text.toString()));
    child.on("error", fail);
    const timer = setTimeout(() => child.kill("SIGKILL"), 1000 * limit);
    child.on("close", (code) => {
      clearTimeout(timer);
      if (code === null) return fail(new Error(`takes more than ${limit} s`));
      const lines = errors.trim().split("\n");
      const errorLine = lines.find((line) => /^\w*Error\b/.test(line)) ?? lines.at(-1) ?? "";
      if (code === 0) done(printed);
      else fail(new Error(errorLine.slice(0, 200) || `ended with ${code}`));
    });
  });
}

/** The tensorflow engine's package is built outside node_modules; see peers/tfjs-node.sh. */
const hook = (mode: string): string[] =>
  mode === "tensorflow" ? ["--import", resolve("bench/peers/tfjs-node.mjs")] : [];

/** Runs runner.ts on a case and gives the last line that it printed, which is JSON but for `make`. */
export async function run(bench: string, mode: string, repeats: string, limit: number): Promise<string> {
  const args = [...hook(mode), join(built, "bench/runner.js"), bench, mode, repeats];
  return (await output(process.execPath, args, limit)).trim().split("\n").at(-1)!;
}

const tscPatience = 600;

/** Runs the compiler. */
export const tsc = (...args: string[]): Promise<string> =>
  output(process.execPath, [resolve("node_modules/typescript/bin/tsc"), ...args], tscPatience);

/** Compiles the benchmarks. */
export async function build(): Promise<void> {
  const places = ["--outDir", built, "--tsBuildInfoFile", join(built, "tsbuildinfo")];
  await tsc("--noEmit", "false", "--incremental", ...places);
  await copyFile("package.json", join(built, "package.json")); // its hash names the programs that are kept
}
