import { describe, expect, it } from "vitest";
import { type Concept, createPhraseReader, takeColour } from "../../src/prompts/index.js";

const concepts: Concept[] = [
  { label: "red apple", names: ["apple"], tags: ["fruit", "red"] },
  { label: "automobile", names: ["car"], tags: ["vehicle"] },
  { label: "taxi", names: [], tags: ["vehicle", "car"] },
  { label: "cat", names: [], tags: ["animal", "pet"], kinds: ["tabby", "tomcat"] },
  { label: "pouting cat", names: [], tags: ["angry", "animal"] },
  { label: "hot cat", names: [], tags: ["food"] },
  { label: "hot beverage", names: ["coffee"], tags: ["drink"] },
  { label: "tangerine", names: ["orange"], tags: ["fruit"] },
  { label: "orange book", names: [], tags: ["library"] },
  { label: "pizza", names: [], tags: ["food", "slice"] },
  { label: "cat with tears of joy", names: [], tags: ["laugh"] },
  { label: "strawberry", names: [], tags: ["fruit"] },
  { label: "crown", names: [], tags: ["king"] },
  { label: "bird", names: [], tags: ["animal"] },
  { label: "wing", names: [], tags: ["bird", "flying"] },
  { label: "sunrise", names: ["sunset over the lake"], tags: [] },
  { label: "cheese wedge", names: ["cheese"], tags: [] },
  { label: "office", names: ["office block"], tags: [] },
];
const reader = createPhraseReader(concepts);
const read = (phrase: string) => {
  const meaning = reader.read(phrase);
  return meaning && [meaning.colour?.name, ...meaning.concepts.map((at) => concepts[at]!.label)];
};

describe("kinds without a drawing of their own", () => {
  it.each([
    ["a tabby", "cat", "tabby"],
    ["two tomcats", "cat", "tomcats"],
    ["an angry tabby", "pouting cat", "tabby"],
    ["a cat", "cat", undefined],
  ])("%s is drawn as %s", (phrase, label, word) => {
    const meaning = reader.read(phrase)!;
    expect(concepts[meaning.concepts[0]!]!.label).toBe(label);
    expect(meaning.kind).toEqual(word && { word, label: "cat" });
  });
});

it("finds names with an article in them, whatever the articles of the phrase", () => {
  expect(read("a sunset over the lake")).toEqual([undefined, "sunrise"]);
});

it("reads what a quantity is of: a block of cheese is no office block", () => {
  expect(read("a block of cheese")).toEqual([undefined, "cheese wedge"]);
});

describe("other forms of a word", () => {
  const garments = createPhraseReader([
    { label: "windsock", names: ["wind sock"], tags: [] },
    { label: "socks", names: [], tags: [] },
    { label: "yarn", names: [], tags: ["wool"] },
    { label: "pushpin", names: ["tack"], tags: [] },
    { label: "wheat", names: [], tags: ["hay"] },
  ]);

  it("finds what is named by the plural, also if the word itself is part of another name", () =>
    expect(garments.read("a wool sock")?.concepts).toEqual([1]));

  it("does not split a compound at a plural: a haystack is no tack", () =>
    expect(garments.read("haystack")).toBeUndefined());
});

describe("kinds of several words, spellings and plurals", () => {
  const { read } = createPhraseReader([
    { label: "clothes iron", names: [], tags: [], kinds: ["ironing board"] },
    { label: "lighthouse", names: [], tags: [] },
    { label: "mouse", names: [], tags: [] },
    { label: "tea pot", names: ["kitchen knife"], tags: [] },
    { label: "police officer", names: ["policeman"], tags: ["board"] },
  ]);

  it.each([
    ["a blue ironing board", 0, { word: "ironing board", label: "clothes iron" }],
    ["ironing boards", 0, { word: "ironing boards", label: "clothes iron" }],
    ["a light house", 1, undefined],
    ["mice", 2, undefined],
    ["a teapot", 3, undefined],
    ["kitchen knives", 3, undefined],
    ["policemen", 4, undefined],
  ])("read %s", (phrase, concept, kind) => {
    expect(read(phrase)).toMatchObject({ concepts: [concept], isName: true });
    expect(read(phrase)!.kind).toEqual(kind);
  });

  it("are no names of single words in them", () => {
    expect(read("a board")).toMatchObject({ concepts: [4], isName: false });
    expect(read("an ironing")).toBeUndefined();
  });
});

describe("words that the pack does not know", () => {
  it("reads a compound of known words as its second half", () => {
    const compounds = createPhraseReader([
      { label: "house", names: [], tags: [] },
      { label: "bird", names: [], tags: [] },
      { label: "lion", names: [], tags: [] },
    ]);
    expect(compounds.read("a red birdhouse")).toMatchObject({
      concepts: [0],
      kind: { word: "birdhouse", label: "house" },
      colour: { name: "red" },
    });
    expect(compounds.read("a pavilion")).toBeUndefined();
  });
  it("falls back to what follows a preposition", () => {
    expect(read("a logo for a pizza shop")).toEqual([undefined, "pizza"]);
    expect(read("a logo")).toBeUndefined();
  });
});

describe("phrases", () => {
  it.each([
    ["a red apple", [undefined, "red apple"]],
    ["a blue apple", ["blue", "red apple"]],
    ["The dark blue car", ["dark blue", "automobile"]],
    ["a red and yellow car", ["red", "automobile"]],
    ["a cup of coffee", [undefined, "hot beverage"]],
    ["a slice of pizza", [undefined, "pizza"]],
    ["orange", [undefined, "tangerine"]],
    ["a green orange", ["green", "tangerine"]],
    ["an orange book", [undefined, "orange book"]],
    ["strawberries", [undefined, "strawberry"]],
    ["a picture of a cat", [undefined, "cat"]],
    ["an angry cat", [undefined, "pouting cat"]],
    ["a sleepy cat", [undefined, "cat"]],
    ["a flying bird", [undefined, "bird"]],
    ["cat with tears of joy", [undefined, "cat with tears of joy"]],
  ])("%s", (phrase, expected) => {
    expect(read(phrase)).toEqual(expected);
  });

  it("knows names from descriptions", () => {
    expect(reader.isName("a car")).toBe(true);
    expect(reader.isName("an angry cat")).toBe(false);
    expect(reader.read("an angry cat")!.isName).toBe(false);
  });

  it("leaves what it does not know, and several things at once, to others", () => {
    expect(read("golden retriever")).toBeUndefined();
    expect(read("a cat wearing a crown")).toBeUndefined();
    expect(read("")).toBeUndefined();
    expect(read("!!!")).toBeUndefined();
  });

  it("reads long and odd phrases", () => {
    expect(read(`${"very red ".repeat(5000)}cat`)).toEqual(["red", "cat"]);
    expect(read("ǁ".repeat(50_000))).toBeUndefined();
  });
});

describe("colours", () => {
  it("lightens and darkens by the word before", () => {
    const red = (words: string[]) => takeColour(words).colour!.rgb[0];
    expect(red(["dark", "red", "car"])).toBeCloseTo(0.6 * red(["red", "car"]), 6);
    expect(red(["light", "red", "car"])).toBeCloseTo(0.6 * red(["red", "car"]) + 0.4, 6);
  });
  it("never takes the last word", () => {
    expect(takeColour(["orange"])).toEqual({ words: ["orange"] });
  });
});
