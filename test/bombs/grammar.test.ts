import { describe, expect, it } from "vitest";
import { detonate, grammars } from "./grammar.js";

describe("inputs that a grammar makes to ask for more than their size", () => {
  it.each(Object.keys(grammars))(
    "%s are read or refused in a line, in time linear in their size",
    async (name) => {
      const { read, refused, failures } = await detonate(name, 60, "test", 20_000);
      expect(failures).toEqual([]);
      expect(read + refused).toBe(60);
    },
  );
});
