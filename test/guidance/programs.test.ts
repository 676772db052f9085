import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { type SteerModels, generate, loadModels } from "../../src/guidance/index.js";
import type { LossWeights } from "../../src/guidance/objectives/loss.js";
import { type SteerShape, createSteering } from "../../src/guidance/programs/steer.js";
import { loadPack } from "../../src/packs/index.js";
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

const weights: LossWeights = { anchor: 1, range: 1, realism: 1, direction: 1, outside: 1, boundary: 0 };
const measure = { distance: "spherical", floor: true } as const;
const base: SteerShape = { terms: 1, views: 2, weights, measure, edit: true, shared: false };

/** Another value for every setting; one that is added to a shape has to be added here. This pack's generator has no regions. */
const others: Required<{
  [Key in keyof Omit<SteerShape, "coloursOnly" | "staged">]: readonly SteerShape[Key][];
}> = {
  terms: [2],
  views: [3],
  together: [1],
  weights: ([{ anchor: 2 }, { range: 2 }, { realism: 2 }, { direction: 2 }, { outside: 2 }] as const).map(
    (change) => ({ ...weights, ...change }),
  ),
  measure: [
    { distance: "cosine", floor: true },
    { distance: "spherical", floor: false },
  ],
  edit: [false],
  shared: [true],
};

/** Names of the programs that are kept in a cache folder. */
const programsIn = async (cache: string): Promise<string[]> =>
  (await readdir(join(cache, "clipsteer-programs"))).filter((name) => name.endsWith(".program"));

it("keeps another steering step for every setting that enters, and finds each again", async () => {
  const shapes = Object.entries(others).flatMap(([name, values]) =>
    values.map((value) => ({ ...base, [name]: value }) as SteerShape),
  );
  const keep = async (shape: SteerShape): Promise<number> => {
    const steering = await createSteering(models, shape, { engine: "compiled" });
    await steering.dispose();
    return (await programsIn(folder)).length;
  };
  let count = await keep(base);
  expect(count).toBe(1);
  for (const shape of shapes) {
    const after = await keep(shape);
    expect(after, JSON.stringify(shape)).toBe(count + (shape.together === 1 ? 3 : 1));
    count = after;
  }
  for (const shape of [base, ...shapes]) expect(await keep(shape)).toBe(count);
});

it("makes the same picture with the cache off, empty and full", async () => {
  const seen: string[] = [];
  for (const cache of ["off", "empty", "full"]) {
    vi.stubEnv("CLIPSTEER_CACHE", cache === "off" ? "off" : join(folder, "whole"));
    const run = generate(
      models,
      [{ text: "a red heart", weight: 1, templates: ["{}"] }],
      { seed: 5, steps: 3, views: 2, lr: 0.1, candidates: 3, truncation: 0.7 },
      { engine: "compiled" },
    );
    for (let next = await run.next(); ; next = await run.next()) {
      const { picture } = next.value;
      seen.push(`${next.done} ${Buffer.from(picture.data.buffer).toString("base64")}`);
      if (next.done) break;
    }
  }
  const each = seen.length / 3;
  expect(each).toBe(5); // the draft, three steps and the result
  expect(seen.slice(each, 2 * each)).toEqual(seen.slice(0, each));
  expect(seen.slice(2 * each)).toEqual(seen.slice(0, each));
  expect(await programsIn(join(folder, "whole"))).toHaveLength(5); // text, drafts and their scores, step and read-out
});
