import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { compile } from "../../src/engine/index.js";
import {
  type SampleOptions,
  type Generator,
  createGenerator,
  codeSizeOf,
  coarseSizeOf,
  latentSizeOf,
  computeLatentStatistics,
  readLatents,
  writeLatents,
} from "../../src/gan/index.js";
import { bankNames } from "../../src/gan/sticker/bank.js";
import { type Pack, loadPack } from "../../src/packs/index.js";
import {
  type Parameters,
  type TensorRecord,
  createRandom,
  hostFloats,
  parametersFrom,
} from "../../src/tensor/index.js";
import * as tf from "../../src/tf.js";
import { packStickerRuns } from "../../src/training/index.js";
import { chooseDrawings } from "../../src/training/sticker/export.js";
import { smallStickers } from "../data/stickerFixture.js";
import { tinyRun, tinyShape } from "../training/stickerFixture.js";
import { writeTinyPack } from "../tiny.js";

const engines = ["compiled", "cpu"] as const;

/** Runs a function of named tensors with weights. */
async function evaluate(
  engine: (typeof engines)[number],
  weights: TensorRecord,
  fn: (parameters: Parameters, inputs: Record<string, tf.Tensor>) => Record<string, tf.Tensor>,
  inputs: TensorRecord,
): Promise<TensorRecord> {
  const named = Object.fromEntries(Object.entries(weights).map(([name, value]) => [`g/${name}`, value]));
  const program = await compile((tensors) => fn(parametersFrom(tensors, "g/"), tensors), inputs, {
    weights: named,
    engine,
  });
  const results = await program.run(inputs);
  await program.dispose();
  return results;
}

const largest = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0);

describe("latents of codes", () => {
  const shape = { code: 2, detail: 1 };
  const size = codeSizeOf(shape);
  const coarseSize = coarseSizeOf(shape);
  const random = createRandom("codes");
  // Codes that vary along a few directions, and a little along all.
  const directions = Array.from({ length: 5 }, () => random.normals(size));
  const codesOf = (count: number): Float32Array =>
    Float32Array.from(
      Array.from({ length: count }, () => {
        const parts = random.normals(5);
        const noise = random.normals(size);
        return Array.from({ length: size }, (_, at) =>
          directions.reduce(
            (sum, direction, k) => sum + (5 - k) * parts[k]! * direction[at]!,
            0.1 * noise[at]! + 1,
          ),
        );
      }).flat(),
    );
  const codes = codesOf(300);
  const statistics = computeLatentStatistics(codes, shape);
  const named = (suffix: string): Float32Array =>
    Object.entries(statistics).find(([name]) => name.endsWith(suffix))![1].data as Float32Array;

  it("have orthogonal principal directions of falling deviation, and what is left beside them", () => {
    const principal = named("principal");
    const row = (at: number): Float32Array => principal.subarray(at * coarseSize, (at + 1) * coarseSize);
    const dot = (a: Float32Array, b: Float32Array): number =>
      a.reduce((sum, value, at) => sum + value * b[at]!, 0);
    const lengths = Array.from({ length: 64 }, (_, at) => Math.sqrt(dot(row(at), row(at))));
    for (let a = 0; a < 8; a++)
      for (let b = 0; b < a; b++)
        expect(Math.abs(dot(row(a), row(b)))).toBeLessThan(1e-3 * lengths[a]! * lengths[b]!);
    expect(lengths[0]!).toBeGreaterThan(lengths[4]!);
    expect(lengths[4]!).toBeGreaterThan(5 * lengths[5]!);
    expect(Math.max(...named("scale"))).toBeLessThan(0.3);
    expect(largest(named("mean").map((value) => value - 1))).toBeLessThan(3);
  });

  it.each(engines)("are read back as the codes that were written, %s engine", async (engine) => {
    const firstCodes = codes.subarray(0, 3 * size);
    const poses = Float32Array.of(0.1, -0.2, 0.8, 0, 0, 0.94, 0.3, 0.3, 0.5);
    const { back, fills, placed, latents } = await evaluate(
      engine,
      statistics,
      (parameters, inputs) => {
        const u = writeLatents(parameters, shape, inputs.codes as tf.Tensor2D, inputs.poses as tf.Tensor2D);
        const read = readLatents(parameters, shape, u);
        return { latents: u, back: read.codes, fills: read.fillChange, placed: read.poses };
      },
      { codes: hostFloats(firstCodes, [3, size]), poses: hostFloats(poses, [3, 3]) },
    );
    expect(latents!.shape).toEqual([3, latentSizeOf(shape)]);
    expect(largest(back!.data.map((value, at) => value - firstCodes[at]!))).toBeLessThan(1e-3);
    expect(largest(placed!.data.map((value, at) => value - poses[at]!))).toBeLessThan(1e-5);
    expect(largest(fills!.data)).toBe(0);
  });

  it("of fewer drawings than directions stay finite", () => {
    const few = computeLatentStatistics(codesOf(3), shape);
    expect(Object.keys(few).length).toBeGreaterThan(1);
    for (const { data } of Object.values(few)) expect(data.every(Number.isFinite)).toBe(true);
  });
});

describe("codes of known drawings", () => {
  it("are of the wanted style, else of another one", () => {
    const known = {
      labels: ["apple", "bee"],
      concepts: Int32Array.of(0, 1, 0, 1),
      styles: Int32Array.of(1, -1, 0, 1),
    };
    const { chosen, positions } = chooseDrawings(known, 3);
    expect([...positions].map((position) => chosen[position])).toEqual([2, 0, 0, 1, 3, 1]);
    expect(new Set(chosen).size).toBe(chosen.length);
  });
});

describe("a sticker pack", () => {
  let pack: Pack;
  let generator: Generator;
  beforeAll(async () => {
    const { folder, data } = await smallStickers();
    const out = join(await mkdtemp(join(tmpdir(), "clipsteer-sticker-")), "pack");
    await packStickerRuns({
      refine: 0,
      sticker: await tinyRun(data),
      data: folder,
      clips: await writeTinyPack(),
      out,
      name: "tiny stickers",
    });
    pack = await loadPack(out);
    const { generator: section } = pack.manifest;
    generator = createGenerator(section!, await pack.weights(section!.file));
  });

  it("says what it holds", () => {
    expect(pack.manifest).toMatchObject({ name: "tiny stickers", resolution: 64 });
    expect(generator.styles).toEqual(["noto style", "twemoji flat style"]);
    expect(generator.latentShape).toEqual([latentSizeOf(tinyShape)]);
    expect(generator.regions).toBeDefined();
  });

  it("draws the concepts and in the colour that it is asked for, whatever the condition", async () => {
    const inputs = (options: Partial<SampleOptions>) => ({
      ...generator.sample(createRandom(3), 4, { truncation: 0, ...options }),
      condition: hostFloats(new Float32Array(16).fill(0.25), [1, 16]),
    });
    const latentsOf = async (
      options: Partial<SampleOptions>,
      weights = generator.weights,
    ): Promise<Float32Array> => {
      const { latents } = await evaluate(
        engines[0]!,
        weights,
        (parameters, { condition, ...draws }) => ({
          latents: generator.map(parameters, draws, condition!, [condition!]),
        }),
        inputs(options),
      );
      return latents!.data as Float32Array;
    };
    const size = latentSizeOf(tinyShape);
    const [first, second] = [await latentsOf({ concepts: [0] }), await latentsOf({ concepts: [1] })];
    expect(first).not.toEqual(second);
    // Known concepts are looked up without the bank's weights.
    const names = [bankNames.coarse, bankNames.detail] as string[];
    const others = Object.fromEntries(
      Object.entries(generator.weights).filter(([name]) => !names.includes(name)),
    );
    expect(await latentsOf({ concepts: [0] }, others)).toEqual(first);
    const blue = await latentsOf({ concepts: [0], colour: [0.1, 0.2, 0.9] });
    const fills = (latents: Float32Array): number[] => Array.from(latents.slice(size - 3 - 15 * 9, size - 3));
    // The code stays, the fills move.
    expect(Array.from(blue.slice(0, 64))).toEqual(Array.from(first.slice(0, 64)));
    expect(largest(fills(first))).toBe(0);
    expect(largest(fills(blue))).toBeGreaterThan(0);
  });

  /** Everything that steering asks of a generator, from draws and a condition. */
  const everything = (
    parameters: Parameters,
    inputs: Record<string, tf.Tensor>,
  ): Record<string, tf.Tensor> => {
    const { condition, other, ...draws } = inputs;
    const latents = generator.map(parameters, draws, condition!, [other!]);
    const pictures = generator.synthesize(parameters, latents);
    const { logits, fills, poses } = generator.regions!.parts(parameters, latents);
    const encoded = generator.encode!(parameters, pictures, condition!);
    const look = tf.cos(tf.range(0, 64 * 64 * 3)).reshape([1, 64, 64, 3]);
    const slope = tf.grad((u: tf.Tensor) => tf.sum(tf.mul(generator.synthesize(parameters, u), look)))(
      latents,
    );
    return { latents, pictures, logits, fills, poses, encoded, narrow: generator.narrow!(latents), slope };
  };

  it("maps, paints, encodes and narrows, compiled as eager within 1e-3", async () => {
    const draws = generator.sample(createRandom(3), 2, { truncation: 1 });
    const unit = (name: string): TensorRecord[string] => {
      const values = createRandom(name).normals(16);
      const length = Math.hypot(...values);
      return hostFloats(
        values.map((value) => value / length),
        [1, 16],
      );
    };
    const inputs = { ...draws, condition: unit("a"), other: unit("b") };
    const [compiled, eager] = (await Promise.all(
      engines.map((engine) => evaluate(engine, generator.weights, everything, inputs)),
    )) as [TensorRecord, TensorRecord];
    const size = latentSizeOf(tinyShape);
    expect(Object.fromEntries(Object.entries(compiled).map(([name, { shape }]) => [name, shape]))).toEqual({
      latents: [2, size],
      pictures: [2, 64, 64, 3],
      logits: [2, 64, 64, 16],
      fills: [2, 15, 9],
      poses: [2, 3],
      encoded: [2, size],
      narrow: [2, size],
      slope: [2, size],
    });
    for (const [name, { data }] of Object.entries(compiled)) {
      expect(data.every(Number.isFinite), name).toBe(true);
      const scale = Math.max(1, largest(eager[name]!.data));
      expect(largest(data.map((value, at) => value - eager[name]!.data[at]!)) / scale, name).toBeLessThan(
        1e-3,
      );
    }
    const pictures = compiled.pictures!.data;
    expect(Math.min(...pictures)).toBeGreaterThanOrEqual(-1);
    expect(Math.max(...pictures)).toBeLessThanOrEqual(1);
    expect(largest(compiled.slope!.data)).toBeGreaterThan(0);
    // Narrowed latents keep the principal part and lose what is beside it.
    const { data: whole } = compiled.latents!;
    expect(Array.from(compiled.narrow!.data.slice(0, 64))).toEqual(Array.from(whole.slice(0, 64)));
    expect(largest(compiled.narrow!.data.slice(64, 64 + 128))).toBe(0);
  });
});
