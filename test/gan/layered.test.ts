import { describe, expect, it } from "vitest";
import { ConfigError } from "../../src/errors.js";
import { compile } from "../../src/engine/index.js";
import { latentSize, layeredGenerator, poseOf, withPose } from "../../src/gan/index.js";
import { createRandom, hostFloats, parametersFrom, withPrefix } from "../../src/tensor/index.js";
import * as tf from "../../src/tf.js";
import { gradientErrors } from "../differences.js";
import { tinySticker, tinyStickerGenerator } from "../tinySticker.js";

const single = tinyStickerGenerator();
const scene = layeredGenerator(single, 2);
const weights = withPrefix("g/", single.weights);
const size = latentSize(tinySticker.shape.code);
const poses = [
  { x: -0.3, y: 0.2, size: 0.7 },
  { x: 0.25, y: -0.1, size: 0.5 },
];
const rows = poses.map((pose, at) => withPose(createRandom(`layer ${at}`).normals(size), pose));
const latents = hostFloats(Float32Array.from(rows.flatMap((row) => [...row])), [1, 2, size]);

async function run(
  make: (p: ReturnType<typeof parametersFrom>, u: tf.Tensor) => tf.Tensor,
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
      rows.map((row) => run((p, u) => single.regions!.paint(p, u, side), hostFloats(row, [1, size]))),
    );
    const expected = above!.map((value, at) => value + below![at]! * (1 - above![at - (at % 4) + 3]!));
    const both = await run((p, u) => scene.regions!.paint(p, u, side), latents);
    expect(both).toHaveLength(side * side * 4);
    expect(apart(both, expected)).toBeLessThan(1e-4);
    expect(apart(both, above!)).toBeGreaterThan(0.1);
  });

  it("paints alike compiled and eagerly", async () => {
    const [compiled, eager] = [
      await run((p, u) => scene.synthesize(p, u), latents),
      await run((p, u) => scene.synthesize(p, u), latents, "cpu"),
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
    const ones = hostFloats(new Float32Array(2 * size).fill(1), [1, 2, size]);
    const narrowed = await run((_, u) => scene.narrow!(u), ones);
    const own = await run((_, u) => single.narrow!(u), hostFloats(new Float32Array(size).fill(1), [1, size]));
    expect([...narrowed]).toEqual([...own, ...own]);
  });

  it("is refused for a generator of pixels", () => {
    const { regions: _, ...pixels } = single;
    expect(() => layeredGenerator(pixels, 2)).toThrow(ConfigError);
  });
});
