import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadGenerator } from "../../src/guidance/index.js";
import { loadPack } from "../../src/packs/index.js";
import { createRandom } from "../../src/tensor/index.js";
import { saveCheckpoint, loadTrainedUpscaler } from "../../src/training/index.js";
import {
  type UpscalerPictures,
  type UpscalerTraining,
  reconstructByGenerator,
  createUpscalerTrainer,
  initialiseUpscaler,
} from "../../src/training/upscaler.js";
import { writeTinyPack } from "../tiny.js";

const config: UpscalerTraining = {
  model: { width: 4, layers: 1 },
  pictures: 3,
  batch: 2,
  steps: 30,
  rate: 3e-2,
  seed: 1,
  copies: 0.5,
};

/** Stripes and blocks of a few colours, large, and the means of their blocks. */
function drawStripes(): UpscalerPictures {
  const random = createRandom("stripes");
  const large = new Uint8Array(3 * 256 * 256 * 3);
  const small = new Uint8Array(3 * 64 * 64 * 3);
  for (let picture = 0; picture < 3; picture++) {
    const wide = 5 + random.integer(20);
    for (let at = 0; at < 256 * 256 * 3; at++) {
      const [x, y] = [Math.floor(at / 3) % 256, Math.floor(at / 3 / 256)];
      const value = (Math.floor((x + y * (at % 3)) / wide) % 2) * 255;
      large[picture * 256 * 256 * 3 + at] = value;
      small[((picture * 64 + (y >> 2)) * 64 + (x >> 2)) * 3 + (at % 3)]! += value / 16;
    }
  }
  return { small, copies: small, large };
}

describe("training an upscaler", () => {
  it("comes nearer to the large pictures, and to the same weights when it was stopped half way", async () => {
    const pictures = drawStripes();
    const trainer = await createUpscalerTrainer(config, pictures, initialiseUpscaler(config));
    const losses: number[] = [];
    let state = initialiseUpscaler(config);
    let middle = state;
    for (let index = 0; index < config.steps; index++) {
      if (index === 25) middle = structuredClone(state);
      const step = await trainer.step(state, index);
      losses.push(step.losses.pixels!);
      state = step.state;
    }
    await trainer.dispose();
    const mean = (list: number[]): number => list.reduce((sum, value) => sum + value, 0) / list.length;
    expect(mean(losses.slice(-5))).toBeLessThan(0.8 * mean(losses.slice(0, 5)));
    const again = await createUpscalerTrainer(config, pictures, middle);
    let resumed = middle;
    for (let index = 25; index < config.steps; index++) resumed = (await again.step(resumed, index)).state;
    await again.dispose();
    expect(resumed).toEqual(state);

    const folder = await mkdtemp(join(tmpdir(), "clipsteer-upscaler-"));
    expect(await loadTrainedUpscaler(folder)).toBe(undefined);
    await saveCheckpoint(folder, { step: 30, state, settings: JSON.stringify(config) });
    const trained = await loadTrainedUpscaler(folder);
    expect(trained!.config).toEqual(config.model);
    expect(trained!.weights["start.weight"]).toEqual(state["e/start.weight"]);
  });

  it("is shown what the generator makes of a picture, as bytes", async () => {
    const generator = await loadGenerator(await loadPack(await writeTinyPack()));
    const { small } = drawStripes();
    const copies = await reconstructByGenerator(generator, small, { features: 16 });
    expect(copies).toHaveLength(small.length);
    expect(copies).not.toEqual(small);
    // Pictures do not depend on those beside them.
    const last = await reconstructByGenerator(generator, small.slice(2 * 64 * 64 * 3), { features: 16 });
    expect(last).toEqual(copies.slice(2 * 64 * 64 * 3));
  });
});
