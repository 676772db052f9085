import { expect, it } from "vitest";
import { isBusy } from "../../src/engine/session.js";

it("calls a machine busy when all its cores are wanted", () => {
  expect(isBusy(0.3, 2)).toBe(false);
  expect(isBusy(1.9, 2)).toBe(false);
  expect(isBusy(2, 2)).toBe(true);
  expect(isBusy(30, 2)).toBe(true);
});
