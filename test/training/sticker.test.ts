import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { type StickerData, regionSide } from "../../src/data/index.js";
import { collectParameters } from "../../src/engine/index.js";
import {
  type TensorRecord,
  createRandom,
  hostFloats,
  initialise,
  parametersFrom,
} from "../../src/tensor/index.js";
import type * as tf from "../../src/tf.js";
import { loadPack } from "../../src/packs/index.js";
import { stickerPreset } from "../../src/training/presets.js";
import { bankNames, codeSizeOf, readBankCodes } from "../../src/gan/index.js";
import { loadCheckpoint, saveCheckpoint, train } from "../../src/training/index.js";
import { type StickerSet, makeStickerBatch } from "../../src/training/sticker/batches.js";
import {
  type StickerTargets,
  composeEncoderInput,
  rebuildRegions,
  rebuildBatch,
  computeStickerLosses,
} from "../../src/training/sticker/losses.js";
import {
  type StickerTrainer,
  createStickerTrainer,
  initialiseSticker,
} from "../../src/training/sticker/trainer.js";
import { addFirstCodes } from "../../src/training/sticker/firstCodes.js";
import { isStored, splitState, storeCodes, addInitialCodes } from "../../src/training/sticker/storedCodes.js";
import { prepareStickerTraining } from "../../src/training/sticker/session.js";
import { reassignSlots } from "../../src/training/sticker/reassign.js";
import { encodeStickers } from "../../src/training/sticker/codes.js";
import { smallStickers } from "../data/stickerFixture.js";
import { gradientErrors } from "../differences.js";
import { tinySet, tinyShape, tinySticker } from "./stickerFixture.js";

let data: StickerData;
let set: StickerSet;
beforeAll(async () => {
  ({ data } = await smallStickers());
  set = tinySet(data);
});

const batchOf = (options: Partial<Parameters<typeof makeStickerBatch>[1]> = {}): TensorRecord =>
  makeStickerBatch(set, {
    batch: [0, 1, 2, 3],
    window: 1,
    recoloured: 0,
    random: createRandom(1),
    order: "slot",
    ...options,
  });

describe("batches", () => {
  it("have coverage that sums to one, and agrees with the label maps", () => {
    const { coverage, labels, present, fills, windowX, windowY } = batchOf();
    const shares = coverage!.data as Float32Array;
    for (let pixel = 0; pixel < shares.length / 16; pixel++) {
      const sum = shares.subarray(pixel * 16, pixel * 16 + 16).reduce((total, share) => total + share, 0);
      expect(sum).toBeCloseTo(1, 5);
    }
    set.rows.slice(0, 4).forEach((item, at) => {
      const { slots, fills: own } = data.items[item]!;
      const map = data.labels(item);
      slots.forEach((slot, region) => {
        const pixels = map.filter((label) => label === region + 1).length / regionSide ** 2;
        let area = 0;
        for (let pixel = 0; pixel < 4096; pixel++) area += shares[(at * 4096 + pixel) * 16 + slot]!;
        expect(area / 4096).toBeCloseTo(pixels, 4);
        expect(present!.data[at * 15 + slot - 1]).toBe(1);
        const row = Array.from(fills!.data.slice((at * 15 + slot - 1) * 9, (at * 15 + slot) * 9));
        own[region]!.forEach((value, index) => expect(row[index]).toBeCloseTo(value, 5));
      });
      const used = Array.from(present!.data.slice(at * 15, at * 15 + 15)).filter((one) => one === 1);
      expect(used).toHaveLength(slots.length);
    });
    // The labels of quadrant 1 are those of the top right of the 256×256 maps, and the centres tell where it is.
    expect(labels!.shape).toEqual([4, 128, 128]);
    set.rows.slice(0, 4).forEach((item, at) => {
      const map = data.labels(item);
      const slotOf = [0, ...data.items[item]!.slots];
      for (let pixel = 0; pixel < 128 * 128; pixel++) {
        const label = map[(pixel >> 7) * regionSide + 128 + (pixel & 127)]!;
        expect(labels!.data[at * 128 * 128 + pixel]).toBe(slotOf[label]);
      }
    });
    expect(windowX!.data[0]).toBeCloseTo(1 / 256, 6);
    expect(windowY!.data[0]).toBeCloseTo(-1 + 1 / 256, 6);
  });

  it("order channels by region where asked", () => {
    const { coverage, present } = batchOf({ order: "region", window: undefined });
    const regions = data.items[set.rows[0]!]!.fills.length;
    expect(Array.from(present!.data.slice(0, 15))).toEqual(
      Array.from({ length: 15 }, (_, at) => (at < regions ? 1 : 0)),
    );
    expect(coverage!.shape).toEqual([4, 64, 64, 16]);
  });

  it("turn hues about the grey axis: greys, brightness and saturation stay, masks too", () => {
    const grey = [0.5, 0.5, 0.5, 0.1, 0.1, 0.1, 0, 0, 0];
    const red = [0.6, 0.4, 0.4, 0.05, 0, 0, 0, 0.02, 0];
    const items = [{ ...data.items[0]!, fills: [grey, red], slots: [1, 2] }];
    const turned: StickerSet = {
      data: { ...data, items, labels: () => data.labels(0) },
      rows: [0],
      slots: Float32Array.from({ length: 15 }, (_, at) => (at < 2 ? at + 1 : 0)),
    };
    // The labels hold a third region; it has no slot here.
    const batch = (recoloured: number): TensorRecord =>
      makeStickerBatch(turned, {
        batch: [0],
        recoloured,
        random: createRandom("hue"),
        order: "slot",
      });
    const [plain, moved] = [batch(0), batch(1)];
    expect(moved.coverage).toEqual(plain.coverage);
    const fills = Array.from(moved.fills!.data);
    grey.forEach((value, at) => expect(fills[at]).toBeCloseTo(value, 6));
    const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
    const length = (values: readonly number[]): number => Math.hypot(...values);
    for (const start of [0, 3, 6]) {
      const [before, after] = [red.slice(start, start + 3), fills.slice(9 + start, 9 + start + 3)];
      expect(sum(after)).toBeCloseTo(sum(before), 5);
      expect(length(after)).toBeCloseTo(length(before), 5);
    }
    expect(Math.abs(fills[9]! - red[0]!)).toBeGreaterThan(0.01);
  });
});

describe("losses", () => {
  it("have the gradients of central differences, to every weight within 3 %", async () => {
    const batch = batchOf({ batch: [0, 3], window: 2, recoloured: 1 });
    const fixed = { ...batch, known: hostFloats(Float32Array.of(1, 0), [2, 1, 1, 1]) };
    const loss = (
      parameters: ReturnType<typeof parametersFrom>,
      tensors: Record<string, tf.Tensor>,
    ): tf.Scalar => {
      const input = composeEncoderInput(
        tensors.coverage as tf.Tensor4D,
        tensors.fills as tf.Tensor3D,
        tensors.known!,
      );
      const parts = rebuildRegions(parameters, tinyShape, input);
      return computeStickerLosses(parts, tensors as unknown as StickerTargets, {
        fills: 2,
        pixels: 1,
        code: 0.1,
      }).total;
    };
    const specs = collectParameters(
      loss,
      Object.fromEntries(
        Object.entries(fixed).map(([name, { shape, dtype }]) => [name, { shape, dtype }]),
      ) as unknown as Parameters<typeof collectParameters>[1],
    );
    const weights = initialise(specs, createRandom("sticker losses"));
    const errors = await gradientErrors((tensors) => loss(parametersFrom(tensors), tensors), weights, fixed);
    expect(Object.keys(errors).length).toBeGreaterThan(40);
    expect(Object.fromEntries(Object.entries(errors).filter(([, error]) => !(error < 0.03)))).toEqual({});
  });
});

const tinyCodes = { ...tinySticker, batch: 4, codes: true };
const codeSize = codeSizeOf(tinyShape);
const specsOf = (inputs: TensorRecord) =>
  Object.fromEntries(
    Object.entries(inputs).map(([name, { shape, dtype }]) => [name, { shape, dtype }]),
  ) as unknown as Parameters<typeof collectParameters>[1];

describe("stored codes", () => {
  it("have the gradients of central differences", async () => {
    const batch = batchOf({ batch: [0, 1, 2, 3] });
    const inputs = {
      ...batch,
      alphaKnown: hostFloats(Float32Array.of(1, 1, 1, 1), [4, 1, 1, 1]),
      mask: hostFloats(Float32Array.of(1, 1, 1, 0), [4, 1]),
    };
    const specs = collectParameters(
      (parameters, tensors) => rebuildBatch(parameters, tinyShape, tensors).fills,
      specsOf(inputs),
    );
    const logitSpecs = collectParameters(
      (parameters, tensors) => rebuildBatch(parameters, tinyShape, tensors).logits,
      specsOf(inputs),
    );
    const weights = initialise({ ...specs, ...logitSpecs }, createRandom("stored codes"));
    const codes = hostFloats(createRandom("codes").normals(4 * codeSize), [4, codeSize]);
    const loss = (tensors: Record<string, tf.Tensor>): tf.Scalar => {
      const stored = { codes: tensors.codes as tf.Tensor2D, mask: tensors.mask as tf.Tensor2D };
      const model = rebuildBatch(parametersFrom(tensors), tinyShape, tensors, stored);
      return computeStickerLosses(model, tensors as unknown as StickerTargets, {
        fills: 2,
        pixels: 1,
        code: 0.1,
      }).total;
    };
    const errors = await gradientErrors(loss, { codes }, { ...inputs, ...weights });
    expect(errors.codes).toBeLessThan(0.03);
  });

  it("move in the rows that decode them, and stay in the others", () => {
    const drawings = 5;
    const size = 128;
    const filled = (value: number, rows: number) =>
      hostFloats(new Float32Array(rows * size).fill(value), [rows, size]);
    const state = { codes: filled(0, drawings), first: filled(0, drawings), second: filled(0, drawings) };
    const results = Object.fromEntries(
      ["stored", "storedFirst", "storedSecond"].map((name, at) => [name, filled(at + 1, 4)]),
    );
    const batch = [4, 0, 2, 1];
    expect(batch.map((_, at) => isStored(at))).toEqual([true, true, true, false]);
    storeCodes(state, batch, results);
    const rows = Array.from({ length: drawings }, (_, row) => state.codes.data[row * size]);
    expect(rows).toEqual([1, 0, 1, 0, 1]);
    expect(state.first.data[0]).toBe(2);
    expect(state.second.data[0]).toBe(3);
  });

  it("begin with the encoder's, with moments of 0", async () => {
    const state = initialiseSticker(tinyCodes, set);
    const encoded = await encodeStickers(tinyCodes, set, state);
    const { codes } = splitState(await addFirstCodes(tinyCodes, set, state, {}));
    expect(codes!.codes.data).toEqual(encoded);
    expect(codes!.first.data.every((value) => value === 0)).toBe(true);
  });

  it("begin with those of the run that the training starts from, if that has as many drawings", async () => {
    const from = await mkdtemp(join(tmpdir(), "clipsteer-codes-"));
    const trained = Float32Array.from({ length: set.rows.length * codeSize }, (_, at) => at % 7);
    const initial = initialiseSticker(tinyCodes, set);
    const save = (codes: Float32Array, rows: number) =>
      saveCheckpoint(from, { step: 1, state: addInitialCodes(initial, codes, rows), settings: "{}" });
    await save(trained, set.rows.length);
    expect(splitState(await addFirstCodes(tinyCodes, set, initial, { from })).codes!.codes.data).toEqual(
      trained,
    );
    await save(trained.slice(codeSize), set.rows.length - 1);
    const encoded = await encodeStickers(tinyCodes, set, initial);
    expect(splitState(await addFirstCodes(tinyCodes, set, initial, { from })).codes!.codes.data).toEqual(
      encoded,
    );
  });

  it("begin with those of the pack that the training starts from, by label and style", async () => {
    const config = { ...tinyCodes, shape: stickerPreset };
    const presetSize = codeSizeOf(stickerPreset);
    const folder = "generators/stickers";
    const pack = await loadPack(folder);
    const names: readonly string[] = Object.values(bankNames);
    const bank = await pack.weights("generator.safetensors", { only: (name) => names.includes(name) });
    const drawings = bank[bankNames.drawings]!.data;
    const labels = ((await pack.json("vocabulary.json")) as { label: string }[]).map(({ label }) => label);
    const { codes } = splitState(
      await addFirstCodes(config, set, initialiseSticker(config, set), { from: folder }),
    );
    const styles = ["noto style", "twemoji flat style", "fluent flat style"];
    let known = 0;
    set.rows.forEach((item, row) => {
      const { label, style } = data.items[item]!;
      if (!labels.includes(label)) return;
      known++;
      const drawing = drawings[labels.indexOf(label) * styles.length + styles.indexOf(style)]!;
      expect(codes!.codes.data.slice(row * presetSize, row * presetSize + presetSize)).toEqual(
        readBankCodes(bank, stickerPreset, [drawing]),
      );
    });
    expect(known).toBeGreaterThan(0);
  });
});

interface Training {
  readonly fresh: () => TensorRecord;
  readonly trainer: (state: TensorRecord) => Promise<StickerTrainer>;
  readonly loss: string;
}

/** Runs to the end or to a step, fresh or from the folder's checkpoint; by a trainer of its own unless one is passed. */
async function runTo(
  folder: string,
  training: Training,
  {
    resume = false,
    stopAt,
    trainer: shared,
  }: { resume?: boolean; stopAt?: number; trainer?: StickerTrainer } = {},
) {
  const settings = "the same";
  const start = resume ? await loadCheckpoint(folder) : { step: 0, state: training.fresh(), settings };
  const { step, dispose } = shared ?? (await training.trainer(start.state));
  const stop = new AbortController();
  const losses: Record<string, number>[] = [];
  const run = train({ folder, steps: 6, settings, start, step, saveEvery: 1e9 }, stop.signal);
  for (;;) {
    const next = await run.next();
    if (next.done) {
      if (!shared) await dispose();
      return { state: next.value, losses };
    }
    losses.push(next.value.losses);
    if (next.value.step === stopAt) stop.abort();
  }
}

describe("training", () => {
  const trainings: Record<string, Training> = {
    sticker: {
      fresh: () => initialiseSticker(tinySticker, set),
      trainer: (state) => createStickerTrainer(tinySticker, set, state),
      loss: "colours",
    },
    codes: {
      fresh: () =>
        addInitialCodes(
          initialiseSticker(tinyCodes, set),
          new Float32Array(set.rows.length * codeSize).fill(0.1),
          set.rows.length,
        ),
      trainer: (state) => createStickerTrainer(tinyCodes, set, state),
      loss: "encoder",
    },
  };

  it.each(Object.keys(trainings))(
    "%s: stopped and resumed ends in the same numbers as run through",
    async (name) => {
      const training = trainings[name]!;
      const folders = await Promise.all([0, 1].map(() => mkdtemp(join(tmpdir(), "clipsteer-train-"))));
      const [whole, parted] = folders as [string, string];
      // Compiling takes most of the time: one trainer makes the first part and then, from the start, the whole.
      const trainer = await training.trainer(training.fresh());
      const first = await runTo(parted, training, { stopAt: 2, trainer });
      const through = await runTo(whole, training, { trainer });
      await trainer.dispose();
      const second = await runTo(parted, training, { resume: true });
      expect([...first.losses, ...second.losses]).toEqual(through.losses);
      expect(Object.keys(second.state).sort()).toEqual(Object.keys(through.state).sort());
      for (const [key, { data: values }] of Object.entries(through.state)) {
        expect(second.state[key]!.data, key).toEqual(values);
        expect(values.every(Number.isFinite)).toBe(true);
      }
    },
  );

  it("lowers the losses within a few steps", async () => {
    const config = { ...tinySticker, steps: 30, reassign: [], rate: 2e-2, batch: 4, recoloured: 0 };
    let state = initialiseSticker(config, set);
    const trainer = await createStickerTrainer(config, set, state);
    const totals: number[] = [];
    for (let index = 0; index < 15; index++) {
      const result = await trainer.step(state, index);
      state = result.state;
      totals.push(result.losses.total!);
    }
    await trainer.dispose();
    const mean = (values: readonly number[]): number =>
      values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(totals.slice(-3))).toBeLessThan(0.9 * mean(totals.slice(0, 3)));
  });

  it("trains only the weights of a scope, on a part of the drawings, where asked to", async () => {
    const only = "decoder.detail";
    const config = { ...tinyCodes, only, drawings: 2, reassign: [] };
    const codes = createRandom("codes").normals(set.rows.length * codeSize);
    const start = addInitialCodes(initialiseSticker(config, set), codes, set.rows.length);
    // A step transfers its inputs, so values are compared with copies.
    const before = new Map(Object.entries(start).map(([name, { data: values }]) => [name, values.slice()]));
    const trainer = await createStickerTrainer(config, set, start);
    let state = start;
    for (let index = 0; index < 2; index++) ({ state } = await trainer.step(state, index));
    await trainer.dispose();
    const changed = Object.keys(state).filter(
      (name) =>
        name.startsWith("w/") && state[name]!.data.some((value, at) => value !== before.get(name)![at]),
    );
    expect(changed).toEqual([`w/${only}.weight`]);
    const row = (values: ArrayLike<number>, at: number): number[] =>
      Array.from(values).slice(at * codeSize, (at + 1) * codeSize);
    const moved = set.rows.filter((_, at) => {
      const [was, is] = [row(before.get("codes")!, at), row(state.codes!.data, at)];
      return was.some((value, index) => value !== is[index]);
    });
    expect(moved.length).toBeGreaterThan(0);
    expect(moved.length).toBeLessThanOrEqual(2);
  });

  it("refuses a scope without weights", async () => {
    const config = { ...tinySticker, only: "decoder.nothing" };
    await expect(createStickerTrainer(config, set, initialiseSticker(config, set))).rejects.toThrow(
      'no weights "decoder.nothing…"',
    );
  });

  it("adds a detail of 0 to the codes of a run without detail, and keeps its slots", async () => {
    const from = await mkdtemp(join(tmpdir(), "clipsteer-plain-"));
    const { detail: _detail, ...plainShape } = tinyShape;
    const plain = { ...tinyCodes, shape: plainShape };
    const size = codeSizeOf(plainShape);
    const codes = createRandom("codes").normals(set.rows.length * size);
    const old = addInitialCodes(initialiseSticker(plain, set), codes, set.rows.length);
    await saveCheckpoint(from, { step: 1, state: old, settings: JSON.stringify(plain) });
    const folder = (await smallStickers()).folder;
    const { shape: _shape, ...settings } = tinyCodes;
    const out = await mkdtemp(join(tmpdir(), "clipsteer-detail-"));
    const prepared = await prepareStickerTraining(settings, { data: folder, out, from, resume: false });
    await prepared.trainer.dispose();
    expect(prepared.config.shape.detail).toBe(stickerPreset.detail);
    const { codes: stored, slots } = splitState(prepared.start.state);
    const length = codeSizeOf(prepared.config.shape);
    const values = stored!.codes.data;
    expect(Array.from(values.slice(0, size))).toEqual(Array.from(codes.slice(0, size)));
    expect(values.slice(size, length).every((value) => value === 0)).toBe(true);
    expect(slots!.data).toEqual(old.slots!.data);
  });

  it("reassigns slots as a permute within each drawing, the same every time", async () => {
    const state = initialiseSticker(tinySticker, set);
    const slots = await reassignSlots(tinySticker, set, state);
    expect(slots.shape).toEqual([set.rows.length, 15]);
    set.rows.forEach((item, row) => {
      const count = data.items[item]!.fills.length;
      const own = Array.from(slots.data.slice(row * 15, row * 15 + 15));
      expect(own.slice(count)).toEqual(new Array(15 - count).fill(0));
      expect(new Set(own.slice(0, count)).size).toBe(count);
      expect(own.slice(0, count).every((slot) => slot >= 1 && slot <= 15)).toBe(true);
    });
    expect((await reassignSlots(tinySticker, set, state)).data).toEqual(slots.data);
  });
});
