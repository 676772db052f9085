import { describe, expect, it } from "vitest";
import { compile } from "../../src/engine/index.js";
import { mapToEmojiCode, decodeEmoji, encodeEmoji, mapEmojiLatents } from "../../src/gan/index.js";
import { createRandom, hostFloats, parametersFrom, scope } from "../../src/tensor/index.js";
import { loadPack } from "../../src/packs/index.js";
import { loadGenerator } from "../../src/guidance/index.js";
import * as tf from "../../src/tf.js";
import { generatorWeights, tinyEncoder, tinyGenerator, writeTinyPack } from "../tiny.js";

const weights = generatorWeights("generator");
const config = { ...tinyGenerator, widths: [...tinyGenerator.widths] };
const random = createRandom("latents");
const latents = hostFloats(random.normals(2 * 8 * 8 * 2), [2, 8, 8, 2]);
const look = hostFloats(random.normals(2 * 64 * 64 * 3), [2, 64, 64, 3]);

const picture = (tensors: Record<string, tf.Tensor>, at: tf.Tensor): tf.Tensor =>
  decodeEmoji(parametersFrom(tensors), config, at as tf.Tensor4D);

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

  it("has the gradient that central differences give, within 2 %, in numbers of every channel of the code", async () => {
    const program = await compile(
      (tensors) => {
        const fn = (u: tf.Tensor): tf.Scalar => tf.sum(tf.mul(picture(tensors, u), tensors.look!));
        return { painted: picture(tensors, tensors.latents!), gradient: tf.grad(fn)(tensors.latents!) };
      },
      { latents, look },
      { weights },
    );
    const { gradient } = await program.run({ latents, look });
    const scale = Math.max(...(gradient!.data as Float32Array).map(Math.abs));
    const step = 3e-4; // small, because leaky ReLUs bend everywhere; so the sum is taken in double precision
    for (let at = 0; at < 256; at += 13) {
      const valueAt = async (by: number): Promise<number> => {
        const data = (latents.data as Float32Array).slice();
        data[at]! += by;
        const { painted } = await program.run({ latents: hostFloats(data, [2, 8, 8, 2]), look });
        return (painted!.data as Float32Array).reduce(
          (sum, value, index) => sum + value * look.data[index]!,
          0,
        );
      };
      const difference = ((await valueAt(step)) - (await valueAt(-step))) / (2 * step);
      expect(Math.abs(difference - gradient!.data[at]!)).toBeLessThan(0.02 * scale);
    }
    await program.dispose();
  });

  it("hears its condition", async () => {
    const program = await compile(
      (tensors) => {
        const parameters = parametersFrom(tensors);
        return {
          code: mapToEmojiCode(parameters, config, mapEmojiLatents(parameters, config, tensors.condition!)),
        };
      },
      { condition: { shape: [1, 18], dtype: "float32" } },
      { weights },
    );
    const run = async (condition: number) =>
      (await program.run({ condition: hostFloats(new Float32Array(18).fill(condition), [1, 18]) })).code!
        .data;
    expect(await run(0.2)).not.toEqual(await run(0.1));
    await program.dispose();
  });
});

describe("the emoji generator behind the common interface", () => {
  it("gives the encoder's code of a picture back, whatever w is told, and narrows a change to w", async () => {
    const pack = await loadPack(await writeTinyPack());
    const generator = await loadGenerator(pack);
    const inputs = {
      pictures: hostFloats(random.normals(2 * 64 * 64 * 3).map(Math.tanh), [2, 64, 64, 3]),
      condition: hostFloats(random.normals(2 * 16), [2, 16]),
    };
    const program = await compile(
      (tensors) => {
        const parameters = parametersFrom(tensors);
        const pictures = tensors.pictures as tf.Tensor4D;
        const { mean } = encodeEmoji(scope(parameters, "encoder"), tinyEncoder, pictures, tinyGenerator.code);
        const u = generator.encode!(parameters, pictures, tensors.condition!);
        return {
          straight: decodeEmoji(parameters, config, mean),
          through: generator.synthesize(parameters, u),
          narrowed: generator.narrow!(u),
          u,
        };
      },
      inputs,
      { weights: generator.weights },
    );
    const { straight, through, narrowed, u } = await program.run(inputs);
    await program.dispose();
    straight!.data.forEach((value, at) => expect(through!.data[at]).toBeCloseTo(value, 4));
    expect(u!.shape).toEqual([2, 17, 8]);
    narrowed!.data.forEach((value, at) => expect(value).toBe(at % (17 * 8) < 8 ? u!.data[at] : 0));
  });
});
