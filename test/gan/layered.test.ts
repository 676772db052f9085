import { describe, expect, it } from "vitest";
import { ConfigError } from "../../src/errors.js";
import { compile } from "../../src/engine/index.js";
import {
  type LayerFlags,
  joinLayer,
  latentSizeOf,
  createLayeredGenerator,
  listPixelCentres,
  plainLayer,
  poseOf,
  splitLayer,
  replacePose,
} from "../../src/gan/index.js";
import { createRandom, hostFloats, parametersFrom, withPrefix } from "../../src/tensor/index.js";
import * as tf from "../../src/tf.js";
import { gradientErrors } from "../differences.js";
import { tinySticker, tinyStickerGenerator } from "../tinySticker.js";

const single = tinyStickerGenerator();
const scene = createLayeredGenerator(single, 2);
const weights = withPrefix("g/", single.weights);
const size = latentSizeOf(tinySticker.shape);
const poses = [
  { x: -0.3, y: 0.2, size: 0.7 },
  { x: 0.25, y: -0.1, size: 0.5 },
];
const rows = poses.map((pose, at) => replacePose(createRandom(`layer ${at}`).normals(size), pose));
const rowSize = size + 20;
const layerRows = rows.map((row) => joinLayer(row, plainLayer));
const latents = hostFloats(Float32Array.from(layerRows.flatMap((row) => [...row])), [1, 2, rowSize]);

async function run(
  make: (parameters: ReturnType<typeof parametersFrom>, u: tf.Tensor) => tf.Tensor,
  input: typeof latents,
  engine: "compiled" | "cpu" = "compiled",
): Promise<Float32Array> {
  const program = await compile(
    (tensors) => ({ out: make(parametersFrom(tensors, "g/"), tensors.latents!) }),
    { latents: input },
    { weights, engine, threads: 1 },
  );
  const { out } = await program.run({ latents: input });
  await program.dispose();
  return out!.data as Float32Array;
}

const apart = (a: Float32Array, b: Float32Array): number =>
  a.reduce((most, value, at) => Math.max(most, Math.abs(value - b[at]!)), 0);

describe("a generator of layers", () => {
  it("writes and reads poses", () => {
    const { x, y, size: side } = poseOf(rows[0]!);
    expect([x, y, side]).toEqual([expect.closeTo(-0.3, 5), expect.closeTo(0.2, 5), expect.closeTo(0.7, 5)]);
  });

  it("composites its layers over each other, each at its pose", async () => {
    const side = 64;
    const [below, above] = await Promise.all(
      rows.map((row) =>
        run((parameters, u) => single.regions!.paint(parameters, u, side), hostFloats(row, [1, size])),
      ),
    );
    const expected = above!.map((value, at) => value + below![at]! * (1 - above![at - (at % 4) + 3]!));
    const both = await run((parameters, u) => scene.regions!.paint(parameters, u, side), latents);
    expect(both).toHaveLength(side * side * 4);
    expect(apart(both, expected)).toBeLessThan(1e-4);
    expect(apart(both, above!)).toBeGreaterThan(0.1);
  });

  it("paints alike compiled and eagerly", async () => {
    const [compiled, eager] = [
      await run((parameters, u) => scene.synthesize(parameters, u), latents),
      await run((parameters, u) => scene.synthesize(parameters, u), latents, "cpu"),
    ];
    expect(compiled).toHaveLength(64 * 64 * 3);
    expect(apart(compiled, eager)).toBeLessThan(2e-3);
  });

  it("has right gradients to the codes, fills and poses of all layers", async () => {
    const target = hostFloats(createRandom("target").normals(32 * 32 * 4), [1, 32, 32, 4]);
    const errors = await gradientErrors(
      (tensors) => {
        const painted = scene.regions!.paint(parametersFrom(tensors, "g/"), tensors.latents!, 32);
        return tf.mean(tf.mul(painted, tensors.target!));
      },
      { latents },
      { ...weights, target },
    );
    expect(errors.latents).toBeLessThan(0.02);
  }, 60_000);

  it("moves each layer as the generator's own latents move", async () => {
    const ones = hostFloats(new Float32Array(2 * rowSize).fill(1), [1, 2, rowSize]);
    const narrowed = await run((_, u) => scene.narrow!(u), ones);
    const own = await run((_, u) => single.narrow!(u), hostFloats(new Float32Array(size).fill(1), [1, size]));
    for (const at of [0, 1])
      expect([...narrowed.subarray(at * rowSize, at * rowSize + size)]).toEqual([...own]);
  });

  it("is refused for a generator of pixels", () => {
    const { regions: _, ...pixels } = single;
    expect(() => createLayeredGenerator(pixels, 2)).toThrow(ConfigError);
  });
});

describe("a layer's flags", () => {
  const flags = { mirrored: true, hidden: plainLayer.hidden.map((_, at) => at % 2 === 0) };
  const side = 64;
  /** Pixels and logits of one layer in a window of the whole canvas. */
  const painted = async (
    pose: { x: number; y: number; size: number },
    own: LayerFlags,
    engine: "compiled" | "cpu" = "compiled",
  ): Promise<{ rgba: Float32Array; logits: Float32Array }> => {
    const one = createLayeredGenerator(single, 1);
    const row = joinLayer(replacePose(rows[0]!.slice(0, size), pose), own);
    const input = hostFloats(row, [1, 1, row.length]);
    const program = await compile(
      (tensors) => {
        const centres = tf.tensor2d(listPixelCentres(side), [1, side]);
        const parts = one.regions!.parts(parametersFrom(tensors, "g/"), tensors.latents!);
        return one.regions!.paintWindow(parts, side, { x: centres, y: centres });
      },
      { latents: input },
      { weights, engine, threads: 1 },
    );
    const { rgba, logits } = await program.run({ latents: input });
    await program.dispose();
    return { rgba: rgba!.data as Float32Array, logits: logits!.data as Float32Array };
  };

  it("are joined to latents and split from them", () => {
    const { latents: own, flags: read } = splitLayer(joinLayer(rows[0]!, flags));
    expect(own).toEqual(rows[0]);
    expect(read).toEqual(flags);
    expect(splitLayer(joinLayer(rows[0]!, plainLayer)).flags).toEqual(plainLayer);
    const cut = { x: 0.25, y: -0.1, half: 0.5, sag: 0.13 };
    expect(splitLayer(joinLayer(rows[0]!, { ...flags, cut })).flags).toEqual({ ...flags, cut });
  });

  it("mirror a layer about its centre", async () => {
    const [plain, mirrored] = await Promise.all([
      painted({ x: 0.25, y: 0.1, size: 0.6 }, plainLayer),
      painted({ x: -0.25, y: 0.1, size: 0.6 }, { ...plainLayer, mirrored: true }),
    ]);
    const flipped = plain.rgba.map((_, at) => {
      const [pixel, channel] = [Math.floor(at / 4), at % 4];
      const column = pixel % side;
      return plain.rgba[(pixel - column + side - 1 - column) * 4 + channel]!;
    });
    expect(apart(mirrored.rgba, flipped)).toBeLessThan(1e-4);
    expect(apart(mirrored.rgba, plain.rgba)).toBeGreaterThan(0.1);
  });

  it("make hidden regions transparent and leave the others as they are", async () => {
    const pose = { x: 0, y: 0, size: 0.94 };
    const plain = await painted(pose, plainLayer);
    const [leading, margins]: [number[], number[]] = [[], []];
    for (let pixel = 0; pixel < side * side; pixel++) {
      const logits = plain.logits.subarray(pixel * 16, (pixel + 1) * 16);
      const order = [...logits.keys()].sort((a, b) => logits[b]! - logits[a]!);
      leading.push(order[0]!);
      margins.push(logits[order[0]!]! - logits[order[1]!]!);
    }
    const sizeOf = (slot: number): number => leading.filter((each) => each === slot).length;
    const [largest] = plainLayer.hidden.map((_, at) => at + 1).sort((a, b) => sizeOf(b) - sizeOf(a));
    const hidden = plainLayer.hidden.map((_, at) => at + 1 === largest);
    const without = await painted(pose, { mirrored: false, hidden });
    let [hiddenPixels, otherPixels] = [0, 0];
    leading.forEach((slot, pixel) => {
      if (margins[pixel]! < 2) return; // near an edge
      if (slot === largest) {
        hiddenPixels++;
        expect(without.rgba[pixel * 4 + 3]).toBeLessThan(0.5);
      } else {
        otherPixels++;
        expect(Math.abs(without.rgba[pixel * 4 + 3]! - plain.rgba[pixel * 4 + 3]!)).toBeLessThan(0.35);
      }
    });
    expect(Math.min(hiddenPixels, otherPixels)).toBeGreaterThan(20);
  });

  it("cut a layer off below a curve, and leave what is above as it is", async () => {
    const pose = { x: 0.1, y: -0.1, size: 0.8 };
    const cut = { x: 0.2, y: 0.1, half: 0.5, sag: 0.3 };
    const [plain, above] = await Promise.all([
      painted(pose, plainLayer),
      painted(pose, { ...plainLayer, cut }),
    ]);
    let [hidden, unchanged] = [0, 0];
    for (let pixel = 0; pixel < side * side; pixel++) {
      const x = (((pixel % side) + 0.5) / (side / 2) - 1 - pose.x) / pose.size;
      const y = ((Math.floor(pixel / side) + 0.5) / (side / 2) - 1 - pose.y) / pose.size;
      const curve = cut.y + cut.sag * Math.max(0, 1 - ((x - cut.x) / cut.half) ** 2);
      const [before, after] = [plain.rgba[pixel * 4 + 3]!, above.rgba[pixel * 4 + 3]!];
      if (y > curve + 0.05) expect(after).toBeLessThan(0.02);
      if (y < curve - 0.05) expect(after).toBeCloseTo(before, 4);
      if (before > 0.5) [hidden, unchanged] = y > curve ? [hidden + 1, unchanged] : [hidden, unchanged + 1];
    }
    expect(Math.min(hidden, unchanged)).toBeGreaterThan(50);
  });

  it("paint alike compiled and eagerly", async () => {
    const pose = { x: -0.1, y: 0.2, size: 0.7 };
    const [compiled, eager] = [await painted(pose, flags), await painted(pose, flags, "cpu")];
    expect(apart(compiled.rgba, eager.rgba)).toBeLessThan(2e-3);
  });

  it("do not change when a layer moves", async () => {
    const ones = hostFloats(new Float32Array(2 * rowSize).fill(1), [1, 2, rowSize]);
    for (const part of [scene.narrow!, scene.regions!.fillPart]) {
      const change = await run((_, u) => part(u), ones);
      for (const at of [0, 1]) {
        const moved = change.subarray(at * rowSize + size, (at + 1) * rowSize);
        expect([...moved]).toEqual(new Array(20).fill(0));
      }
    }
  });
});
