import { expect, it } from "vitest";
import { namesSetting, planEdit } from "../../src/guidance/edits/plan.js";
import { createPhraseReader } from "../../src/prompts/index.js";

const concept = (label: string, ...names: string[]) => ({ label, names, tags: [] });
const vocabulary = [
  concept("cat"),
  concept("cat face"),
  concept("dog face", "dog"),
  concept("top hat", "hat"),
  concept("sunglasses"),
  concept("ribbon"),
  concept("red apple", "apple"),
  concept("cat with tears of joy"),
];
const generator = { vocabulary, styles: ["noto style"], regions: {} };
const models = { generator, phrases: createPhraseReader(vocabulary) } as never;
const plan = (from: string, to: string) => planEdit(models, from, to, "auto");

it.each([
  ["a cat", "a cat with a hat", [{ text: "hat", relation: "head" }]],
  ["a cat", "add a hat", [{ text: "hat", relation: "head" }]],
  ["a dog face", "wearing sunglasses", [{ text: "sunglasses", relation: "eyes" }]],
  ["a dog face", "with a red bow", [{ text: "red ribbon", relation: "head" }]],
  [
    "a cat",
    "a cat wearing sunglasses and a hat",
    [
      { text: "sunglasses", relation: "eyes" },
      { text: "hat", relation: "head" },
    ],
  ],
])("from %s to %s adds things", (from, to, things) => {
  expect(plan(from, to)).toMatchObject({ kind: "add", things });
});

it.each([
  "add a hat",
  "Add a hat to it",
  "give it a hat",
  "please give the cat a hat",
  "put a hat on its head",
  "put on a hat",
  "put a hat on the cat",
  "add a hat to the cat",
  "make it wear a hat",
  "make the cat wear a hat",
  "with a hat",
])("adds a hat for %s", (text) => {
  expect(plan("a cat", text)).toMatchObject({
    kind: "add",
    things: [{ text: "hat", relation: "head" }],
    target: "a cat with a hat",
  });
});

it("does not take every text with give or put for an addition", () => {
  for (const text of ["give way", "a shot put", "put"])
    expect(plan("a cat", text).kind, text).not.toBe("add");
});

it("names the whole picture where the text names the addition alone", () => {
  expect(plan("a cat", "wearing sunglasses")).toMatchObject({ target: "a cat wearing sunglasses" });
});

it("recolours to a named colour, and knows the colour that the source has", () => {
  expect(plan("a red apple", "a green apple")).toMatchObject({ kind: "recolour", named: expect.any(Array) });
  expect(plan("a cat", "a blue cat")).toMatchObject({ kind: "recolour", named: undefined });
});

it("recolours wherever only colours may change and the text names one", () => {
  expect(planEdit(models, "", "a red cow head", "colour")).toMatchObject({
    kind: "recolour",
    named: undefined,
  });
  expect(planEdit(models, "a cat", "a red dog with a hat", "colour").kind).toBe("recolour");
  expect(planEdit(models, "a cat", "a bright cat", "colour")).toEqual({ kind: "steer", change: "colour" });
});

it("redraws or adds where that is asked for, and steers what it cannot draw", () => {
  expect(plan("a cat", "a cat with a hat").kind).toBe("add");
  expect(planEdit(models, "a cat", "a cat with a hat", "drawing").kind).not.toBe("add");
  expect(planEdit(models, "a cat", "a red hat", "drawing")).toMatchObject({ kind: "redraw", concepts: [3] });
  expect(planEdit(models, "a cat", "a quokka", "drawing")).toEqual({ kind: "steer", change: "shape" });
  for (const text of ["a hat", "add a hat", "a cat with a hat"])
    expect(planEdit(models, "a cat", text, "layer"), text).toMatchObject({
      kind: "add",
      things: [{ text: "hat" }],
      target: "a cat with a hat",
    });
  expect(planEdit(models, "a cat", "a cat, noto style", "layer")).toMatchObject({ kind: "steer" });
});

it("recolours a masked part whose new colour the text names", () => {
  const masked = (to: string, from = "") => planEdit(models, from, to, "auto", { masked: true });
  for (const text of ["a red head", "its left ear in red", "make it red", "red", "the red leaves"])
    expect(masked(text), text).toMatchObject({ kind: "recolour", rgb: expect.any(Array), named: undefined });
  expect(masked("a dark blue head", "a red cow")).toMatchObject({
    kind: "recolour",
    named: expect.any(Array),
  });
  expect(masked("a red hat").kind).not.toBe("recolour");
  expect(masked("a head").kind).not.toBe("recolour");
  expect(plan("", "a red head").kind).not.toBe("recolour");
});

it("redraws known things, faces among them, and the same thing in a style", () => {
  expect(plan("a dog face", "a cat")).toEqual({ kind: "redraw", concepts: [0, 1], sameThing: false });
  expect(plan("apple", "apple, noto style")).toEqual({ kind: "redraw", concepts: [6], sameThing: true });
});

it("steers where nothing is known, another subject gets a thing, or a kind of change is given", () => {
  // no drawing has this name
  expect(plan("crying cat", "crying cat, noto style")).toEqual({
    kind: "steer",
    change: "shape",
    undrawn: "crying cat",
  });
  expect(plan("gizmo", "gizmo, noto style")).toMatchObject({ kind: "steer", undrawn: "gizmo" });
  expect(plan("a cat", "a quokka")).toEqual({ kind: "steer", change: "shape" });
  expect(plan("a dog face", "a cat with a hat").kind).not.toBe("add");
  const pixels = { ...(models as object), generator: { ...generator, regions: undefined } } as never;
  expect(planEdit(pixels, "a cat", "a blue cat", "auto")).toEqual({ kind: "steer", change: "colour" });
});

it("knows food that is drawn in a cup or a cone", () => {
  expect(plan("an ice cream", "a purple ice cream")).toMatchObject({ kind: "recolour", served: true });
  expect(plan("a cat", "a purple cat")).toMatchObject({ kind: "recolour", served: false });
});

it.each(["give it sunglasses", "give the cat red sunglasses"])(
  "adds a plural without an article: %s",
  (text) => {
    expect(plan("a cat", text)).toMatchObject({ kind: "add", things: [{ relation: "eyes" }] });
  },
);

it("finds a setting in a text", () => {
  expect(namesSetting(models, "a cat at night")).toBe(true);
  expect(namesSetting(models, "a cat with a hat")).toBe(false);
});
