import { describe, expect, it } from "vitest";
import {
  bootstrap,
  medianOf,
  estimatePairedDifference,
  markNearestPrompts,
} from "../../src/evaluate/index.js";
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

describe("bootstrap of clusters", () => {
  it("covers the mean of clusters whose members are alike, where drawing single values does not", () => {
    const random = createRandom("clusters");
    const covered = { clusters: 0, single: 0 };
    for (let round = 0; round < 100; round++) {
      const shared = Array.from({ length: 30 }, () => (random.uniform() < 0.5 ? 1 : 0));
      const values = shared.flatMap((value) => [value, value, value, value, value, value]);
      const clusters = shared.flatMap((_, at) => Array.from({ length: 6 }, () => at));
      for (const [name, estimate] of [
        ["clusters", bootstrap(values, { clusters })],
        ["single", bootstrap(values)],
      ] as const)
        if (estimate.low <= 0.5 && 0.5 <= estimate.high) covered[name]++;
    }
    expect(covered.clusters).toBeGreaterThanOrEqual(88);
    expect(covered.single).toBeLessThanOrEqual(70);
  });

  it("takes another figure, of clusters too", () => {
    expect(medianOf([5, 1, 3])).toBe(3);
    expect(medianOf([4, 1, 3, 2])).toBe(2.5);
    expect(bootstrap([7, 7, 1, 1], { statistic: medianOf, clusters: ["a", "a", "b", "b"] })).toEqual({
      mean: 4,
      low: 1,
      high: 7,
      samples: 4,
    });
  });
});

describe("pairedDifference", () => {
  it("is narrow where pairs move together, and holds zero for equal ones", () => {
    const random = createRandom("pairs");
    const first = Array.from({ length: 80 }, () => random.normal() * 10);
    const second = first.map((value) => value - 0.5 + 0.1 * random.normal());
    const { mean, low, high } = estimatePairedDifference(first, second);
    expect(mean).toBeCloseTo(0.5, 1);
    expect(low).toBeGreaterThan(0.45);
    expect(high).toBeLessThan(0.55);
    expect(estimatePairedDifference(first, first)).toEqual({ mean: 0, low: 0, high: 0, samples: 80 });
  });
});

describe("rPrecision", () => {
  const prompts = Float32Array.of(1, 0, 0, 1);

  it("counts pictures nearest to their own prompt; a tie is a miss", () => {
    const pictures = Float32Array.of(0.9, 0.1, 0.9, 0.1, 0.5, 0.5);
    expect(markNearestPrompts(pictures, prompts, 2, [0, 1, 0])).toEqual([1, 0, 0]);
  });
});
