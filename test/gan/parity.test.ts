import { describe, expect, it } from "vitest";
import { compile } from "../../src/engine/index.js";
import { type Generator, convertCheckpoint, createGenerator } from "../../src/gan/index.js";
import { type HostTensor, type TensorRecord, hostScalar, parametersFrom } from "../../src/tensor/index.js";
import * as tf from "../../src/tf.js";
import { fixtureOf, plainLatents, seeded } from "./foreign.js";

/** Largest difference, in parts of the largest value. */
function apart(got: HostTensor, expected: HostTensor): number {
  expect(got.shape).toEqual(expected.shape);
  const scale = Math.max(...Array.from(expected.data, Math.abs));
  return Math.max(...Array.from(got.data, (value, at) => Math.abs(value - expected.data[at]!))) / scale;
}

const tolerance = 1e-4;
const engines = ["compiled", "cpu"] as const;

async function run(
  generator: Generator,
  engine: (typeof engines)[number],
  fn: (
    parameters: ReturnType<typeof parametersFrom>,
    inputs: Record<string, tf.Tensor>,
  ) => Record<string, tf.Tensor>,
  inputs: TensorRecord,
): Promise<TensorRecord> {
  const program = await compile((tensors) => fn(parametersFrom(tensors, "g/"), tensors), inputs, {
    weights: Object.fromEntries(Object.entries(generator.weights).map(([key, value]) => [`g/${key}`, value])),
    engine,
  });
  const results = await program.run(inputs);
  await program.dispose();
  return results;
}

/** Picture and gradient of `sum(picture · look)` to the latents. */
function steer(
  generator: Generator,
  engine: (typeof engines)[number],
  fixture: string,
): Promise<TensorRecord> {
  const latents = seeded(fixture, "latents", [2, ...generator.latentShape]);
  const look = seeded(fixture, "look", [2, generator.resolution, generator.resolution, 3]);
  return run(
    generator,
    engine,
    (parameters, { latents: u, look: weights }) => {
      let picture: tf.Tensor | undefined;
      const loss = (at: tf.Tensor): tf.Scalar => {
        picture = tf.keep(generator.synthesize(parameters, at));
        return tf.sum(tf.mul(picture, weights!));
      };
      const gradient = tf.grad(loss)(u!);
      return { picture: picture!, gradient };
    },
    { latents, look },
  );
}

describe.each(engines)("generators against their reference code, %s engine, 1e-4", (engine) => {
  for (const [name, noise] of [
    ["stylegan2", 8],
    ["rosinality", 12],
    ["stylegan3t", 8],
    ["stylegan3r", 8],
  ] as const)
    it(`${name}: w, pictures, gradients to W+`, async () => {
      const { checkpoint, outputs } = await fixtureOf(name);
      const { spec, weights } = convertCheckpoint(checkpoint);
      const generator = createGenerator(spec, { ...weights, ...plainLatents(12) });
      const { picture, gradient } = await steer(generator, engine, name);
      expect(apart(picture!, outputs.picture!)).toBeLessThan(tolerance);
      expect(apart(gradient!, outputs.gradient!)).toBeLessThan(tolerance);
      const draws = { z: seeded(name, "z", [2, noise]), truncation: hostScalar(1) };
      const { w } = await run(
        generator,
        engine,
        (parameters, inputs) => ({
          w: tf.reshape(
            tf.slice(generator.map(parameters, inputs, tf.scalar(0)), [0, 0, 0], [-1, 1, -1]),
            [2, 12],
          ),
        }),
        draws,
      );
      expect(apart(w!, outputs.w!)).toBeLessThan(tolerance);
    });

  it("biggan: pictures, gradients to noise and class logits", async () => {
    const { checkpoint, outputs } = await fixtureOf("biggan");
    const { weights } = convertCheckpoint(checkpoint, { truncation: 0.43 });
    const generator = createGenerator({ kind: "biggan", config: { classes: 10 } }, weights);
    const { picture, gradient } = await steer(generator, engine, "biggan");
    expect(apart(picture!, outputs.picture!)).toBeLessThan(tolerance);
    expect(apart(gradient!, outputs.gradient!)).toBeLessThan(tolerance);
  });

  it("vqgan: codes of pictures, pictures of quantised codes, straight-through gradients", async () => {
    const { checkpoint, outputs } = await fixtureOf("vqgan");
    const { spec, weights } = convertCheckpoint(checkpoint, { resolution: 16 });
    const generator = createGenerator(spec, { ...weights, ...plainLatents(6) });
    const { picture, gradient } = await steer(generator, engine, "vqgan");
    expect(apart(picture!, outputs.picture!)).toBeLessThan(tolerance);
    expect(apart(gradient!, outputs.gradient!)).toBeLessThan(tolerance);
    const given = { picture: seeded("vqgan", "picture", [2, 16, 16, 3]) };
    const { code } = await run(
      generator,
      engine,
      (parameters, inputs) => ({
        code: generator.encode!(parameters, inputs.picture as tf.Tensor4D, tf.scalar(0)),
      }),
      given,
    );
    expect(apart(code!, outputs.code!)).toBeLessThan(tolerance);
  });
});
