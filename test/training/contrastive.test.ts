import { describe, expect, it } from "vitest";
import { computeContrastiveLoss, loadTokenizer, maximumScale } from "../../src/clip/index.js";
import { compile } from "../../src/engine/index.js";
import { type TensorRecord, createRandom, parametersFrom } from "../../src/tensor/index.js";
import * as tf from "../../src/tf.js";
import {
  type ClipPreset,
  type ContrastiveConfig,
  clipPresets,
  makeContrastiveTargets,
  createContrastiveTrainer,
  createEmojiCaptions,
  drawBatch,
  initialiseClip,
  initialiseState,
} from "../../src/training/index.js";
import { makeNoise } from "../../src/training/augment.js";
import { computePairLoss, embedBatch, prepareStep } from "../../src/training/contrastive.js";
import { tinyClip, tokenizerJson } from "../tiny.js";
import { noiseSet } from "./fixture.js";

const tokenizer = loadTokenizer(tokenizerJson, { contextLength: 8 });
const config = (given: Partial<ContrastiveConfig> = {}): ContrastiveConfig => ({
  model: tinyClip(4),
  batch: 10,
  steps: 20,
  rate: 1e-3,
  weightDecay: 0.1,
  warmUp: 2,
  seed: 1,
  augment: { zoom: 0.5, closest: 0.45, flip: 0.3, colour: 0.1, noise: 0.08 },
  ...given,
});

/** The loss of embeddings for a logit scale, on the cpu backend. */
async function lossOf(
  images: number[][],
  texts: number[][],
  targets: number[][],
  scale: number,
): Promise<number> {
  await tf.setBackend("cpu");
  return computeContrastiveLoss(
    () => tf.scalar(Math.log(scale)),
    tf.tensor2d(images),
    tf.tensor2d(texts),
    tf.tensor2d(targets),
  ).dataSync()[0]!;
}

describe("contrastive loss", () => {
  it("is ln(batch) when the embeddings say nothing", async () => {
    for (const batch of [2, 7, 32]) {
      const same = Array.from({ length: batch }, () => [1, 0]);
      const { data } = makeContrastiveTargets(batch, (picture, text) => picture === text);
      const rows = Array.from({ length: batch }, (_, row) => [
        ...(data as Float32Array).subarray(row * batch, (row + 1) * batch),
      ]);
      expect(await lossOf(same, same, rows, 14)).toBeCloseTo(Math.log(batch), 5);
    }
  });

  it("is what the formula gives by hand, both ways", async () => {
    const [a, b] = [0.3, -0.8].map((angle) => [Math.cos(angle), Math.sin(angle)]) as [number[], number[]];
    const [c, d] = [0.1, -1].map((angle) => [Math.cos(angle), Math.sin(angle)]) as [number[], number[]];
    const scale = 5;
    const dot = (x: number[], y: number[]): number => scale * (x[0]! * y[0]! + x[1]! * y[1]!);
    const nll = (own: number, other: number): number => Math.log(Math.exp(own) + Math.exp(other)) - own;
    const expected =
      (nll(dot(a, c), dot(a, d)) +
        nll(dot(b, d), dot(b, c)) +
        nll(dot(a, c), dot(b, c)) +
        nll(dot(b, d), dot(a, d))) /
      4;
    expect(
      await lossOf(
        [a, b],
        [c, d],
        [
          [1, 0],
          [0, 1],
        ],
        scale,
      ),
    ).toBeCloseTo(expected, 5);
  });

  it("gives a text that is true of two pictures to both, and a picture to the texts that are true of it alone", async () => {
    const [images, texts] = [
      [0.4, -0.2, 1.1],
      [0.1, 0.9, -0.5],
    ].map((angles) => angles.map((angle) => [Math.cos(angle), Math.sin(angle)])) as [number[][], number[][]];
    // The first text is true of the first two pictures, the second of the second alone.
    const isTrue = [
      [1, 0, 0],
      [1, 1, 0],
      [0, 0, 1],
    ];
    const scale = 3;
    const logits = images.map((image) =>
      texts.map((text) => scale * (image[0]! * text[0]! + image[1]! * text[1]!)),
    );
    const transposed = (rows: number[][]): number[][] => rows.map((_, at) => rows.map((row) => row[at]!));
    const cross = (scores: number[][], truths: number[][]): number =>
      scores.reduce((total, row, at) => {
        const log = Math.log(row.reduce((sum, value) => sum + Math.exp(value), 0));
        const fitting = truths[at]!.reduce((a, b) => a + b);
        return (
          total + row.reduce((sum, value, column) => sum + truths[at]![column]! * (log - value), 0) / fitting
        );
      }, 0) / scores.length;
    const expected = (cross(logits, isTrue) + cross(transposed(logits), transposed(isTrue))) / 2;
    const rows = isTrue.map((row) => row.map((value) => value / row.reduce((a, b) => a + b)));
    expect(await lossOf(images, texts, rows, scale)).toBeCloseTo(expected, 5);
  });

  it("compares pictures with further wrong texts, but not those texts with pictures", async () => {
    const unit = (angle: number): number[] => [Math.cos(angle), Math.sin(angle)];
    const [images, texts] = [[0.3, -0.8].map(unit), [0.1, -1, 0.25].map(unit)];
    const scale = 5;
    const logit = (image: number, text: number): number =>
      scale * (images[image]![0]! * texts[text]![0]! + images[image]![1]! * texts[text]![1]!);
    const nll = (own: number, all: readonly number[]): number =>
      Math.log(all.reduce((sum, value) => sum + Math.exp(value), 0)) - own;
    const expected =
      [0, 1].reduce(
        (sum, at) =>
          sum +
          nll(logit(at, at), [logit(at, 0), logit(at, 1), logit(at, 2)]) +
          nll(logit(at, at), [logit(0, at), logit(1, at)]),
        0,
      ) / 4;
    const rows = [
      [1, 0, 0],
      [0, 1, 0],
    ];
    expect(await lossOf(images, texts, rows, scale)).toBeCloseTo(expected, 5);
  });

  it("clamps the temperature at 100", async () => {
    const identity = [
      [1, 0],
      [0, 1],
    ];
    const at = (scale: number): Promise<number> =>
      lossOf(
        [
          [1, 0],
          [0.9, 0.1],
        ],
        identity,
        identity,
        scale,
      );
    expect(await at(1000)).toBe(await at(maximumScale));
    expect(await at(50)).not.toBe(await at(maximumScale));
  });

  it("lets a temperature beyond the limit come back, and go no further", async () => {
    await tf.setBackend("cpu");
    const slope = (matched: boolean): number => {
      const [first, second] = [0, 0.1].map((angle) => [Math.cos(angle), Math.sin(angle)]) as [
        number[],
        number[],
      ];
      return tf
        .grad((logScale) =>
          computeContrastiveLoss(
            () => logScale,
            tf.tensor2d([first, second]),
            tf.tensor2d(matched ? [first, second] : [second, first]),
            tf.eye(2),
          ),
        )(tf.scalar(Math.log(150)))
        .dataSync()[0]!;
    };
    expect(slope(false)).toBeGreaterThan(0.1); // descent lowers the temperature: wrong pairs are too sure
    expect(Math.abs(slope(true))).toBe(0); // descent would raise it further
  });
});

describe("contrastiveTargets", () => {
  it("shares a row among the texts that are true of its picture", () => {
    const concepts = ["a", "b", "a"];
    const { data } = makeContrastiveTargets(3, (picture, text) => concepts[picture] === concepts[text]);
    expect([...data]).toEqual([0.5, 0, 0.5, 0, 1, 0, 0.5, 0, 0.5]);
  });

  it("of a step keep a caption that names a style from the concept's pictures in other styles", () => {
    const set = noiseSet(10);
    const styles = ["noto style", "old noto style"];
    const items = set.items.map((item, at) => ({ ...item, style: styles[Math.floor(at / 5)]! }));
    const captioned = createEmojiCaptions({ ...set, items });
    const [plain, styled] = [(): string => "a hat", (at: number): string => `a hat, ${items[at]!.style}`].map(
      (caption) => prepareStep(config(), { ...captioned, caption }, tokenizer, 0).targets.data,
    );
    const rowsOf = (data: ArrayLike<number>): number[] =>
      Array.from(
        { length: 10 },
        (_, row) =>
          Array.from(data)
            .slice(row * 10, row * 10 + 10)
            .filter(Boolean).length,
      );
    expect(rowsOf(plain!)).toEqual(Array(10).fill(2));
    expect(rowsOf(styled!)).toEqual(Array(10).fill(1));
  });
});

describe("swapped captions of a step", () => {
  const set = noiseSet(10);
  const items = set.items.map((item, at) =>
    at < 3 ? { ...item, label: `one ${at} with two ${at}`, swapped: `two ${at} with one ${at}` } : item,
  );
  const texts: string[] = [];
  const spy = {
    ...tokenizer,
    encode: (given: readonly string[]) => (texts.push(...given), tokenizer.encode(given)),
  };

  it("follow the captions, as columns that are true of no picture; the set fills up what a batch lacks", () => {
    texts.length = 0;
    const caption = (at: number): string => `an emoji of ${items[at]!.label}`;
    const captioned = { ...createEmojiCaptions({ ...set, items }), caption };
    const { inputs, targets } = prepareStep(config({ swapped: 5 }), captioned, spy, 0);
    expect(inputs.swapped!.shape).toEqual([5, 8]);
    expect(targets.shape).toEqual([10, 15]);
    const columns = Array.from({ length: 15 }, (_, column) =>
      Array.from({ length: 10 }, (_, row) => targets.data[row * 15 + column]!),
    );
    expect(columns.map((column) => column.some(Boolean))).toEqual([
      ...Array<boolean>(10).fill(true),
      ...Array<boolean>(5).fill(false),
    ]);
    const swapped = texts.slice(10);
    expect(swapped.slice(0, 3).sort()).toEqual([0, 1, 2].map((at) => `an emoji of two ${at} with one ${at}`));
    for (const text of swapped.slice(3)) expect(text).toMatch(/^two (\d) with one \1$/);
  });

  it("train in one program with the captions", async () => {
    const given = config({ swapped: 4 });
    const trainer = await createContrastiveTrainer(
      given,
      createEmojiCaptions({ ...set, items }),
      tokenizer,
      initialiseState(initialiseClip(given)),
    );
    const { losses } = await trainer.step(initialiseState(initialiseClip(given)), 0);
    await trainer.dispose();
    expect(losses.loss).toBeGreaterThan(0);
  });

  it("are refused where no caption can be swapped", () => {
    expect(() => prepareStep(config({ swapped: 2 }), createEmojiCaptions(set), tokenizer, 0)).toThrow(
      /no caption .* can be swapped/,
    );
  });
});

describe("captions made of a tag", () => {
  it("are true of every picture that has the tag, not of its own concept alone", () => {
    const set = noiseSet(10);
    // Concepts 0 and 1 share a tag and a subgroup, concept 2 the tag alone, concepts 3 and 4 neither.
    const items = set.items.map((item) => ({
      ...item,
      tags: Number(item.concept) < 3 ? ["love", `only ${item.concept}`] : ["sad"],
      subgroup: Number(item.concept) < 2 ? "emotion" : "animal",
    }));
    const captioned = createEmojiCaptions({ ...set, items });
    const truth = (text: (at: number) => string): number[] => {
      // Batches are in an order of their own: read each column's count by the concept of the caption's picture.
      const concepts: string[] = [];
      const caption = (at: number): string => {
        concepts.push(items[at]!.concept);
        return text(at);
      };
      const { data } = prepareStep(config(), { ...captioned, caption }, tokenizer, 0).targets;
      const counts = [0, 0, 0, 0, 0];
      concepts.forEach((concept, column) => {
        let count = 0;
        for (let row = 0; row < 10; row++) if (data[row * 10 + column]! > 0) count++;
        counts[Number(concept)] = count;
      });
      return counts;
    };
    expect(truth((at) => `${items[at]!.tags[0]!}, ${items[at]!.subgroup}`)).toEqual([4, 4, 2, 4, 4]);
    expect(truth((at) => `${items[at]!.tags.at(-1)!}, ${items[at]!.subgroup}`)).toEqual([2, 2, 2, 4, 4]);
    expect(truth((at) => items[at]!.label)).toEqual([2, 2, 2, 2, 2]);
  });
});

describe("train clip", () => {
  it.each(Object.keys(clipPresets) as ClipPreset[])(
    "begins within a twentieth of ln(batch) with preset %s, on average over weights",
    async (preset) => {
      const { image, text } = clipPresets[preset];
      const batch = 40;
      const model = { image, text: { ...text, features: image.features, vocabSize: 560, contextLength: 8 } };
      const captioned = createEmojiCaptions(noiseSet(batch));
      const inputsOf = (seed: number): TensorRecord => {
        const { inputs, targets } = prepareStep(config({ model, batch, seed }), captioned, tokenizer, 0);
        return { ...initialiseClip(config({ model, batch: 2, seed })), ...inputs, targets };
      };
      const first = inputsOf(1);
      const program = await compile(
        (tensors) => {
          const parameters = parametersFrom(tensors);
          const embeddings = embedBatch(parameters, config({ model }), tensors);
          return { loss: computePairLoss(parameters, config({ model }), embeddings, tensors.targets!) };
        },
        first,
        { weights: { noise: makeNoise(createRandom(1)) }, name: "first loss" },
      );
      // Random weights match some pairs by chance: one draw of them is up to 5 % off.
      const losses: number[] = [];
      for (const inputs of [first, inputsOf(2), inputsOf(3)])
        losses.push((await program.run(inputs)).loss!.data[0]!);
      await program.dispose();
      const mean = losses.reduce((sum, loss) => sum + loss) / losses.length;
      expect(Math.abs(mean / Math.log(batch) - 1)).toBeLessThan(0.05);
    },
  );

  it("learns: the loss falls on a few pictures", async () => {
    const given = config({
      rate: 5e-3,
      steps: 60,
      augment: { zoom: 0, closest: 1, flip: 0, colour: 0, noise: 0 },
    });
    let state = initialiseState(initialiseClip(given));
    const trainer = await createContrastiveTrainer(
      given,
      createEmojiCaptions(noiseSet(10)),
      tokenizer,
      state,
    );
    const losses: number[] = [];
    for (let index = 0; index < 60; index++) {
      const next = await trainer.step(state, index);
      state = next.state;
      losses.push(next.losses.loss!);
    }
    expect(losses.at(-1)!).toBeLessThan(losses[0]! - 0.3);
    await trainer.dispose();
  });
});

describe("drawBatch", () => {
  it("shows every item once an epoch, in an order of its own", () => {
    const set = noiseSet(12);
    const random = createRandom(3);
    const epoch = (first: number): number[] =>
      [0, 1, 2].flatMap((step) => drawBatch(set, first + step, 4, random));
    expect([...epoch(0)].sort((a, b) => a - b)).toEqual([...Array(12).keys()]);
    expect(epoch(0)).not.toEqual(epoch(3));
    expect(epoch(0)).toEqual(epoch(0));
  });

  it("puts two of a family beside each other, all items of an epoch still once, and the two are not always the same", () => {
    const set = { ...noiseSet(12), family: (item: number) => String(item % 3) };
    const pairs = (epoch: number): string[] => {
      const order = drawBatch(set, epoch, 12, createRandom(3));
      expect([...order].sort((a, b) => a - b)).toEqual([...Array(12).keys()]);
      return Array.from({ length: 6 }, (_, pair) => {
        const [first, second] = [order[2 * pair]!, order[2 * pair + 1]!];
        expect(first % 3).toBe(second % 3);
        return [first, second].sort((a, b) => a - b).join();
      });
    };
    expect(new Set([0, 1, 2, 3].flatMap(pairs)).size).toBeGreaterThan(6);
  });
});

describe("AdamW", () => {
  it("is the published update, on one weight", async () => {
    const { updateByAdam, adamScalarsOf } = await import("../../src/tensor/index.js");
    await tf.setBackend("cpu");
    const settings = { beta1: 0.9, beta2: 0.98, epsilon: 1e-6, clip: 1e9, weightDecay: 0.1 };
    const [weight, gradient, first, second] = [
      [1.5, -2],
      [0.2, -0.4],
      [0.1, 0.3],
      [0.05, 0.02],
    ];
    const step = 4;
    const rate = 0.01;
    const [scaled, rootCorrection, decayRate] = adamScalarsOf(step, rate, settings) as [
      number,
      number,
      number,
    ];
    const next = updateByAdam(
      { "x.weight": tf.tensor2d([weight!]) },
      { "x.weight": tf.tensor2d([gradient!]) },
      { "x.weight": tf.tensor2d([first!]) },
      { "x.weight": tf.tensor2d([second!]) },
      { rate: tf.scalar(scaled), rootCorrection: tf.scalar(rootCorrection), decayRate: tf.scalar(decayRate) },
      settings,
    );
    const result = next.weights["x.weight"]!.dataSync();
    weight!.forEach((value, at) => {
      const m = 0.9 * first![at]! + 0.1 * gradient![at]!;
      const v = 0.98 * second![at]! + 0.02 * gradient![at]! ** 2;
      const [mHat, vHat] = [m / (1 - 0.9 ** (step + 1)), v / (1 - 0.98 ** (step + 1))];
      const expected = value - rate * (mHat / (Math.sqrt(vHat) + 1e-6) + 0.1 * value);
      expect(result[at]).toBeCloseTo(expected, 5);
    });
  });
});
