import { expect, it } from "vitest";
import { createPace } from "../../src/studio/estimate.js";

it("measures the pace of drafts from their second batch on, for each stage anew", () => {
  let clock = 0;
  const pace = createPace(() => clock);
  const add = (done: number, stage: "drafts" | "layouts" = "drafts", total = 96) =>
    pace.addDrafts({ stage, done, total });
  clock = 5000; // models were loaded until now
  expect(add(16)).toBeUndefined();
  clock = 6000;
  expect(add(32)).toBeCloseTo(4, 9);
  clock = 9000;
  expect(add(96)).toBe(0);
  expect(add(1, "layouts", 3)).toBeUndefined();
  clock = 11_000;
  expect(add(2, "layouts", 3)).toBeCloseTo(2, 9);
  expect(add(8)).toBeUndefined(); // of the next picture
});
