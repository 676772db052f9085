import { spawn } from "node:child_process";
import { rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { folder, packFolder } from "./cases.js";
import { seededPack } from "./pack.js";
import { output } from "./processes.js";
import type { Results } from "./results.js";

const buildPatience = 600;

/** Seconds from the start of `clipsteer generate` until it reports its first step. */
function firstStep(cache: string): Promise<number> {
  const out = join(folder, "generated");
  const given = ["--generator", packFolder, "--steps", "1", "--seed", "1", "--out", out];
  return new Promise((done, fail) => {
    const began = performance.now();
    const args = [resolve("bin/clipsteer.js"), "generate", "a red heart", ...given];
    const child = spawn(process.execPath, args, {
      env: { ...process.env, CLIPSTEER_CACHE: cache },
      stdio: ["ignore", "ignore", "pipe"],
    });
    let [took, errors] = [0, ""];
    child.stderr.on("data", (text: Buffer) => {
      errors += text.toString();
      if (took === 0 && errors.includes("generate 1/1")) took = (performance.now() - began) / 1000;
    });
    child.on("error", fail);
    child.on("close", () => (took > 0 ? done(took) : fail(new Error(errors.trim().split("\n").at(-1)))));
  });
}

/** Times the command from its start to its first step: without a cache of programs, with an empty one, and with a filled one. */
export async function timeStarts(rounds: number): Promise<Results["start"]> {
  await seededPack(packFolder);
  await output(process.execPath, [resolve("build.js")], buildPatience);
  const cache = join(folder, "cache");
  const times: Record<"off" | "empty" | "cached", number[]> = { off: [], empty: [], cached: [] };
  for (let round = 0; round < rounds; round++) {
    times.off.push(await firstStep("off"));
    await rm(cache, { recursive: true, force: true });
    times.empty.push(await firstStep(cache));
    times.cached.push(await firstStep(cache));
  }
  return times;
}
