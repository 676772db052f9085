import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ConfigError } from "../../src/errors.js";
import {
  type Painter,
  type SteerModels,
  createPainter,
  loadModels,
  usualSizeOf,
} from "../../src/guidance/index.js";
import { compositeOnWhite } from "../../src/images/index.js";
import { loadPack } from "../../src/packs/index.js";
import { createRandom, hostFloats } from "../../src/tensor/index.js";
import type { RegionPicture } from "../../src/vector/index.js";
import { writeTinyPack } from "../tiny.js";
import { writeTinyStickerPack } from "../tinySticker.js";

const run = { engine: "compiled", threads: 1 } as const;
let models: SteerModels;
let painter: Painter;
beforeAll(async () => {
  models = await loadModels(await loadPack(await writeTinyStickerPack()));
  painter = createPainter(models, run);
});
afterAll(() => painter.dispose());

const latentsOf = (seed: string) => {
  const size = models.generator.latentShape[0]!;
  return hostFloats(createRandom(seed).normals(size), [1, size]);
};

describe("painter", () => {
  it("previews what it paints, over white", async () => {
    const latents = latentsOf("preview");
    const preview = await painter.preview(latents, 96);
    const painted = compositeOnWhite(await painter.paint(latents, 96));
    expect([preview.width, preview.height]).toEqual([96, 96]);
    const error = preview.data.reduce((sum, value, at) => sum + Math.abs(value - painted.data[at]!), 0);
    // Colours of half transparent pixels that leave the range are clipped at another place.
    expect(error / preview.data.length).toBeLessThan(0.004);
  });

  it("paints 600 pixels in tiles, as each part of 512 and less is painted", async () => {
    const latents = latentsOf("tiles");
    const whole = await painter.paint(latents, 600);
    expect([whole.width, whole.height, whole.rgba.length]).toEqual([600, 600, 600 * 600 * 4]);
    const [{ rgba, logits, side, slots }] = (await painter.regions(latents)) as [RegionPicture];
    expect([side, slots, rgba.length, logits.length]).toEqual([256, 16, 256 * 256 * 4, 256 * 256 * 16]);
    // Around the seam nothing changes suddenly: neighbours there differ no more than elsewhere.
    const step = (column: number): number => {
      let sum = 0;
      for (let row = 0; row < 600; row++)
        for (let channel = 0; channel < 4; channel++) {
          const at = (row * 600 + column) * 4 + channel;
          sum += Math.abs(whole.rgba[at]! - whole.rgba[at - 4]!);
        }
      return sum / 2400;
    };
    const others = [500, 505, 508, 516, 520, 530].map(step);
    expect(step(512)).toBeLessThanOrEqual(2 * Math.max(...others) + 1);
    // Averaged down it is the picture that is painted small.
    const small = await painter.paint(latents, 300);
    let error = 0;
    for (let pixel = 0; pixel < 300 * 300; pixel++) {
      const [x, y] = [(pixel % 300) * 2, Math.floor(pixel / 300) * 2];
      const alpha =
        [0, 1, 600, 601].reduce((sum, at) => sum + whole.rgba[(y * 600 + x + at) * 4 + 3]!, 0) / 4;
      error += Math.abs(alpha - small.rgba[pixel * 4 + 3]!);
    }
    expect(error / 300 ** 2).toBeLessThan(12);
  });

  it("makes a picture smaller for a margin, and leaves it alone without", async () => {
    const latents = latentsOf("margin");
    const reach = ({ rgba, width }: { rgba: Uint8Array; width: number }): number => {
      let least = width;
      for (let at = 3; at < rgba.length; at += 4) {
        if (rgba[at]! < 8) continue;
        const [x, y] = [Math.floor(at / 4) % width, Math.floor(at / 4 / width)];
        least = Math.min(least, x, y, width - 1 - x, width - 1 - y);
      }
      return least;
    };
    const free = await painter.paint(latents, 128);
    expect(reach(free)).toBe(0); // a random picture reaches the edge
    expect(reach(await painter.paint(latents, 128, { margin: 0.1 }))).toBeGreaterThanOrEqual(11);
    expect(await painter.paint(latents, 128)).toEqual(free);
  });

  it("has nothing to paint without regions", async () => {
    const pixels = await loadModels(await loadPack(await writeTinyPack()));
    expect(() => createPainter(pixels, run)).toThrow(ConfigError);
    expect([usualSizeOf(pixels), usualSizeOf(models)]).toEqual([64, 512]);
  });
});
