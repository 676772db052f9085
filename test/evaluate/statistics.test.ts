import { describe, expect, it } from "vitest";
import { bootstrap, rPrecision } from "../../src/evaluate/index.js";
import { createRandom } from "../../src/tensor/index.js";

describe("bootstrap", () => {
  it("covers the true rate in about 95 % of 200 samples of 60", () => {
    const random = createRandom("coverage");
    let covered = 0;
    for (let round = 0; round < 200; round++) {
      const hits = Array.from({ length: 60 }, () => (random.uniform() < 0.4 ? 1 : 0));
      const { low, high, samples } = bootstrap(hits);
      expect(samples).toBe(60);
      if (low <= 0.4 && 0.4 <= high) covered++;
    }
    expect(covered).toBeGreaterThanOrEqual(180);
    expect(covered).toBeLessThanOrEqual(199);
  });

  it("is the same every time and exact for a constant", () => {
    expect(bootstrap([1, 0, 1, 1])).toEqual(bootstrap([1, 0, 1, 1]));
    expect(bootstrap([2, 2, 2])).toEqual({ mean: 2, low: 2, high: 2, samples: 3 });
  });
});

describe("rPrecision", () => {
  const prompts = Float32Array.of(1, 0, 0, 1);

  it("counts pictures nearest to their own prompt; a tie is a miss", () => {
    const pictures = Float32Array.of(0.9, 0.1, 0.9, 0.1, 0.5, 0.5);
    expect(rPrecision(pictures, prompts, 2, [0, 1, 0])).toEqual([1, 0, 0]);
  });
});
