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

  it.each(["prompt-lines", "tables", "png-metadata", "nested-pickles"])(
    "%s: an input of twice the size takes about twice the time",
    async (name) => {
      const sizes = [20_000, 40_000, 80_000, 160_000];
      const { exponent, perMegabyte } = await measureGrowth(name, { count: 3, seed: "test", sizes });
      // A quadratic reader has 2; below 100 ms a MB, fixed costs and noise decide the exponent.
      expect(perMegabyte < 100 ? 1 : exponent).toBeLessThan(1.5);
    },
  );
});
