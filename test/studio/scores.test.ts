import { expect, it } from "vitest";
import { explainScores, kindOfScores, rateScore } from "../../studio/scores.js";

it("rates a score by what is scored: right scenes get less than right pictures of one thing", () => {
  expect(rateScore(0.44, "scene")).toMatch(/^A usual score/);
  expect(rateScore(0.44, "thing")).toMatch(/^A low score/);
  expect(rateScore(0.2, "scene")).toMatch(/^A low score.*see for yourself/);
  expect(rateScore(0.5, "scene")).toMatch(/^A good score/);
  expect(rateScore(0.71, "thing")).toMatch(/^A good score/);
});

it("gives no word where the range of right pictures is not known", () => {
  const text = ["a red heart"];
  expect(kindOfScores({ text, negative: [] }, false)).toBe("thing");
  expect(kindOfScores({ text }, true)).toBe("scene");
  for (const request of [
    { text: ["a red heart", "a blue car"] },
    { text, negative: ["a car"] },
    { text, generator: "emoji" },
    { text: [], imagePrompt: ["x"] },
    { text, prompts: { prompts: [] } },
    {},
  ])
    expect(kindOfScores(request, false)).toBe("other");
  expect(rateScore(0.7, "other")).toBe("");
  expect(rateScore(undefined, "thing")).toBe("");
  expect(explainScores("other")).not.toMatch(/\d/);
});
