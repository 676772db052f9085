import { describe, expect, it } from "vitest";
import { loadTokenizer } from "../../src/clip/index.js";
import {
  type ContrastiveConfig,
  createAccumulatingTrainer,
  createContrastiveTrainer,
  createEmojiCaptions,
  initialiseClip,
  initialiseState,
  watchTraining,
} from "../../src/training/index.js";
import { tinyClip, tokenizerJson } from "../tiny.js";
import { noiseSet } from "./fixture.js";

const tokenizer = loadTokenizer(tokenizerJson, { contextLength: 8 });
const set = createEmojiCaptions(noiseSet(20));
const config = (sigmoid: boolean): ContrastiveConfig => ({
  model: { ...tinyClip(4), ...(sigmoid && { sigmoid }) } as ContrastiveConfig["model"],
  batch: 12,
  steps: 10,
  rate: 1e-3,
  weightDecay: 0.1,
  warmUp: 2,
  seed: 3,
  augment: { zoom: 0.5, closest: 0.5, flip: 0.5, colour: 0.1, noise: 0.1 },
});

describe("a batch in parts", () => {
  it.each([
    ["softmax", false],
    ["sigmoid", true],
  ])("gives the step of the whole batch, with the %s loss", async (_, sigmoid) => {
    const given = config(sigmoid);
    let [whole, parts] = [initialiseState(initialiseClip(given)), initialiseState(initialiseClip(given))];
    expect("w/logitBias" in whole).toBe(sigmoid);
    const one = await createContrastiveTrainer(given, set, tokenizer, whole);
    const three = await createAccumulatingTrainer({ ...given, accumulate: 3 }, set, tokenizer, parts);
    for (const step of [0, 1]) {
      const [a, b] = [await one.step(whole, step), await three.step(parts, step)];
      expect(b.losses.loss).toBeCloseTo(a.losses.loss!, 3);
      expect(b.losses.norm! / a.losses.norm!).toBeCloseTo(1, 3);
      [whole, parts] = [a.state, b.state];
    }
    // Adam's first steps are of the size of the rate whatever the gradient, so moments tell more than weights.
    for (const [name, { data }] of Object.entries(whole).filter(([key]) => key.startsWith("m/"))) {
      const size = Math.hypot(...data) + 1e-7;
      const apart = Math.hypot(...data.map((value, at) => value - parts[name]!.data[at]!));
      expect(`${name} ${apart / size < 5e-3}`).toBe(`${name} true`);
    }
    await Promise.all([one.dispose(), three.dispose()]);
  });

  it("refuses parts of different sizes", async () => {
    const given = { ...config(false), accumulate: 5 };
    const state = initialiseState(initialiseClip(given));
    await expect(createAccumulatingTrainer(given, set, tokenizer, state)).rejects.toThrow(
      "a batch of 12 cannot be accumulated in 5 equal parts",
    );
  });
});

describe("the watch over a training", () => {
  it("says once that the loss is still ln(batch), and that the temperature is at its limit", () => {
    const watch = watchTraining({ batch: 64, sigmoid: false }, 400);
    const stuck = Array.from({ length: 200 }, (_, at) => watch(at + 1, { loss: Math.log(64), scale: 14 }));
    expect(stuck.filter(Boolean)).toHaveLength(1);
    expect(stuck.findIndex(Boolean)).toBe(149);
    // While the loss is still stuck.
    expect(watch(201, { loss: Math.log(64), scale: 100 })).toContain("temperature");
    expect(watch(202, { loss: Math.log(64), scale: 100 })).toBeUndefined();
    const learning = watchTraining({ batch: 64, sigmoid: false }, 400);
    for (let step = 1; step < 300; step++)
      expect(learning(step, { loss: Math.log(64) * Math.exp(-step / 50), scale: 14 })).toBeUndefined();
    const other = watchTraining({ batch: 64, sigmoid: true }, 400);
    for (let step = 1; step < 300; step++) expect(other(step, { loss: 9, scale: 200 })).toBeUndefined();
  });
});
