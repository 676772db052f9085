import { beforeAll, describe, expect, it } from "vitest";
import { type SteerModels, loadModels } from "../../src/guidance/index.js";
import type { LossShape } from "../../src/guidance/objectives/loss.js";
import { defaultViews, drawViews, viewSidesOf } from "../../src/guidance/objectives/views.js";
import { latentShapeOf } from "../../src/guidance/programs/pictures.js";
import { createScoring } from "../../src/guidance/programs/scoring.js";
import { adamInputsAt, createSteering } from "../../src/guidance/programs/steer.js";
import { loadPack } from "../../src/packs/index.js";
import {
  type HostTensor,
  type TensorRecord,
  createRandom,
  hostFloats,
  hostZeros,
  sizeOf,
  sliceRows,
} from "../../src/tensor/index.js";
import { writeTinyPack } from "../tiny.js";

let models: SteerModels;
beforeAll(async () => {
  models = await loadModels(await loadPack(await writeTinyPack()));
});

const random = createRandom("loss");
const normal = (shape: readonly number[], size: number): HostTensor =>
  hostFloats(
    random.normals(sizeOf(shape)).map((value) => value * size),
    shape,
  );
const uniform = (shape: readonly number[]): HostTensor =>
  hostFloats(
    Float32Array.from({ length: sizeOf(shape) }, () => random.uniform()),
    shape,
  );

const views = 4;
const population = 3;
const shape: LossShape = {
  terms: 2,
  views,
  weights: { anchor: 10, range: 0.5, realism: 0.2, direction: 1.2, outside: 6, boundary: 0 },
  measure: { distance: "spherical", floor: true },
  edit: false,
  shared: true,
};

/** Random inputs of the loss; those of an edit too. */
function lossInputs(): TensorRecord {
  const inputs: TensorRecord = {
    ...drawViews({ count: views, ...defaultViews }, random, viewSidesOf(models)),
    anchor: normal(latentShapeOf(models), 1),
    condition: normal([1, 16], 1 / 4),
    termWeights: hostFloats(Float32Array.of(1, -0.5), [2]),
    base: uniform([1, 64, 64, 3]),
    keep: uniform([1, 64, 64, 1]),
    hold: uniform([1, 64, 64, 1]),
  };
  for (const { prefix } of models.guides) {
    inputs[`${prefix}terms`] = normal([2, 16], 1 / 4);
    inputs[`${prefix}direction`] = normal([16], 1 / 4);
  }
  return inputs;
}

describe("the loss of evolution and of gradient ascent", () => {
  it.each([
    ["a new picture in W", { shared: true, edit: false }],
    ["a new picture in W+", { shared: false, edit: false }],
    ["an edit", { shared: true, edit: true }],
  ])("is the same for the same latents and views: %s", async (_, change) => {
    const loss: LossShape = { ...shape, ...change };
    const inputs = lossInputs();
    const single = latentShapeOf(models);
    const latents = normal([population, ...single.slice(1)], 1.5);
    const scoring = await createScoring(models, { ...loss, population }, { engine: "compiled" });
    const scored = await scoring.score(latents, inputs);
    await scoring.dispose();
    const steering = await createSteering(models, loss, { engine: "compiled" });
    const noise = hostZeros(single);
    for (let row = 0; row < population; row++) {
      const state = { latents: sliceRows(latents, row, row + 1), first: noise, second: noise };
      const step = await steering.step(state, { ...inputs, ...adamInputsAt(0, 0.1), noise });
      expect(scored.losses[row]).toBeCloseTo(step.loss, 4);
      expect(scored.guides[row]).toBeCloseTo(step.terms.guides!, 4);
      // The anchor dominates: weakening it by the number of rows would show.
      expect(step.loss - step.terms.guides!).toBeGreaterThan(1);
    }
    await steering.dispose();
  });
});
