import { describe, expect, it } from "vitest";
import { loadModels } from "../../src/guidance/index.js";
import { latentShapeOf } from "../../src/guidance/programs/pictures.js";
import { adamInputsAt, createSteering } from "../../src/guidance/programs/steer.js";
import { defaultViews, drawViews } from "../../src/guidance/objectives/views.js";
import { loadPack } from "../../src/packs/index.js";
import { type TensorRecord, createRandom, hostFloats, hostZeros } from "../../src/tensor/index.js";
import { differenceErrors } from "../differences.js";
import { writeTinyPack } from "../tiny.js";

describe("the whole steering step", () => {
  const random = createRandom("steering");
  const normal = (sides: readonly number[], size: number): TensorRecord[string] =>
    hostFloats(
      random.normals(sides.reduce((product, side) => product * side)).map((value) => value * size),
      sides,
    );
  const unit = (sides: number[]): TensorRecord[string] => normal(sides, 1 / 4); // 16 features: about unit length
  // Gentle enough weights that the gradient is not clipped: the first moment after one step is a tenth of it.
  const weights = { anchor: 0.02, range: 0.1, direction: 0.05, outside: 0.1, realism: 0.05, boundary: 0 };

  const measure = { distance: "spherical", floor: true } as const;

  /** A steering step of a tiny pack with everything in its loss, as a function of the state. */
  async function stepOf(views: number) {
    const models = await loadModels(await loadPack(await writeTinyPack()));
    const shape = latentShapeOf(models);
    const guides = models.guides.flatMap(({ prefix }) => [
      [`${prefix}terms`, unit([2, 16])] as const,
      [`${prefix}direction`, unit([16])] as const,
    ]);
    const inputs: TensorRecord = {
      ...drawViews({ count: views, ...defaultViews }, random, { from: 64, to: 64 }),
      ...Object.fromEntries(guides),
      ...adamInputsAt(0, 0.1),
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
    const create = (size?: number) =>
      createSteering(
        models,
        {
          terms: 2,
          views,
          weights,
          measure,
          edit: true,
          shared: false,
          ...(size !== undefined && { together: size }),
        },
        { engine: "compiled", threads: 1 },
      );
    const at = { latents: normal(shape, 1.5), first: hostZeros(shape), second: hostZeros(shape) };
    return { create, inputs, at };
  }

  it("has the gradient of its loss, by central differences within 3 %, directional terms included", async () => {
    const { create, inputs, at: start } = await stepOf(3);
    const steering = await create();
    const step = (at: TensorRecord) => steering.step({ ...start, ...at }, inputs);
    const at = { latents: start.latents };
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

  it("is the same, to 1e-4, when its views are looked at a few at a time, the last chunk not full", async () => {
    const { create, inputs, at } = await stepOf(7);
    const [whole, chunked] = [await create(), await create(3)];
    const [expected, got] = [await whole.step(at, inputs), await chunked.step(at, inputs)];
    await Promise.all([whole.dispose(), chunked.dispose()]);
    const near = (a: number, b: number): void =>
      expect(Math.abs(a - b)).toBeLessThan(1e-4 * (1 + Math.abs(b)));
    near(got.loss, expected.loss);
    expect(Object.keys(got.terms).sort()).toEqual(Object.keys(expected.terms).sort());
    for (const [name, value] of Object.entries(expected.terms)) near(got.terms[name]!, value);
    expected.picture.data.forEach((value, at) => near(got.picture.data[at]!, value));
    // The first moment is the gradient; its size says how near is near.
    const size = Math.hypot(...expected.state.first.data);
    expect(size).toBeGreaterThan(1e-3);
    expected.state.first.data.forEach((value, at) =>
      expect(Math.abs(got.state.first.data[at]! - value)).toBeLessThan(1e-4 * size),
    );
  });
});
