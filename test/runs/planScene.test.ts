import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { type Concept, createPhraseReader } from "../../src/prompts/index.js";
import { planScene } from "../../src/runs/planScene.js";

const vocabulary = JSON.parse(
  await readFile("generators/stickers/vocabulary.json", "utf8"),
) as readonly Concept[];
const models = { generator: { regions: {}, styles: [] }, phrases: createPhraseReader(vocabulary) } as never;
const plan = async (text: string, of: never = models) => {
  const term = { name: text, text, weight: 1, from: 0, to: 1 };
  const { scene, findings } = await planScene({ layers: 3, init: undefined, scene: undefined }, [term], of);
  const parts = scene?.parts.map((part, at) => `${scene.counts![at]!} ${part}`);
  return { parts, codes: findings.map(({ code }) => code) };
};

describe("the plan of a scene, by the bundled pack's vocabulary", () => {
  it("reduces the copies of a setting first, without a warning", async () => {
    const { parts, codes } = await plan("two cats wearing a crown and a burger with wings at night");
    expect(parts).toEqual([
      "1 cat",
      "1 crown",
      "1 cat",
      "1 crown",
      "1 burger",
      "1 navy square",
      "1 moon",
      "2 star",
    ]);
    expect(codes).toEqual(["scene", "omitted-things"]);
    const full = await plan("five cats with a burger with wings at night");
    expect(full.parts).toEqual(["5 cat", "1 burger", "1 wings", "1 navy square"]);
    expect(full.codes).toEqual(["scene"]);
  });

  it("knows every part of every setting", async () => {
    for (const place of ["at night", "in space", "on the beach", "in the snow", "in the rain", "in a storm", "in the forest", "in the jungle", "in the desert", "in the city", "at sunset", "at dawn", "in the mountains", "in the sky", "in the sea", "under the sea", "in a field", "in the park", "in the garden", "in the sun"]) {
      const { parts, codes } = await plan(`a cat ${place}`);
      expect([place, parts!.length > 1, codes]).toEqual([place, true, ["scene"]]);
    } // prettier-ignore
  });

  it("reads a setting that the text begins with", async () => {
    const [first, last] = [await plan("a snowy day with a penguin"), await plan("a penguin on a snowy day")];
    expect(first.parts).toEqual(last.parts);
    expect((await plan("a cozy kitchen with a cat")).parts).toContain("1 refrigerator");
    expect((await plan("a sun with sunglasses")).parts).toEqual(["1 sun", "1 sunglasses"]);
  });

  const generator = { regions: {}, styles: [], vocabulary };
  const whole = { generator, phrases: createPhraseReader(vocabulary) } as never;

  it("draws several where a prompt is only a plural, unless the plural names one drawing", async () => {
    expect((await plan("kittens", whole)).parts).toEqual(["3 kitten"]);
    expect((await plan("colorful crayons", whole)).parts).toEqual(["3 colorful crayon"]);
    for (const text of ["grapes", "woods", "oranges", "musical notes", "cat ears", "an octopus"])
      expect([text, (await plan(text, whole)).parts]).toEqual([text, undefined]);
  });

  it("reads a day sky and a windy day as settings", async () => {
    expect((await plan("a sunflower under a blue sky")).parts).toContain("1 green square");
    expect((await plan("a windy day with a kite")).parts!.slice(0, 2)).toEqual([
      "1 kite",
      "1 light blue square",
    ]);
  });

  it("reads no state from a greeting, and no animal from food", async () => {
    expect((await plan("a happy birthday cake", whole)).parts).toBeUndefined();
    expect((await plan("a hot dog with mustard", whole)).parts).toEqual(["1 hot dog", "1 mustard"]);
    expect((await plan("a bowl of fruit on a table", whole)).parts).toEqual(["1 fruit salad", "1 table"]);
  });

  it("draws animals upright behind a table", async () => {
    expect((await plan("a gorilla behind a desk", whole)).parts).toEqual(["1 standing gorilla", "1 desk"]);
    expect((await plan("a gorilla behind a bush", whole)).parts).toEqual(["1 gorilla", "1 bush"]);
  });

  it("shows a state by a sign, but for what has a drawing of it", async () => {
    expect((await plan("a sleeping dog")).parts).toEqual(["1 dog", "1 zzz"]);
    expect((await plan("a crying cat")).parts).toBeUndefined();
    expect((await plan("an angry tomato")).parts).toEqual(["1 tomato", "1 angry face"]);
    expect((await plan("a happy dog")).parts).toBeUndefined();
  });

  it("says what is not drawn, and what contradicts", async () => {
    const five = await plan("a cat, a dog, a bird, a fish and a cow in the snow");
    expect(five.parts!.slice(0, 3)).toEqual(["1 cat", "1 dog", "1 bird"]);
    expect(five.codes).toContain("omitted-things");
    expect((await plan("a star above and below a house at night")).codes).toContain(
      "contradictory-relations",
    );
    expect((await plan("a cat on a xylograph at night")).codes).toContain("unknown-things");
    expect((await plan("a cat with a cat")).parts).toEqual(["1 cat", "1 cat"]);
  });

  it("does not split a generator's names of several words, such as those of persons", async () => {
    const names = {
      "man beard": ["man with beard"],
      "person biking": ["boy riding bike"],
      man: [],
      beard: [],
      boy: [],
      bike: [],
      hat: [],
    };
    const concepts = Object.entries(names).map(([label, own]) => ({ label, names: own, tags: [] }));
    const generator = { regions: {}, styles: [], vocabulary: concepts };
    const own = { generator, phrases: createPhraseReader(concepts) } as never;
    expect((await plan("a man with a beard", own)).parts).toBeUndefined();
    expect((await plan("a boy riding a bike", own)).parts).toBeUndefined();
    expect((await plan("a man with a beard and a hat", own)).parts).toEqual(["1 man with beard", "1 hat"]);
    expect((await plan("a man with a hat", own)).parts).toEqual(["1 man", "1 hat"]);
  });

  it("splits no name of a drawing at its words", async () => {
    const own = [
      { label: "mac and cheese", names: [], tags: [] },
      { label: "plate", names: [], tags: [] },
      { label: "table", names: [], tags: [] },
    ];
    const generator = { regions: {}, styles: [], vocabulary: own };
    const known = { generator, phrases: createPhraseReader(own) } as never;
    expect((await plan("mac and cheese on a table", known)).parts).toEqual(["1 mac and cheese", "1 table"]);
    expect((await plan("a plate and a table", known)).parts).toEqual(["1 plate", "1 table"]);
  });
});
