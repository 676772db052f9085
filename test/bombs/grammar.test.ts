import { describe, expect, it } from "vitest";
import { detonate, grammars, measureGrowth } from "./grammar.js";

describe("inputs that a grammar makes to ask for more than their size", () => {
  it.each(Object.keys(grammars))(
    "%s are read or refused in a line, in time linear in their size",
    async (name) => {
      const { read, refused, failures } = await detonate(name, 60, "test", 20_000);
      expect(failures).toEqual([]);
      expect(read + refused).toBe(60);
    },
  );

  it.each(Object.keys(grammars))(
    "%s: an input of twice the size takes about twice the time",
    async (name) => {
      const sizes = [10_000, 40_000, 160_000];
      const { exponent, milliseconds } = await measureGrowth(name, { count: 2, seed: "test", sizes });
      // A quadratic reader has 2; where an input takes some milliseconds, fixed costs and noise decide the exponent.
      expect(milliseconds < 50 ? 1 : exponent).toBeLessThan(1.5);
    },
  );
});
