import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { type SteerModels, invert, loadModels } from "../../src/guidance/index.js";
import type { Picture } from "../../src/images/index.js";
import { loadPack } from "../../src/packs/index.js";
import { createRandom } from "../../src/tensor/index.js";
import { writeTinyPack } from "../tiny.js";

let models: SteerModels;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "clipsteer-cache-"));
  vi.stubEnv("CLIPSTEER_CACHE", folder);
  models = await loadModels(await loadPack(await writeTinyPack()));
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

function picture(seed: number): Picture {
  const random = createRandom(seed);
  return {
    width: 64,
    height: 64,
    data: Float32Array.from({ length: 64 * 64 * 3 }, () => random.uniform()),
  };
}

/** Paths of the cached programs. */
async function cachedPrograms(): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  return names.filter((name) => name.endsWith(".program")).sort();
}

it("uses the same cached programs for every picture, none of which holds a pixel", async () => {
  const [first, second] = [picture(1), picture(2)];
  const options = { engine: "compiled" } as const;
  const inverted = await invert(models, first, { steps: 2 }, options);
  const programs = await cachedPrograms();
  expect(programs.length).toBeGreaterThan(0);
  const other = await invert(models, second, { steps: 2 }, options);
  expect(await cachedPrograms()).toEqual(programs);
  expect(other.latents.data).not.toEqual(inverted.latents.data);
  // A run of values in the middle of the picture would stand in the file as it stands in memory.
  const needle = Buffer.from(first.data.slice(6000, 6008).buffer);
  for (const name of programs) expect((await readFile(join(folder, name))).includes(needle)).toBe(false);
});
