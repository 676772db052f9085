// Faults found in programs of this kind; docs/edit.md lists them all, with the tests of the others.
import { beforeAll, describe, expect, it } from "vitest";
import {
  type SteerModels,
  ascentRateAt,
  embedTerms,
  generate,
  loadModels,
  wantedOf,
} from "../src/guidance/index.js";
import { defaultViews, drawViews } from "../src/guidance/objectives/views.js";
import { type Picture, slugOf } from "../src/images/index.js";
import { loadPack } from "../src/packs/index.js";
import { parsePromptArgument } from "../src/prompts/index.js";
import { createRandom } from "../src/tensor/index.js";
import { writeTinyPack } from "./tiny.js";

const flat = (red: number, green: number, blue: number): Picture => ({
  width: 64,
  height: 64,
  data: Float32Array.from({ length: 64 * 64 * 3 }, (_, at) => [red, green, blue][at % 3]!),
});

describe("faults that others have", () => {
  let models: SteerModels;
  const run = { engine: "compiled" } as const;
  beforeAll(async () => {
    models = await loadModels(await loadPack(await writeTinyPack()));
  });
  const term = (text: string, weight = 1) => ({ text, weight, templates: ["{}"] });
  const embedWanted = async (terms: Parameters<typeof embedTerms>[2]) =>
    wantedOf(await embedTerms(models, models.guides, terms, run), terms);

  it("adds no negative, text or picture, to what is wanted (1, 2)", async () => {
    const alone = await embedWanted([term("a red heart")]);
    const picture = { picture: flat(1, 0, 0), weight: -1, templates: [] };
    expect(await embedWanted([term("a red heart"), term("a blue car", -1), picture])).toEqual(alone);
  });

  it("takes a colon as text (5)", () => {
    expect(parsePromptArgument("a sign: stop")).toMatchObject({ text: "a sign: stop", weight: 1 });
  });

  it("starts from the picture that it is given (6)", async () => {
    const config = { seed: 1, steps: 0, views: 2, lr: 0.1, candidates: 2, truncation: 0.5 };
    const first = async (init?: Picture): Promise<Float32Array> => {
      const { value } = await generate(models, [term("hat")], config, {
        ...run,
        ...(init && { init }),
      }).next();
      return value.picture.data;
    };
    const distance = (a: Float32Array, b: Float32Array): number =>
      a.reduce((sum, value, at) => sum + Math.abs(value - b[at]!), 0);
    const init = flat(0.8, 0.2, 0.2);
    expect(distance(await first(init), init.data)).toBeLessThan(distance(await first(), init.data));
  });

  it("cuts views that differ, smaller ones within the picture too (7, 8)", () => {
    const sides = { from: 64, to: 64 };
    const { viewRows, viewColumns } = drawViews({ count: 20, ...defaultViews }, createRandom(1), sides);
    const seen = Array.from({ length: 20 }, (_, view) =>
      [viewRows!, viewColumns!]
        .map(({ data }) => data.subarray(view * 4096, (view + 1) * 4096).join())
        .join(),
    );
    expect(new Set(seen).size).toBe(20);
    // A row of the matrix of a close view moves by less than one pixel of the picture.
    const first = (row: number): number =>
      viewRows!.data.subarray(row * 64, (row + 1) * 64).findIndex((v) => v > 0);
    expect(first(63) - first(0)).toBeLessThan(64 * defaultViews.largest);
  });

  it("weighs a text and a picture alike: both are of unit length (9)", async () => {
    const both = await embedTerms(
      models,
      models.guides,
      [term("a red heart"), { picture: flat(1, 0, 0), weight: 1, templates: [] }],
      run,
    );
    expect(Object.keys(both)).toHaveLength(models.guides.length);
    for (const { data, shape } of Object.values(both))
      for (const row of [0, 1]) {
        const values = data.subarray(row * shape[1]!, (row + 1) * shape[1]!);
        expect(Math.abs(Math.hypot(...values) - 1)).toBeLessThan(1e-5);
      }
  });

  it("moves at the first step (10)", () => {
    expect(ascentRateAt(0, 0.1, 100)).toBeGreaterThan(0);
  });

  it("makes no path of a prompt (12)", () => {
    expect(slugOf("../a/b\\c:d")).toBe("a-b-c-d");
  });
});
