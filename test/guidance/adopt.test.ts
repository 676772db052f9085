import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { compile } from "../../src/engine/index.js";
import {
  type SteerModels,
  adoptGenerator,
  edit,
  generate,
  loadGenerator,
  loadModels,
  packGenerator,
} from "../../src/guidance/index.js";
import { compositeOnWhite } from "../../src/images/index.js";
import { type Pack, loadPack, writeSafetensors } from "../../src/packs/index.js";
import { createRandom, parametersFrom } from "../../src/tensor/index.js";
import * as tf from "../../src/tf.js";
import { fixtureOf } from "../gan/foreign.js";
import { writeTinyPack } from "../tiny.js";

const run = { engine: "compiled" } as const;
const term = { text: "a red heart", weight: 1, templates: ["{}"] };

let folder: string;
let clips: Pack;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "clipsteer-adopt-"));
  clips = await loadPack(await writeTinyPack());
});

/** Packs the checkpoint of a fixture, and loads it. */
async function packed(name: string): Promise<SteerModels> {
  const { checkpoint } = await fixtureOf(name);
  const file = join(folder, `${name}.safetensors`);
  await writeSafetensors(file, checkpoint, { dtype: "F32" });
  const out = join(folder, name);
  const options = {
    out,
    name,
    description: "seeded",
    license: "MIT",
    guides: [clips],
    judge: clips,
    resolution: 16,
    ...run,
  };
  await packGenerator(file, options);
  return loadModels(await loadPack(out));
}

async function last<T>(steps: AsyncGenerator<unknown, T>): Promise<T> {
  for (;;) {
    const next = await steps.next();
    if (next.done) return next.value;
  }
}

describe("packGenerator", () => {
  it.each([
    ["rosinality", 32, [8, 12]],
    ["biggan", 32, [18]],
    ["vqgan", 16, [4, 4, 6]],
  ] as const)(
    "makes a pack of a %s checkpoint that generate steers and that keeps its seed's promise",
    async (name, side, shape) => {
      const models = await packed(name);
      expect(models.generator.latentShape).toEqual(shape);
      const config = { seed: 3, steps: 4, views: 2, lr: 0.1, candidates: 2, truncation: 0.8 };
      const first = await last(generate(models, [term], config, run));
      expect([first.picture.width, first.picture.height]).toEqual([side, side]);
      const draft = await last(generate(models, [term], { ...config, steps: 0 }, run));
      expect(first.judge).toBeGreaterThanOrEqual(draft.judge);
      const again = await last(generate(models, [term], config, run));
      expect(again.picture.data).toEqual(first.picture.data);
    },
  );

  it.each(["rosinality", "vqgan"])(
    "lets edit change a picture by a %s, with an encoder or without",
    async (name) => {
      const models = await packed(name);
      const random = createRandom(2);
      const bytes = {
        width: 24,
        height: 20,
        rgba: Uint8Array.from({ length: 24 * 20 * 4 }, () => random.integer(256)),
      };
      const original = { ...bytes, format: "png" as const, hasAlpha: true, picture: compositeOnWhite(bytes) };
      const config = {
        seed: 1,
        steps: 1,
        views: 2,
        lr: 0.1,
        from: "a cat face",
        strength: 1,
        change: "auto" as const,
      };
      const result = await last(edit(models, original, term, config, run));
      expect(result.bytes.rgba).toHaveLength(24 * 20 * 4);
      expect(result.before.width).toBe(models.generator.resolution);
      expect(result.inversionError).toBeGreaterThan(0);
      expect(result.inversionError).toBeLessThan(0.6);
    },
  );
});

describe("adoptGenerator", () => {
  it("whitens w: over samples it has mean 0 and variance 1", async () => {
    const models = await packed("stylegan2");
    const { generator } = models;
    const { "latent.mean": mean, "latent.basis": basis } = generator.weights;
    expect([mean!.shape, basis!.shape]).toEqual([[12], [12, 12]]);
    const draws = generator.sample(createRandom("other samples"), 500, { truncation: 1 });
    const program = await compile(
      (tensors) => {
        const u = generator.map(parametersFrom(tensors), tensors, tf.zeros([1, 1])); // [500, rows, 12]
        return { mean: tf.mean(u, [0, 1]), variance: tf.mean(tf.square(u), [0, 1]) };
      },
      draws,
      { weights: generator.weights },
    );
    const rows = await program.run(draws);
    await program.dispose();
    for (const value of rows.mean!.data) expect(Math.abs(value)).toBeLessThan(0.25);
    for (const value of rows.variance!.data) expect(Math.abs(value - 1)).toBeLessThan(0.4);
  });

  it.each([
    ["stylegan2.pkl", "stylegan2"],
    ["stylegan3.pkl", "stylegan3"],
  ])("reads NVIDIA's %s", async (file, kind) => {
    const { spec } = await adoptGenerator(join(import.meta.dirname, "../packs/fixtures", file), run);
    expect(spec.kind).toBe(kind);
  });

  it("ends by its signal", async () => {
    const file = join(import.meta.dirname, "../packs/fixtures/stylegan2.pkl");
    await expect(adoptGenerator(file, { ...run, signal: AbortSignal.abort() })).rejects.toThrow("aborted");
  });

  it("names the file that holds no generator", async () => {
    const file = join(import.meta.dirname, "../packs/fixtures/archive.pt");
    await expect(adoptGenerator(file, run)).rejects.toThrow(`${file}: not a readable generator`);
  });

  it("leaves a pack's generator usable without its CLIPs", async () => {
    const generator = await loadGenerator(clips);
    expect(generator.latentShape).toHaveLength(2);
  });
});
