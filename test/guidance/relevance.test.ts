import { beforeAll, describe, expect, it } from "vitest";
import { type SteerModels, loadModels, computeRelevanceMask } from "../../src/guidance/index.js";
import type { RgbaBytes } from "../../src/images/index.js";
import { loadPack } from "../../src/packs/index.js";
import { writeTinyPack } from "../tiny.js";

let models: SteerModels;
beforeAll(async () => {
  models = await loadModels(await loadPack(await writeTinyPack()));
});

/** White with a black square at a place, in parts of the height. */
function drawDisc(width: number, height: number): RgbaBytes {
  const rgba = new Uint8Array(width * height * 4).fill(255);
  const [from, to] = [Math.round(height * 0.3), Math.round(height * 0.7)];
  for (let y = from; y < to; y++)
    for (let x = from; x < to; x++) rgba.fill(0, (y * width + x) * 4, (y * width + x) * 4 + 3);
  return { width, height, rgba };
}

describe("relevanceMask", () => {
  it("gives a large picture the mask of its small copy, enlarged", async () => {
    const options = { engine: "compiled" } as const;
    const [small, large] = [drawDisc(500, 250), drawDisc(1500, 750)];
    const coarse = (await computeRelevanceMask(models, small, "a red heart", options)).mask;
    const fine = (await computeRelevanceMask(models, large, "a red heart", options)).mask;
    expect(fine).toHaveLength(1500 * 750);
    let apart = 0;
    for (let y = 0; y < 250; y++)
      for (let x = 0; x < 500; x++)
        apart += Math.abs(coarse[y * 500 + x]! - fine[(3 * y + 1) * 1500 + 3 * x + 1]!) / coarse.length;
    expect(apart).toBeLessThan(0.02);
    expect(fine.every((value) => value >= 0 && value <= 1)).toBe(true);
    expect(coarse.some((value) => value > 0.5)).toBe(true);
  });

  it("stops with the signal's reason", async () => {
    const signal = AbortSignal.abort(new Error("stopped"));
    const mask = computeRelevanceMask(models, drawDisc(64, 64), "a red heart", {
      engine: "compiled",
      signal,
    });
    await expect(mask).rejects.toThrow("stopped");
  });
});
