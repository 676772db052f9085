import { describe, expect, it } from "vitest";
import { loadTokenizer } from "../../src/clip/index.js";
import { createRandom } from "../../src/tensor/index.js";
import {
  type Balance,
  type CaptionedSet,
  type ContrastiveConfig,
  balanceWeights,
  createContrastiveTrainer,
  drawBalanced,
  readGroups,
  initialiseClip,
  initialiseState,
  measureRetrieval,
  weightsOfState,
} from "../../src/training/index.js";
import { tinyClip, tokenizerJson } from "../tiny.js";

const side = 64;
const colours = {
  grey: [128, 128, 128],
  black: [10, 10, 10],
  red: [230, 20, 20],
  yellow: [240, 200, 30],
} as const;
/** How many pictures of a group have a colour and are called so. */
type Kind = readonly [group: string, colour: keyof typeof colours, caption: string, count: number];

/**
 * A planted imbalance: of what is grey the many say "cat face" and the few "hat". To the many it is less typical than to the
 * few, so who hears both alike says "hat"; who hears every picture alike goes with the many.
 */
const imbalanced: readonly Kind[] = [
  ["many", "grey", "cat face", 108],
  ["many", "black", "hat", 108],
  ["many", "red", "red heart", 144],
  ["few", "grey", "hat", 32],
  ["few", "yellow", "cat face", 8],
];
/** The pictures of the few, to be named. */
const ofTheFew: readonly Kind[] = [
  ["few", "grey", "hat", 4],
  ["few", "yellow", "cat face", 4],
];

function setOf(kinds: readonly Kind[]): CaptionedSet & { items: readonly { group: string }[] } {
  const items = kinds.flatMap(([group, colour, caption, count]) =>
    Array.from({ length: count }, () => ({ group, colour, caption })),
  );
  const random = createRandom("pictures");
  return {
    images: Uint8Array.from({ length: items.length * side * side * 3 }, (_, at) => {
      const { colour } = items[Math.floor(at / (side * side * 3))]!;
      return colours[colour][at % 3]! + random.integer(10);
    }),
    positions: Int32Array.from(items.keys()),
    concept: (item) => items[item]!.caption,
    caption: (item) => items[item]!.caption,
    items,
  };
}

const tokenizer = loadTokenizer(tokenizerJson, { contextLength: 8 });
const settings = {
  batch: 20,
  steps: 80,
  rate: 3e-3,
  weightDecay: 0.1,
  warmUp: 10,
  seed: 1,
  augment: { zoom: 0, closest: 1, flip: 0.3, colour: 0.02, noise: 0.02 },
};

describe("balanced groups", () => {
  it("are drawn equally often, every member before any is drawn again", () => {
    const groups = [...new Array<string>(95).fill("many"), ...new Array<string>(5).fill("few")];
    const batches = Array.from({ length: 40 }, (_, step) => drawBalanced(groups, step, 8, createRandom(1)));
    for (const batch of batches) expect(batch.filter((item) => item >= 95)).toHaveLength(4);
    const few = batches.flat().filter((item) => item >= 95);
    for (let at = 0; at < few.length; at += 5)
      expect([...few.slice(at, at + 5)].sort()).toEqual([95, 96, 97, 98, 99]);
    expect(new Set(batches.flat().filter((item) => item < 95)).size).toBe(95);
    expect(drawBalanced(groups, 7, 8, createRandom(1))).toEqual(batches[7]);
  });

  it("weigh the same together, with a mean of 1; attributes that make no groups are refused", () => {
    const groups = ["a", "a", "a", "b"];
    expect([...balanceWeights(groups)]).toEqual([4 / 6, 4 / 6, 4 / 6, 2].map(Math.fround));
    const items = [{ tone: "x", size: 1 }, { tone: "x" }];
    expect(() => readGroups(items, "age")).toThrow(
      'no picture has the attribute "age", which is to be balanced; known: tone',
    );
    expect(() => readGroups(items, "tone")).toThrow('all pictures have the same "tone"');
    expect(readGroups([{ tone: "x" }, {}], "tone")).toEqual(["x", ""]);
  });

  it("let a CLIP hear a group of one picture in ten, by sampling and by weights, with either loss", async () => {
    const [training, test] = [setOf(imbalanced), setOf(ofTheFew)];
    const groups = readGroups(training.items, "group");
    // The contrastive loss separates the groups in half of the steps, with every seed of 1 to 3.
    const quick = { steps: 40, rate: 5e-3, warmUp: 5 };
    const accuracy = async (how?: Balance["how"], sigmoid = false): Promise<number> => {
      const balance = how && { by: "group", how };
      const model = { ...tinyClip(8), ...(sigmoid && { sigmoid }) };
      const own = sigmoid ? {} : quick;
      const config: ContrastiveConfig = { ...settings, ...own, model, ...(balance && { balance }) };
      let state = initialiseState(initialiseClip(config));
      const set = { ...training, ...(balance && { groups }) };
      const trainer = await createContrastiveTrainer(config, set, tokenizer, state, { threads: 1 });
      for (let step = 0; step < config.steps; step++) ({ state } = await trainer.step(state, step));
      await trainer.dispose();
      const clip = { config: config.model, weights: weightsOfState(state) };
      return (await measureRetrieval(test, tokenizer, clip)).imageToText1;
    };
    const found = {
      plain: await accuracy(),
      sampling: await accuracy("sampling"),
      weights: await accuracy("weights"),
      plainSigmoid: await accuracy(undefined, true),
      weightsSigmoid: await accuracy("weights", true),
    };
    expect(found).toEqual({ plain: 0.5, sampling: 1, weights: 1, plainSigmoid: 0.5, weightsSigmoid: 1 });
  }, 300_000);
});
