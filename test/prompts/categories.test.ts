import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { type Concept, createPhraseReader } from "../../src/prompts/index.js";
import { categories } from "../../src/prompts/categories.js";

const vocabulary = JSON.parse(
  await readFile("generators/stickers/vocabulary.json", "utf8"),
) as readonly Concept[];
const reader = createPhraseReader(vocabulary);
const membersOf = (phrase: string): string[] | undefined => {
  const meaning = reader.read(phrase);
  return meaning?.category === undefined ? undefined : meaning.concepts.map((at) => vocabulary[at]!.label);
};

describe("the table of categories", () => {
  it("names labels and subgroups of the bundled pack", () => {
    const labels = new Set(vocabulary.map(({ label }) => label));
    const subgroups = new Set(vocabulary.map(({ subgroup }) => subgroup));
    const unknown = Object.values(categories).flatMap((text) =>
      text
        .split("|")
        .filter((each) =>
          each.startsWith("#") ? !subgroups.has(each.slice(1)) : !labels.has(each.replace(/^-/, "")),
        ),
    );
    expect(unknown).toEqual([]);
  });

  it("has each phrase once, and none that is the name or a kind of a thing", () => {
    const phrases = Object.keys(categories).flatMap((names) => names.split("|"));
    expect(phrases.filter((phrase, at) => phrases.indexOf(phrase) !== at)).toEqual([]);
    const plain = phrases.filter((phrase) => !phrase.startsWith("~"));
    expect(plain.filter((phrase) => reader.isName(phrase))).toEqual([]);
    const kinds = new Set(vocabulary.flatMap(({ kinds: own = [] }) => own));
    expect(plain.filter((phrase) => kinds.has(phrase))).toEqual([]);
  });
});

describe("phrases of a category", () => {
  it.each([
    ["a sea creature", "octopus", "cat"],
    ["a musical instrument", "violin", "hammer"],
    ["footwear", "running shoe", "top hat"],
    ["a kind of money", "coin", "wallet"],
    ["a piece of clothing", "dress", "pizza"],
  ])("by what it consists of: %s", (phrase, member, other) => {
    expect(membersOf(phrase)).toContain(member);
    expect(membersOf(phrase)).not.toContain(other);
  });

  it.each([
    ["something for christmas", "christmas tree"],
    ["halloween", "jack-o-lantern"],
    ["new year's eve", "fireworks"],
    ["summer vacation", "desert island"],
    ["something for the office", "paperclip"],
  ])("by an occasion: %s", (phrase, member) => {
    expect(membersOf(phrase)).toContain(member);
  });

  it.each([
    ["something spooky", "ghost"],
    ["something sweet", "cookie"],
    ["something cold", "ice"],
    ["something dangerous", "bomb"],
  ])("by a property: %s", (phrase, member) => {
    expect(membersOf(phrase)).toContain(member);
  });

  it("of a tag, after words that ask for anything with it", () => {
    expect(membersOf("something french")).toContain("croissant");
    expect(membersOf("a french")).toBeUndefined();
  });

  it("narrow each other, as far as a member is left", () => {
    expect(membersOf("winter sport")).toEqual(expect.arrayContaining(["skis", "sled"]));
    expect(membersOf("winter sport")).not.toContain("basketball");
    expect(membersOf("an angry animal")).toEqual(["pouting cat"]);
    expect(membersOf("a cozy home")!.every((label) => /house|couch/.test(label))).toBe(true);
    expect(membersOf("a quaint fruit")).toEqual(membersOf("a fruit"));
  });

  it("take a colour that no member is known by as paint", () => {
    expect(reader.read("a pink vehicle")?.colour?.name).toBe("pink");
    expect(reader.read("a red fruit")?.colour).toBeUndefined();
    expect(membersOf("a red fruit")).toContain("red apple");
  });
});

describe("phrases of things", () => {
  it.each([
    "a red fire truck",
    "office worker",
    "a man reading",
    "sea",
    "a hot dog",
    "an office",
    "sports car",
  ])("stay things: %s", (phrase) => {
    expect(reader.read(phrase)).toBeDefined();
    expect(reader.read(phrase)?.category).toBeUndefined();
  });

  it("of a thing that is no member are left to others: a dog's crying is no list of faces", () => {
    expect(membersOf("a dog crying")).toBeUndefined();
    expect(membersOf("a house for an animal")).toBeUndefined();
    expect(membersOf(`${"very ".repeat(50)}wild animal`)).toBeUndefined();
  });

  it("keep their reading: every name and kind, alone and with a colour", () => {
    for (const { label, names, kinds = [] } of vocabulary)
      for (const text of [label, ...names, ...kinds])
        for (const phrase of [text, `a green ${text}`])
          expect(reader.read(phrase)?.category, phrase).toBeUndefined();
  });
});
