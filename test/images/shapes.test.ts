import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { drawShapeMask } from "../../src/images/index.js";

const area = (text: string, width = 100, height = 80): number =>
  drawShapeMask(text, width, height)!.reduce((sum, value) => sum + value, 0) / (width * height);

describe("masks from shapes", () => {
  it("cover the area of their shape, within 1 %", () => {
    expect(area("box 0.25 0.5 0.75 1")).toBeCloseTo(0.25, 2);
    expect(area("circle 0.5 0.5 0.25")).toBeCloseTo((Math.PI * 20 ** 2) / 8000, 2);
    expect(area("polygon 0 1 0.5 0 1 1")).toBeCloseTo(0.5, 2);
    expect(area("circle 2 2 0.1")).toBe(0);
  });

  it("are 0 or 1, and a box is the polygon of its corners", () => {
    const part = fc.integer({ min: 0, max: 20 }).map((value) => value / 20 + 0.001);
    fc.assert(
      fc.property(part, part, part, part, (l, t, r, b) => {
        const box = drawShapeMask(`box ${l} ${t} ${r} ${b}`, 20, 10)!;
        expect(box.every((value) => value === 0 || value === 1)).toBe(true);
        if (l < r && t < b)
          expect(drawShapeMask(`polygon ${l} ${t} ${r} ${t} ${r} ${b} ${l} ${b}`, 20, 10)).toEqual(box);
      }),
      { numRuns: 50 },
    );
  });

  it("leave other texts to be files, and say what a shape takes", () => {
    expect(drawShapeMask("mask.png", 10, 10)).toBeUndefined();
    expect(() => drawShapeMask("circle 0.5 0.5", 10, 10)).toThrow(/circle takes x y radius/);
    expect(() => drawShapeMask("box 0 0 left 1", 10, 10)).toThrow(/box takes/);
    expect(() => drawShapeMask("polygon 0 0 1 1 1", 10, 10)).toThrow(/polygon takes/);
  });
});
