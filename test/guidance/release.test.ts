import { beforeAll, describe, expect, it } from "vitest";
import { compile } from "../../src/engine/index.js";
import { measureOutlineLength } from "../../src/gan/sticker/index.js";
import { type Recipe, type SteerModels, defaultRecipe, loadModels } from "../../src/guidance/index.js";
import { createObjective } from "../../src/guidance/objectives/objective.js";
import { createAdamOptimizer, countIndependent } from "../../src/guidance/optimisers/optimizer.js";
import { latentShapeOf } from "../../src/guidance/programs/pictures.js";
import { createSteering } from "../../src/guidance/programs/steer.js";
import { loadPack } from "../../src/packs/index.js";
import { type HostTensor, createRandom, hostFloats, hostZeros } from "../../src/tensor/index.js";
import * as tf from "../../src/tf.js";
import { gradientErrors } from "../differences.js";
import { writeTinyStickerPack } from "../tinySticker.js";

let models: SteerModels;
beforeAll(async () => {
  models = await loadModels(await loadPack(await writeTinyStickerPack()));
});

const unit = (name: string): HostTensor => {
  const values = createRandom(name).normals(16);
  const norm = Math.hypot(...values);
  return hostFloats(
    values.map((value) => value / norm),
    [1, 16],
  );
};

/** Groups of coordinates that moved in each of the steps of an ascent. */
async function movedGroups(changes: Partial<Recipe>, steps: number): Promise<number[][]> {
  const recipe: Recipe = { ...defaultRecipe, ...changes };
  const shape = latentShapeOf(models);
  const start = hostFloats(createRandom("start").normals(shape[1]!), shape);
  const objective = createObjective(models, {
    recipe,
    terms: [{ text: "a", weight: 1, templates: ["{}"] }],
    embeddings: Object.fromEntries(models.guides.map(({ prefix }) => [prefix, unit(prefix)])),
    condition: unit("condition"),
    anchor: hostZeros(shape),
    shared: true,
  });
  const views = 2;
  const steering = await createSteering(
    models,
    { ...objective.shape, views },
    { engine: "compiled", threads: 1 },
  );
  const optimizer = createAdamOptimizer(models, steering, objective, { ...recipe, views, lr: 0.1 });
  let state = optimizer.begin(start);
  const moved: number[][] = [];
  for (let index = 0; index < steps; index++) {
    const place = { index, steps, part: index / steps, random: createRandom(`step ${index}`) };
    const before = optimizer.where(state).data;
    state = (await optimizer.step(state, place)).state;
    const after = optimizer.where(state).data;
    const groups = [...models.generator.groups!];
    moved.push([...new Set(groups.filter((_, at) => after[at] !== before[at]))].sort());
  }
  await steering.dispose();
  return moved;
}

describe("staged release", () => {
  it("moves the pose first, then fills, then the code", async () => {
    expect(await movedGroups({ release: [0, 0.25, 0.5] }, 8)).toEqual([
      ...[[0], [0]],
      ...[
        [0, 1],
        [0, 1],
      ],
      ...Array<number[]>(4).fill([0, 1, 2]),
    ]);
  });

  it("moves all groups from the start without a release", async () => {
    expect(await movedGroups({ release: [] }, 1)).toEqual([[0, 1, 2]]);
  });
});

it("draws an independent number for each coordinate of latents without layers", () => {
  expect(countIndependent(models, true)).toBe(models.generator.latentShape[0]);
  const layers: SteerModels = {
    ...models,
    generator: { ...models.generator, latentShape: [6, 32], regions: undefined as never },
  };
  expect(countIndependent(layers, true)).toBe(32);
  expect(countIndependent(layers, false)).toBe(6 * 32);
});

describe("the length of outlines", () => {
  /** Logits of a drawing whose slot 1 covers the pixels of `inside`, and slot 0 the others. */
  const drawing = (inside: (row: number, column: number) => boolean): HostTensor =>
    hostFloats(
      Float32Array.from({ length: 64 * 64 * 16 }, (_, at) => {
        const [pixel, slot] = [Math.floor(at / 16), at % 16];
        const chosen = inside(Math.floor(pixel / 64), pixel % 64) ? 1 : 0;
        return slot === chosen ? 40 : 0;
      }),
      [1, 64, 64, 16],
    );
  const lengthOf = async (logits: HostTensor): Promise<number> => {
    const program = await compile(
      (tensors) => ({ length: measureOutlineLength(tensors.logits as tf.Tensor4D) }),
      { logits: { shape: logits.shape, dtype: "float32" } },
      { threads: 1 },
    );
    const { length } = await program.run({ logits });
    await program.dispose();
    return length!.data[0]!;
  };

  it("is one side for a half, and grows with fragments", async () => {
    const half = (_: number, column: number): boolean => column < 32;
    expect(await lengthOf(drawing(half))).toBeCloseTo(1, 1);
    const fragment = (row: number, column: number): boolean =>
      half(row, column) || (Math.abs(row - 32) < 5 && Math.abs(column - 50) < 5);
    // A square of 9 pixels has an outline of 36 pixels.
    expect((await lengthOf(drawing(fragment))) - (await lengthOf(drawing(half)))).toBeCloseTo(36 / 64, 1);
  });

  it("has the gradient that differences show", async () => {
    const logits = hostFloats(createRandom("logits").normals(64 * 64 * 16), [1, 64, 64, 16]);
    const errors = await gradientErrors(
      (tensors) => tf.sum(measureOutlineLength(tensors.logits as tf.Tensor4D)),
      {
        logits,
      },
    );
    expect(errors.logits).toBeLessThan(0.02);
  });
});
