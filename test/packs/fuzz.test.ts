import { describe, expect, it } from "vitest";
import { formats, fuzz } from "./mutate.js";

describe("damaged files of weights", () => {
  it.each(Object.keys(formats))(
    "of the format %s are read or refused with one line, quickly",
    async (format) => {
      const { read, refused, failures, slowest } = await fuzz(format, 300, "test");
      expect(failures).toEqual([]);
      expect(read + refused).toBe(300);
      expect(refused).toBeGreaterThan(100);
      expect(slowest).toBeLessThan(5000);
    },
  );
});
