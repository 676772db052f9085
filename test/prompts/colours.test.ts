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
  it.each(["lilac", "mauve", "scarlet", "khaki", "charcoal", "bronze", "copper"])("know %s", (word) =>
    expect(takeColour([word, "cupcake"])).toMatchObject({ words: ["cupcake"], colour: { name: word } }),
  );
});
