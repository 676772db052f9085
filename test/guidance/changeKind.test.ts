import { expect, it } from "vitest";
import { classifyChange } from "../../src/guidance/edits/changeKind.js";

it.each([
  ["a red apple", "a green apple", "colour"],
  ["a frog", "an orange frog", "colour"],
  ["the blue car", "a dark red car", "colour"],
  ["a dog", "a cat", "shape"],
  ["a red apple", "a green pear", "shape"],
  ["a red apple", "a red apple", "shape"],
] as const)("from %s to %s is a change of %s", (from, to, kind) => {
  expect(classifyChange(from, to)).toBe(kind);
});
