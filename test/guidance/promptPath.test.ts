import { describe, expect, it } from "vitest";
import { pathOf } from "../../src/guidance/objectives/promptPath.js";
import { hostFloats } from "../../src/tensor/index.js";

const at = (...values: number[]) => hostFloats(Float32Array.from(values), [1, 2]);

describe("path of a story", () => {
  const turning = (part: number): number[] => [part < 0.5 ? 1 : 0, part < 0.5 ? 0 : 2];

  it("begins at the start, is at each prompt's draft in its time, and turns evenly where weights jump", () => {
    const path = pathOf(at(1, 1), [at(0, 0), at(10, 20)], turning);
    expect([...path(0).data]).toEqual([1, 1]);
    expect(path(0.3).data[0]).toBeCloseTo(0.7, 5); // what the start had beside its prompt's draft fades
    expect(path(1).data[0]).toBeCloseTo(10, 5);
    expect(path(1).data[1]).toBeCloseTo(20, 5);
    const steps = Array.from(
      { length: 100 },
      (_, step) => path((step + 1) / 100).data[1]! - path(step / 100).data[1]!,
    );
    expect(Math.max(...steps)).toBeLessThan(4);
  });

  it("does not heed what is pushed away, and stays in the middle where nothing is wanted", () => {
    const path = pathOf(at(0, 0), [at(0, 0), at(4, 8)], () => [1, -3]);
    expect([...path(0.7).data]).toEqual([0, 0]);
    const idle = pathOf(at(2, 4), [at(0, 0), at(4, 8)], () => [0, 0]);
    expect([...idle(0.5).data].map((value) => Math.round(value))).toEqual([2, 4]);
  });
});
