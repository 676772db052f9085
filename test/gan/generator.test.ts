import { describe, expect, it } from "vitest";
import { compile } from "../../src/engine/index.js";
import { mapLatents, synthesize } from "../../src/gan/index.js";
import { createRandom, hostFloats, parametersFrom } from "../../src/tensor/index.js";
import * as tf from "../../src/tf.js";
import { generatorWeights, tinyGenerator } from "../tiny.js";

const weights = generatorWeights("generator");
const config = { ...tinyGenerator, widths: [...tinyGenerator.widths] };
const random = createRandom("latents");
const latents = hostFloats(random.normals(2 * 5 * 8), [2, 5, 8]);
const look = hostFloats(random.normals(2 * 64 * 64 * 3), [2, 64, 64, 3]);

const picture = (tensors: Record<string, tf.Tensor>, at: tf.Tensor): tf.Tensor =>
  synthesize(parametersFrom(tensors), config, at as tf.Tensor3D);

describe("generator", () => {
  it("makes pictures of 64 × 64 in [−1, 1], the same compiled and on the cpu backend", async () => {
    const results = await Promise.all(
      (["compiled", "cpu"] as const).map(async (engine) => {
        const program = await compile(
          (tensors) => ({ y: picture(tensors, tensors.latents!) }),
          { latents },
          { weights, engine },
        );
        const { y } = await program.run({ latents });
        await program.dispose();
        return y!;
      }),
    );
    const [compiled, eager] = results as [(typeof results)[0], (typeof results)[0]];
    expect(compiled.shape).toEqual([2, 64, 64, 3]);
    compiled.data.forEach((value, at) => {
      if (Math.abs(value) > 1 + 1e-6 || Math.abs(value - eager.data[at]!) > 1e-4)
        expect.fail(`value ${at}: ${value} and ${eager.data[at]}`);
    });
  });

  it("has the gradient that central differences give, within 2 %, in 8 latents of every layer", async () => {
    const program = await compile(
      (tensors) => {
        const fn = (u: tf.Tensor): tf.Scalar => tf.sum(tf.mul(picture(tensors, u), tensors.look!));
        return { made: picture(tensors, tensors.latents!), gradient: tf.grad(fn)(tensors.latents!) };
      },
      { latents, look },
      { weights },
    );
    const { gradient } = await program.run({ latents, look });
    const scale = Math.max(...(gradient!.data as Float32Array).map(Math.abs));
    const step = 3e-4; // small, because leaky ReLUs bend everywhere; so the sum is taken in double precision
    for (let at = 0; at < 80; at += 5) {
      const valueAt = async (by: number): Promise<number> => {
        const data = (latents.data as Float32Array).slice();
        data[at]! += by;
        const { made } = await program.run({ latents: hostFloats(data, [2, 5, 8]), look });
        return (made!.data as Float32Array).reduce((sum, value, index) => sum + value * look.data[index]!, 0);
      };
      const difference = ((await valueAt(step)) - (await valueAt(-step))) / (2 * step);
      expect(Math.abs(difference - gradient!.data[at]!)).toBeLessThan(0.02 * scale);
    }
    await program.dispose();
  });

  it("hears its condition and its noise", async () => {
    const program = await compile(
      (tensors) => ({ w: mapLatents(parametersFrom(tensors), config, tensors.z!, tensors.condition!) }),
      { z: { shape: [1, 8], dtype: "float32" }, condition: { shape: [1, 18], dtype: "float32" } },
      { weights },
    );
    const run = async (z: number, condition: number) =>
      (
        await program.run({
          z: hostFloats(new Float32Array(8).fill(z), [1, 8]),
          condition: hostFloats(new Float32Array(18).fill(condition), [1, 18]),
        })
      ).w!.data;
    const base = await run(0.1, 0.1);
    expect(await run(0.2, 0.1)).not.toEqual(base);
    expect(await run(0.1, 0.2)).not.toEqual(base);
    await program.dispose();
  });
});
