import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type VitConfig, resizeForEncoder, resizeSquare } from "../../src/clip/index.js";
import { compile } from "../../src/engine/index.js";
import { hostFloats } from "../../src/tensor/index.js";
import * as tf from "../../src/tf.js";

interface Case {
  kind: "smooth" | "edges";
  width: number;
  height: number;
  side: number;
  squash: boolean;
  pixels: string;
}
const cases = JSON.parse(
  await readFile(join(import.meta.dirname, "fixtures", "pixels.json"), "utf8"),
) as Case[];

/** The pictures of make_pixels.py. */
function draw({ kind, width, height }: Case): Float32Array {
  const data = new Float32Array(width * height * 3);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < 3; c++) {
        const value =
          kind === "smooth"
            ? 0.5 +
              0.25 * Math.sin(x * 0.21 + c) +
              0.2 * Math.cos(y * 0.13 - x * 0.05) +
              0.05 * Math.sin(x * 12.9 + y * 78.2 + c)
            : (((Math.floor(x / 3) + Math.floor(y / (2 + c))) % 2) * 0.8 + (x > width / 2 ? 1 : 0)) / 1.8;
        data[(y * width + x) * 3 + c] = Math.floor(Math.min(1, Math.max(0, value)) * 255 + 0.5) / 255;
      }
  return data;
}

const encoder = (side: number, pool: VitConfig["pool"]): VitConfig =>
  ({ kind: "vit", side, pool }) as VitConfig; // preparing looks at nothing else

describe("preparing pictures, against Pillow (fixtures/make_pixels.py)", () => {
  it("gives the same bytes but for rounding: at most 1/255 apart, seldom that", () => {
    let different = 0;
    let total = 0;
    for (const each of cases) {
      const expected = Buffer.from(each.pixels, "base64");
      const config = encoder(each.side, each.squash ? "attention" : "class");
      const got = resizeForEncoder(config, { ...each, data: draw(each) });
      expect(got.shape).toEqual([1, each.side, each.side, 3]);
      const apart = Array.from(got.data, (value, at) => Math.abs(Math.round(value * 255) - expected[at]!));
      expect({ ...each, pixels: Math.max(...apart) }).toEqual({ ...each, pixels: expect.toBeOneOf([0, 1]) });
      different += apart.filter((value) => value > 0).length;
      total += apart.length;
    }
    expect(different / total).toBeLessThan(0.005);
  });

  it("is the same in a graph but for rounding, also on hard edges, and its gradient leads into [0, 1]", async () => {
    for (const each of cases.filter(({ width, height }) => width === height)) {
      const expected = Buffer.from(each.pixels, "base64");
      const feeds = { x: hostFloats(draw(each), [1, each.width, each.width, 3]) };
      const program = await compile(({ x }) => {
        const resized = (images: tf.Tensor): tf.Tensor4D => resizeSquare(images as tf.Tensor4D, each.side);
        return { y: resized(x!), gradient: tf.grad((images: tf.Tensor) => tf.sum(resized(images)))(x!) };
      }, feeds);
      const { y, gradient } = await program.run(feeds);
      await program.dispose();
      const apart = Array.from(y!.data, (value, at) => Math.abs(value * 255 - expected[at]!));
      expect(Math.max(...apart)).toBeLessThan(1.5);
      // Rows of the matrices sum to 1, so that the whole gradient is the number of output values that it may lower.
      const sum = (gradient!.data as Float32Array).reduce((total, value) => total + value, 0);
      expect(sum / (3 * each.side ** 2)).toBeCloseTo(1, each.kind === "smooth" ? 4 : 0);
    }
  });
});
