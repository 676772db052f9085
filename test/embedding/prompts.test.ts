import { describe, expect, it } from "vitest";
import { fillTemplate, removeArticles } from "../../src/embedding/index.js";

describe("prompts", () => {
  it("lose articles where a word follows, and nothing else", () => {
    expect(removeArticles("a red heart")).toBe("red heart");
    expect(removeArticles("A cat on the mat with an apple")).toBe("cat on mat with apple");
    expect(removeArticles("vitamin a")).toBe("vitamin a");
    expect(removeArticles("the")).toBe("the");
    expect(removeArticles("another theatre, Anna")).toBe("another theatre, Anna");
  });

  it("fill every place of a template literally, or follow it", () => {
    expect(fillTemplate("{} and {}", "$& cat")).toBe("$& cat and $& cat");
    expect(fillTemplate("sketch of", "cat")).toBe("sketch of cat");
  });
});
