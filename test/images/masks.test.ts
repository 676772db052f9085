import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { measureDrawnShare, filterByGuide, loadMask } from "../../src/images/index.js";
import { createRandom } from "../../src/tensor/index.js";

describe("loadMask", () => {
  it("scales one of the same shape and refuses another shape", async () => {
    const path = join(await mkdtemp(join(tmpdir(), "clipsteer-mask-")), "mask.png");
    await sharp({ create: { width: 20, height: 10, channels: 3, background: "#fff" } })
      .png()
      .toFile(path);
    const { mask, scaledFrom } = await loadMask(path, 40, 20);
    expect(scaledFrom).toBe("20×10");
    expect(mask).toEqual(new Float32Array(800).fill(1));
    await expect(loadMask(path, 20, 20)).rejects.toThrow(/20×10, the picture 20×20/);
  });
});

describe("drawnShare", () => {
  it("is the part of the mask that is not paper", () => {
    const picture = { width: 8, height: 8, data: new Float32Array(192).fill(0.9) };
    for (let at = 0; at < 3; at++) picture.data[(3 * 8 + 3) * 3 + at] = 0.1;
    const only = new Float32Array(64);
    only[3 * 8 + 3] = 1;
    expect(measureDrawnShare(picture, only)).toBe(1);
    only[3 * 8 + 4] = 1;
    expect(measureDrawnShare(picture, only)).toBe(0.5);
    expect(measureDrawnShare(picture, new Float32Array(64))).toBe(0);
  });
});

describe("guidedFilter", () => {
  const size = { width: 16, height: 12 };
  const random = createRandom("guide");
  const guide = Float32Array.from({ length: 16 * 12 * 3 }, () => random.uniform());

  it("keeps what is a linear function of the guide's colours, whatever the function", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 }),
        (c) => {
          const map = Float32Array.from(
            { length: 16 * 12 },
            (_, at) =>
              c[0]! * guide[at * 3]! + c[1]! * guide[at * 3 + 1]! + c[2]! * guide[at * 3 + 2]! + c[3]!,
          );
          const [filtered] = filterByGuide([map], guide, { ...size, radius: 3, flat: 1e-7 });
          filtered!.forEach((value, at) => expect(Math.abs(value - map[at]!)).toBeLessThan(2e-3));
        },
      ),
      { numRuns: 20 },
    );
  });

  it("smooths noise where the guide is flat", () => {
    const noise = Float32Array.from({ length: 16 * 12 }, () => random.normals(1)[0]!);
    const [smooth] = filterByGuide([noise], new Float32Array(16 * 12 * 3), {
      ...size,
      radius: 3,
      flat: 0.01,
    });
    const power = (values: Float32Array): number => values.reduce((sum, value) => sum + value * value, 0);
    expect(power(smooth!)).toBeLessThan(0.15 * power(noise));
  });
});
