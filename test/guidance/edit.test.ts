import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import {
  type EditConfig,
  type SteerModels,
  applyChange,
  edit,
  editRecipe,
  loadModels,
  findMaskBox,
} from "../../src/guidance/index.js";
import { ConfigError } from "../../src/errors.js";
import { type LoadedPicture, compositeOnWhite } from "../../src/images/index.js";
import { loadPack } from "../../src/packs/index.js";
import { createRandom } from "../../src/tensor/index.js";
import { writeTinyPack } from "../tiny.js";

const plain = (values: (at: number) => number) => ({
  width: 64,
  height: 64,
  data: Float32Array.from({ length: 64 * 64 * 3 }, (_, at) => values(at)),
});

function picture(width: number, height: number, seed: number): LoadedPicture {
  const random = createRandom(seed);
  const bytes = {
    width,
    height,
    rgba: Uint8Array.from({ length: width * height * 4 }, () => random.integer(256)),
  };
  return { ...bytes, format: "png", hasAlpha: true, picture: compositeOnWhite(bytes) };
}

describe.each(["colour", "shape"] as const)("applyChange of %s", (kind) => {
  const random = createRandom("change");
  const before = plain(() => random.uniform());
  const after = plain(() => random.uniform());

  it("leaves every byte outside the mask alone, and changes of colour leave all alpha alone, at any size", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 90 }),
        fc.integer({ min: 1, max: 90 }),
        fc.integer(),
        async (width, height, seed) => {
          const original = picture(width, height, seed);
          const draw = createRandom(seed);
          const mask = Float32Array.from({ length: width * height }, () => (draw.uniform() < 0.5 ? 0 : 1));
          const { rgba } = await applyChange(original, before, after, { kind, mask });
          for (let at = 0; at < rgba.length; at++)
            if ((kind === "colour" && at % 4 === 3) || mask[Math.floor(at / 4)] === 0)
              if (rgba[at] !== original.rgba[at]) expect.fail(`byte ${at} changed`);
        },
      ),
      { numRuns: 30 },
    );
  });

  it("changes what the mask allows", async () => {
    const original = picture(64, 64, 1);
    const { rgba } = await applyChange(original, before, after, { kind });
    expect(rgba).not.toEqual(original.rgba);
  });

  it("is the input where nothing changed", async () => {
    const original = picture(31, 50, 2);
    expect((await applyChange(original, before, before, { kind })).rgba).toEqual(original.rgba);
  });
});

describe("maskBox", () => {
  it("frames what may change, with a margin, inside the picture", () => {
    const mask = new Float32Array(64 * 64);
    for (let y = 10; y < 20; y++) for (let x = 0; x < 5; x++) mask[y * 64 + x] = 1;
    expect(findMaskBox(mask, 64)).toEqual({ left: 0, top: 8 / 64, width: 7 / 64, height: 14 / 64 });
    expect(findMaskBox(new Float32Array(64 * 64), 64)).toEqual({ left: 0, top: 0, width: 1, height: 1 });
  });
});

describe("edit", () => {
  let models: SteerModels;
  beforeAll(async () => {
    models = await loadModels(await loadPack(await writeTinyPack()));
  });
  const term = { text: "a blue car", weight: 1, templates: ["{}"] };
  const config = {
    seed: 1,
    steps: 3,
    views: 4,
    lr: 0.1,
    from: "a red heart",
    strength: 1,
    change: "auto",
  } as const;

  async function run(given: Partial<EditConfig>, original: LoadedPicture, mask?: Float32Array) {
    const steps = edit(
      models,
      original,
      term,
      { ...config, ...given },
      { engine: "compiled", threads: 1, ...(mask && { mask }) },
    );
    const losses: (number | undefined)[] = [];
    for (;;) {
      const next = await steps.next();
      if (next.done) return { result: next.value, losses };
      losses.push(next.value.loss);
    }
  }

  it("yields the inversion and every step, and gives the same bytes for the same seed", async () => {
    const original = picture(40, 24, 3);
    const first = await run({}, original);
    expect(first.losses).toHaveLength(4);
    expect(first.losses[0]).toBeUndefined();
    expect(first.losses.slice(1).every((loss) => Number.isFinite(loss))).toBe(true);
    expect([first.result.bytes.width, first.result.bytes.height]).toEqual([40, 24]);
    expect((await run({}, original)).result.bytes.rgba).toEqual(first.result.bytes.rgba);
  });

  it("keeps the outside of a mask to the bit, end to end", async () => {
    const original = picture(48, 48, 4);
    const mask = Float32Array.from({ length: 48 * 48 }, (_, at) => (at % 48 < 20 ? 1 : 0));
    const { result } = await run({ lr: 1 }, original, mask);
    for (let at = 0; at < original.rgba.length; at++)
      if (mask[Math.floor(at / 4)] === 0 && result.bytes.rgba[at] !== original.rgba[at])
        expect.fail(`byte ${at} changed`);
    expect(result.bytes.rgba).not.toEqual(original.rgba);
  });

  it("ends where the loss falls no more", async () => {
    const { result } = await run({ lr: 1e-9, steps: 40, plateau: 5 }, picture(32, 32, 6));
    expect(result.plateaued).toBe(true);
    expect(result.steps).toBeLessThan(40);
  });

  it("can be made by evolution, and by another recipe", async () => {
    const original = picture(32, 32, 7);
    const gradient = await run({}, original);
    const evolved = await run({ optimizer: "cma-es" }, original);
    const guides = models.guides.length;
    // Populations of four in two views each instead of one picture in four views; the copy is seen in the same views.
    expect(evolved.result.passes - gradient.result.passes).toBe(3 * (5 * 2 - 2 * 4) * guides);
    const other = await run({ recipe: { weights: { ...editRecipe.weights, anchor: 50 } } }, original);
    expect(other.losses).not.toEqual(gradient.losses);
  });

  it("refuses texts that say the same before it works", async () => {
    const same = run({ from: "A  Blue Car" }, picture(8, 8, 8));
    await expect(same).rejects.toThrow(ConfigError);
    await expect(same).rejects.toThrow(/nothing to change/);
  });

  it("handles a strip of a pixel's width without squaring it", async () => {
    const { result } = await run({ steps: 0 }, picture(1, 20_000, 9));
    expect([result.bytes.width, result.bytes.height]).toEqual([1, 20_000]);
  });

  it.each([
    ["while it copies the picture", 0],
    ["after the copy", 1],
  ])("stops with the signal's reason %s", async (_, after) => {
    const stop = new AbortController();
    const steps = edit(models, picture(16, 16, 10), term, config, {
      engine: "compiled",
      signal: stop.signal,
    });
    if (after === 0) stop.abort(new Error("stopped"));
    else {
      await steps.next();
      stop.abort(new Error("stopped"));
    }
    await expect(steps.next()).rejects.toThrow("stopped");
  });

  it("gives the input back at strength 0", async () => {
    const original = picture(20, 30, 5);
    expect((await run({ strength: 0 }, original)).result.bytes.rgba).toEqual(original.rgba);
  });
});
