import { describe, expect, it } from "vitest";
import { loadModels } from "../../src/guidance/index.js";
import { adamInputs, createSteering, latentShape } from "../../src/guidance/steer.js";
import { defaultViews, drawViews } from "../../src/guidance/views.js";
import { loadPack } from "../../src/packs/index.js";
import { type TensorRecord, createRandom, hostFloats, hostZeros } from "../../src/tensor/index.js";
import { differenceErrors } from "../differences.js";
import { writeTinyPack } from "../tiny.js";

describe("the whole steering step", () => {
  it("has the gradient of its loss, by central differences within 3 %, directional terms included", async () => {
    const models = await loadModels(await loadPack(await writeTinyPack()));
    const random = createRandom("steering");
    const shape = latentShape(models);
    const normal = (sides: number[], size: number): TensorRecord[string] =>
      hostFloats(
        random.normals(sides.reduce((product, side) => product * side)).map((value) => value * size),
        sides,
      );
    const unit = (sides: number[]): TensorRecord[string] => normal(sides, 1 / 4); // 16 features: about unit length
    const guides = models.guides.flatMap(({ prefix }) => [
      [`${prefix}terms`, unit([2, 16])] as const,
      [`${prefix}direction`, unit([16])] as const,
    ]);
    const inputs: TensorRecord = {
      ...drawViews({ count: 3, ...defaultViews }, random, { from: 64, to: 64 }),
      ...Object.fromEntries(guides),
      ...adamInputs(0, 0.1),
      noise: normal(shape, 0.1),
      anchor: normal(shape, 1),
      condition: unit([1, 16]),
      termWeights: hostFloats(Float32Array.of(1, -0.5), [2]),
      base: hostFloats(
        Float32Array.from({ length: 64 * 64 * 3 }, () => random.uniform()),
        [1, 64, 64, 3],
      ),
      keep: hostFloats(
        Float32Array.from({ length: 64 * 64 }, (_, at) => (at % 64 < 20 ? 1 : 0)),
        [1, 64, 64, 1],
      ),
      hold: hostFloats(
        Float32Array.from({ length: 64 * 64 }, () => random.uniform()),
        [1, 64, 64, 1],
      ),
    };
    // Gentle enough weights that the gradient is not clipped: the first moment after one step is a tenth of it.
    const weights = { anchor: 0.02, range: 0.1, direction: 0.05, outside: 0.1, realism: 0.05 };
    const steering = await createSteering(
      models,
      { terms: 2, views: 3, weights },
      { engine: "compiled", threads: 1 },
    );
    const step = (at: TensorRecord) =>
      steering.step({ latents: at.latents!, first: hostZeros(shape), second: hostZeros(shape) }, inputs);
    const at = { latents: normal(shape, 1.5) };
    const gradient = async (from: TensorRecord) =>
      (await step(from)).state.first.data.map((value) => value * 10);
    expect(Math.hypot(...(await gradient(at)))).toBeLessThan(1);
    const errors = await differenceErrors(
      {
        value: async (from) => (await step(from)).loss,
        gradients: async (from) => ({ latents: await gradient(from) }),
      },
      at,
    );
    await steering.dispose();
    expect(errors.latents).toBeLessThan(0.03);
  });
});
