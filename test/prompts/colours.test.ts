import { describe, expect, it } from "vitest";
import { shadeForPaper, takeColour } from "../../src/prompts/index.js";

describe("colours on white paper", () => {
  it("draw white as a light grey, and other colours as they are", () => {
    const colourOf = (word: string) => takeColour([word, "cat"]).colour!.rgb;
    const white = shadeForPaper(colourOf("white"));
    expect(Math.max(...white)).toBeLessThan(0.95);
    expect(Math.min(...white)).toBeGreaterThan(0.85);
    for (const word of ["beige", "silver", "yellow"])
      expect(shadeForPaper(colourOf(word))).toEqual(colourOf(word));
  });
});

describe("colour words of clothes and metals", () => {
  it.each([
    "lilac",
    "mauve",
    "scarlet",
    "khaki",
    "charcoal",
    "bronze",
    "copper",
    "burgundy",
    "aqua",
    "fuchsia",
    "ochre",
    "taupe",
  ])("know %s", (word) =>
    expect(takeColour([word, "cupcake"])).toMatchObject({ words: ["cupcake"], colour: { name: word } }),
  );
});

describe("colours of several words", () => {
  it.each([
    [["lime", "green", "sea", "monster"], "lime green", "sea monster"],
    [["navy", "blue", "car"], "navy blue", "car"],
    [["sky", "blue", "car"], "sky blue", "car"],
    [["pastel", "pink", "hat"], "pastel pink", "hat"],
    [["dark", "red", "orange"], "dark red", "orange"],
    [["forest", "red", "car"], "red", "forest car"],
  ])("%j are %s", (words, name, rest) => {
    const taken = takeColour(words);
    expect([taken.colour?.name, taken.words.join(" ")]).toEqual([name, rest]);
  });

  it("have the shade that the first word names", () => {
    const rgbOf = (...words: string[]) => takeColour([...words, "car"]).colour!.rgb;
    expect(rgbOf("lime", "green")).toEqual(rgbOf("lime"));
    expect(rgbOf("sky", "blue")[0]).toBeGreaterThan(rgbOf("blue")[0]);
    expect(rgbOf("forest", "green")[1]).toBeLessThan(rgbOf("green")[1]);
  });
});
