import { describe, expect, it } from "vitest";
import { createPhraseReader, splitScene } from "../../src/prompts/index.js";

const concept = (label: string, ...names: string[]) => ({ label, names, tags: [] });
const vocabulary = [
  concept("dog"),
  concept("cat"),
  concept("rabbit", "bunny"),
  concept("girl"),
  concept("mouse"),
  concept("ball"),
  concept("hat"),
  concept("fence"),
  concept("woman dancing", "girl dancing"),
  concept("running shoe"),
  concept("running dog"),
  concept("running cat"),
  concept("running rabbit"),
  concept("dancing cat"),
  concept("dancing dog"),
  concept("dancing girl"),
  concept("dancing mouse"),
];
const phrases = createPhraseReader(vocabulary);
const names = new Set(vocabulary.flatMap(({ label, names: others }) => [label, ...others]));
const beings: Readonly<Record<string, string>> = { bunny: "rabbit", puppy: "dog" };

function read(text: string) {
  const { parts, counts, relations } = splitScene(text, names, {
    hasDrawing: () => false,
    isName: (phrase) => phrases.isName(phrase),
    beingOf: (phrase) => beings[phrase],
  });
  const related = relations.map(({ subject, kind, object }) => `${subject} ${kind} ${object}`);
  return [...parts.map((part, at) => (counts[at]! > 1 ? `${counts[at]} ${part}` : part)), ...related];
}

describe("beings in motion", () => {
  it.each([
    ["a dog running", ["running dog"]],
    ["a dog is running fast", ["running dog"]],
    ["the cat jumped over the fence", ["running cat", "fence", "0 above 1"]],
    ["a bunny hopping", ["running rabbit"]],
    ["two dogs running", ["2 running dog"]],
    ["a black cat running", ["black running cat"]],
    ["a dancing white cat", ["white dancing cat"]],
    ["a girl dancing", ["dancing girl"]],
    ["a girl jumping for joy", ["dancing girl"]],
    ["a cat and a dog dancing together", ["dancing cat", "dancing dog", "0 beside 1"]],
    ["a cat waving", ["dancing cat"]],
    ["a cat dancing, wearing a hat", ["dancing cat", "hat", "0 head 1"]],
  ])("are drawn so: %s", (text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it.each([
    ["a dog chasing a cat", ["running dog", "running cat", "0 right 1"]],
    ["a dog chasing a ball", ["running dog", "ball", "0 right 1"]],
    ["a black dog running after a white rabbit", ["black running dog", "white running rabbit", "0 right 1"]],
    ["a rabbit running away from a dog", ["running rabbit", "running dog", "0 left 1"]],
    ["a mouse dancing with a cat", ["dancing mouse", "dancing cat", "0 beside 1"]],
  ])("run after others, or dance with them: %s", (text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it.each([
    ["running shoes", "running shoes"],
    ["a cat waving a ball", "cat"],
    ["a dog running with a ball", "dog"],
    ["a dog holding a ball and running", "dog"],
    ["a cat running in a hat", "running cat"],
    ["a mouse running", "mouse running"],
    ["a cat dancing wearing a ball", "cat"],
  ])("are not drawn so where they hold or wear something, or have no such drawing: %s", (text, first) => {
    expect(read(text)[0]).toBe(first);
  });
});
