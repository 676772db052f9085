import { describe, expect, it } from "vitest";
import { findUnshownVerbs, removeRequest, splitScene } from "../../src/prompts/index.js";

describe("the words by which a text asks for a picture", () => {
  it.each([
    ["please draw me a cat with a hat", "a cat with a hat"],
    ["I want a fox with a scarf, please", "a fox with a scarf"],
    ["could you draw an owl wearing glasses", "an owl wearing glasses"],
    ["there are three apples in a basket", "three apples in a basket"],
    ["a picture of a red car", "a red car"],
    ["draw", "draw"],
    ["make a wish", "a wish"],
    ["a picture frame", "a picture frame"],
    ["a cute logo for a coffee shop", "a coffee shop"],
    ["a bakery logo with a cupcake", "a bakery with a cupcake"],
    ["lemon cake recipe", "lemon cake"],
    ["a poster about the moon", "the moon"],
    ["you're invited to a tea party", "a tea party"],
    ["once upon a time there was a fox", "a fox"],
    ["once upon a time a fox met a hedgehog", "a fox met a hedgehog"],
    ["happy holidays!", "a christmas tree"],
    ["a poster", "a poster"],
    ["a red logo", "a red logo"],
  ])("are removed: %s", (text, rest) => {
    expect(removeRequest(text)).toBe(rest);
  });
});

describe("what follows a thing", () => {
  it.each([
    ["a cat, black, on a sofa", ["black cat", "sofa"]],
    ["a fox, small and red, with a hat", ["small red fox", "hat"]],
    ["a girl whose dress is blue", ["girl", "blue dress"]],
    ["a fox ate a pizza", ["fox", "pizza"]],
    ["a monkey that climbed a tree", ["monkey", "tree"]],
    ["a hammer with a wooden handle on a table", ["hammer", "table"]],
    ["a dog chased by a goose", ["dog", "goose"]],
    ["a cat, a dog and a bird", ["cat", "dog", "bird"]],
  ])("is read as part of it: %s", (text, parts) => {
    expect(splitScene(text, new Set()).parts).toEqual(parts);
  });

  it("is listed where the thing's own drawing shows it", () => {
    expect(splitScene("a table with metal legs", new Set()).ownParts).toEqual(["metal legs"]);
  });
});

describe("verbs that no drawing shows", () => {
  const isName = (phrase: string): boolean => phrase === "running shoe";
  it("are listed", () => {
    expect(findUnshownVerbs("a dancing ballerina", ["ballerina"], isName)).toEqual(["dancing"]);
    expect(findUnshownVerbs("a fox dances", ["dancing fox"], isName)).toEqual([]);
    expect(findUnshownVerbs("a dog barking at a cat", ["dog", "cat"], isName)).toEqual(["barking"]);
    expect(findUnshownVerbs("a cat and a running shoe", ["cat", "running shoe"], isName)).toEqual([]);
  });
});
