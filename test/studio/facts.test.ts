import { expect, it } from "vitest";
import { factsFrom } from "../../src/studio/facts.js";

it("counts the steps that an edit took, not those that its settings allow", () => {
  const settings = { edits: [{ prompt: "a green octopus", from: "octopus" }], seed: 0, steps: 30 };
  const edits = [{ score: { guide: 0.4, judge: 0.3 }, steps: 0 }];
  const facts = factsFrom({ settings, report: { edits, seconds: 10 } }, "00001-a-green-octopus");
  expect(facts).toMatchObject({ kind: "edit", steps: 0, guide: 0.4, judge: 0.3 });
  expect(factsFrom({ settings }, "00001-a-green-octopus").steps).toBe(30);
});
