import { describe, expect, it } from "vitest";
import { createPhraseReader } from "../../src/prompts/index.js";

const concept = (label: string, ...names: string[]) => ({ label, names, tags: [] });
const vocabulary = [
  concept("sweater", "jumper", "pullover"),
  concept("dress"),
  concept("striped sweater"),
  concept("polka dot dress"),
  concept("plaid shirt"),
  concept("shirt"),
  concept("dog"),
  concept("checkered flag"),
  concept("socks"),
  concept("striped socks"),
  concept("rainbow socks"),
  concept("heart print sweater"),
];
const { read, isName } = createPhraseReader(vocabulary);
const labelOf = (text: string) => vocabulary[read(text)!.concepts[0]!]!.label;

describe("things with a pattern", () => {
  it.each([
    ["a stripy jumper", "striped sweater"],
    ["a striped pullover", "striped sweater"],
    ["a spotted dress", "polka dot dress"],
    ["a polka-dot dress", "polka dot dress"],
    ["a red polka dot dress", "polka dot dress"],
    ["checked shirts", "plaid shirt"],
    ["a checkered flag", "checkered flag"],
    ["a spotted dog", "dog"],
    ["a tartan dress", "dress"],
    ["rainbow striped socks", "rainbow socks"],
    ["a heart print jumper", "heart print sweater"],
  ])("%s is a %s", (text, label) => {
    expect(labelOf(text)).toBe(label);
  });

  it("have names in other words, and a colour", () => {
    expect(isName("stripy jumper")).toBe(true);
    expect(isName("stripy dog")).toBe(false);
    expect(read("a red polka dot dress")?.colour?.name).toBe("red");
  });
});
