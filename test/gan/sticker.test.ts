import { describe, expect, it } from "vitest";
import { compile } from "../../src/engine/index.js";
import {
  latentSizeOf,
  logitSide,
  listPixelCentres,
  slotCount,
  computeSlotLogits,
  makeSplineMatrix,
} from "../../src/gan/index.js";
import { smoothMaps } from "../../src/gan/sticker/networks.js";
import {
  type TensorRecord,
  createRandom,
  hostFloats,
  parametersFrom,
  withPrefix,
} from "../../src/tensor/index.js";
import * as tf from "../../src/tf.js";
import { gradientErrors } from "../differences.js";
import { paintShapes } from "../vector/regions.js";
import { tinySticker, tinyStickerGenerator } from "../tinySticker.js";

const generator = tinyStickerGenerator();
const weights = withPrefix("g/", generator.weights);
const size = latentSizeOf(tinySticker.shape);
const latents = hostFloats(createRandom("latents").normals(size), [1, size]);

async function painted(side: number, engine: "compiled" | "cpu" = "compiled"): Promise<Float32Array> {
  const program = await compile(
    (tensors) => ({ rgba: generator.regions!.paint(parametersFrom(tensors, "g/"), tensors.latents!, side) }),
    { latents },
    { weights, engine, threads: 1 },
  );
  const { rgba } = await program.run({ latents });
  await program.dispose();
  return rgba!.data as Float32Array;
}

const differences = (a: Float32Array, b: Float32Array): Float32Array =>
  a.map((value, at) => Math.abs(value - b[at]!));
const largest = (values: Float32Array): number => values.reduce((most, value) => Math.max(most, value), 0);

/** Averages squares of pixels. */
function reduced(rgba: Float32Array, side: number, to: number): Float32Array {
  const factor = side / to;
  const out = new Float32Array(to * to * 4);
  rgba.forEach((value, at) => {
    const [pixel, channel] = [Math.floor(at / 4), at % 4];
    const [x, y] = [Math.floor((pixel % side) / factor), Math.floor(Math.floor(pixel / side) / factor)];
    out[(y * to + x) * 4 + channel]! += value / factor ** 2;
  });
  return out;
}

describe("smoothed logits", () => {
  it("are the weighted means of neighbours along both axes, and constant maps stay as they are", async () => {
    const [rows, columns, share] = [5, 6, 0.2];
    const values = createRandom("maps").normals(2 * rows * columns * 3);
    const maps = hostFloats(values, [2, rows, columns, 3]);
    const program = await compile(
      (tensors) => ({
        smooth: smoothMaps(tensors.maps as tf.Tensor4D, share),
        constant: smoothMaps(tf.ones([1, rows, columns, 1]), share),
      }),
      { maps },
      { threads: 1 },
    );
    const { smooth, constant } = await program.run({ maps });
    await program.dispose();
    const at = (b: number, y: number, x: number, c: number): number => {
      const [row, column] = [Math.min(rows - 1, Math.max(0, y)), Math.min(columns - 1, Math.max(0, x))];
      return values[((b * rows + row) * columns + column) * 3 + c]!;
    };
    const along = (b: number, y: number, x: number, c: number): number =>
      (1 - 2 * share) * at(b, y, x, c) + share * (at(b, y, x - 1, c) + at(b, y, x + 1, c));
    smooth!.data.forEach((value, index) => {
      const [c, x, y] = [index % 3, Math.floor(index / 3) % columns, Math.floor(index / 3 / columns) % rows];
      const b = Math.floor(index / 3 / columns / rows);
      const expected =
        (1 - 2 * share) * along(b, y, x, c) + share * (along(b, y - 1, x, c) + along(b, y + 1, x, c));
      expect(value).toBeCloseTo(expected, 5);
    });
    constant!.data.forEach((value) => expect(value).toBeCloseTo(1, 6));
  });

  it("have straighter outlines where logits are saturated", async () => {
    const side = 256;
    const edge = (x: number): number => 20 + 0.3 * x;
    const program = await compile(
      () => {
        const half = Float32Array.from({ length: logitSide * logitSide * slotCount }, (_, at) => {
          const [slot, x] = [at % slotCount, Math.floor(at / slotCount) % logitSide];
          const inside = Math.floor(at / slotCount / logitSide) + 0.5 > edge(x + 0.5);
          if (slot > 1) return -10;
          return inside === (slot === 1) ? 10 : -10;
        });
        const maps = tf.tensor4d(half, [1, logitSide, logitSide, slotCount]);
        const labelsOf = (share: number): tf.Tensor =>
          tf.cast(tf.argMax(computeSlotLogits(smoothMaps(maps, share), side), 3), "int32");
        return { rough: labelsOf(0), smooth: labelsOf(0.2) };
      },
      {},
      { threads: 1 },
    );
    const out = await program.run({});
    await program.dispose();
    /** Standard deviation of the outline's distance from the line, in pixels of 256. */
    const unevenness = (labels: ArrayLike<number>): number => {
      const apart = Array.from({ length: side - 40 }, (_, index) => {
        const x = index + 20;
        let row = 0;
        while (labels[row * side + x] !== 1) row++;
        return row - (edge((x + 0.5) / 4) * 4 - 0.5);
      });
      const mean = apart.reduce((sum, value) => sum + value, 0) / apart.length;
      return Math.sqrt(apart.reduce((sum, value) => sum + (value - mean) ** 2, 0) / apart.length);
    };
    expect(unevenness(out.smooth!.data)).toBeLessThan(0.8 * unevenness(out.rough!.data));
  });
});

describe("sticker generator", () => {
  it.each([64, 100, 256])("paints %i pixels a side alike compiled and eagerly", async (side) => {
    const [compiled, eager] = [await painted(side), await painted(side, "cpu")];
    expect(compiled).toHaveLength(side * side * 4);
    expect(largest(differences(compiled, eager))).toBeLessThan(2e-3);
  });

  it("paints opaque and transparent pixels, and shares within 0 and 1", async () => {
    const alpha = (await painted(256)).filter((_, at) => at % 4 === 3);
    expect(alpha.some((value) => value < 0.01)).toBe(true);
    expect(alpha.some((value) => value > 0.99)).toBe(true);
    expect(alpha.every((value) => value >= 0 && value <= 1 + 1e-6)).toBe(true);
  });

  it("paints one picture at every size: 512 averaged down is 64", async () => {
    const shapes = [
      {
        inside: (x: number, y: number) => 0.7 - Math.hypot(x, y),
        fill: [0.9, 0.2, 0.1, 0.1, 0, 0, 0, 0.1, 0],
      },
      {
        inside: (x: number, y: number) => 0.3 - Math.hypot(x - 0.2, y),
        fill: [0.1, 0.2, 0.8, 0, 0, 0, 0, 0, 0],
      },
    ];
    const [large, small] = await Promise.all([512, 64].map((side) => paintShapes(shapes, side)));
    const error = differences(reduced(large!.rgba, 512, 64), small!.rgba);
    const squares = error.reduce((sum, value) => sum + value * value, 0) / error.length;
    expect(-10 * Math.log10(squares)).toBeGreaterThan(35);
  });

  it("paints a window as it paints the whole", async () => {
    const side = 96;
    const whole = await painted(side);
    const centres = hostFloats(listPixelCentres(side), [1, side]);
    const inputs: TensorRecord = {
      latents,
      x: hostFloats(centres.data.slice(20, 60) as Float32Array, [1, 40]),
      y: hostFloats(centres.data.slice(70, 95) as Float32Array, [1, 25]),
    };
    const program = await compile(
      ({ x, y, ...tensors }) => {
        const parts = generator.regions!.parts(parametersFrom(tensors, "g/"), tensors.latents!);
        const window = { x: x as tf.Tensor2D, y: y as tf.Tensor2D };
        return { ...generator.regions!.paintWindow(parts, side, window) };
      },
      inputs,
      { weights, threads: 1 },
    );
    const { rgba, logits } = await program.run(inputs);
    await program.dispose();
    expect(rgba!.shape).toEqual([1, 25, 40, 4]);
    expect(logits!.shape).toEqual([1, 25, 40, 16]);
    const expected = Float32Array.from({ length: 25 * 40 * 4 }, (_, at) => {
      const [pixel, channel] = [Math.floor(at / 4), at % 4];
      return whole[((70 + Math.floor(pixel / 40)) * side + 20 + (pixel % 40)) * 4 + channel]!;
    });
    expect(largest(differences(rgba!.data as Float32Array, expected))).toBeLessThan(1e-4);
  });

  it("has the slopes that differences show, along principal directions, fills and pose", async () => {
    const blocks: Record<string, [number, number]> = {
      principal: [0, 64],
      fills: [size - 3 - 135, size - 3],
      pose: [size - 3, size],
    };
    const look = hostFloats(createRandom("look").normals(64 * 64 * 3), [1, 64, 64, 3]);
    for (const [name, [from, to]] of Object.entries(blocks)) {
      const part = hostFloats((latents.data as Float32Array).map((value) => value * 0.3).slice(from, to), [
        1,
        to - from,
      ]);
      const rest = {
        before: hostFloats(latents.data.slice(0, from) as Float32Array, [1, from]),
        after: hostFloats(latents.data.slice(to) as Float32Array, [1, size - to]),
      };
      const sides = (from > 0 ? ["before"] : []).concat(to < size ? ["after"] : []);
      const errors = await gradientErrors(
        (tensors) => {
          const row = [
            from > 0 ? tensors.before! : undefined,
            tensors[name]!,
            to < size ? tensors.after! : undefined,
          ];
          const u = tf.concat(
            row.filter((each) => each !== undefined),
            1,
          );
          const picture = generator.synthesize(parametersFrom(tensors, "g/"), u);
          return tf.mean(tf.mul(picture, tensors.look!));
        },
        { [name]: part },
        {
          ...weights,
          look,
          ...Object.fromEntries(sides.map((side) => [side, rest[side as "before" | "after"]])),
        },
      );
      expect(errors[name], name).toBeLessThan(0.05);
    }
  });
});

describe("splineMatrix", () => {
  it("has rows that sum to 1, past the ends too", async () => {
    const centres = hostFloats(
      Float32Array.from({ length: 41 }, (_, at) => (at - 20) / 14),
      [1, 41],
    );
    const program = await compile(
      ({ centres: given }) => ({ sums: tf.sum(makeSplineMatrix(given as tf.Tensor2D, logitSide), 2) }),
      { centres },
      { threads: 1 },
    );
    const { sums } = await program.run({ centres });
    await program.dispose();
    expect(sums!.data).toHaveLength(41);
    for (const sum of sums!.data) expect(sum).toBeCloseTo(1, 5);
  });
});
