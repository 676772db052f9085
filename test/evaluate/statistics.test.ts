import { describe, expect, it } from "vitest";
import {
  bootstrap,
  medianOf,
  normalBelow,
  pairedDifference,
  rPrecision,
  rateDifference,
  wilson,
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
    const { mean, low, high } = pairedDifference(first, second);
    expect(mean).toBeCloseTo(0.5, 1);
    expect(low).toBeGreaterThan(0.45);
    expect(high).toBeLessThan(0.55);
    expect(pairedDifference(first, first)).toEqual({ mean: 0, low: 0, high: 0, samples: 80 });
  });
});

describe("rates", () => {
  it("have the intervals that Newcombe's papers of 1998 print", () => {
    // Statistics in Medicine 17: 857–872, table I, method 3: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
    const printed: [number, number, number, number][] = [
      [81, 263, 0.2553, 0.3662],
      [15, 148, 0.0624, 0.1605],
      [0, 20, 0, 0.1611],
      [1, 29, 0.0061, 0.1718],
    ];
    for (const [hits, samples, low, high] of printed) {
      const estimate = wilson(hits, samples);
      expect(estimate.low).toBeCloseTo(low, 4);
      expect(estimate.high).toBeCloseTo(high, 4);
      expect(estimate.samples).toBe(samples);
    }
    // Statistics in Medicine 17: 873–890, table II, method 10: 56/70 − 48/80.
    const difference = rateDifference(wilson(56, 70), wilson(48, 80));
    expect(difference.mean).toBeCloseTo(0.2, 12);
    expect(difference.low).toBeCloseTo(0.0524, 4);
    expect(difference.high).toBeCloseTo(0.3339, 4);
    expect(normalBelow(1.959964)).toBeCloseTo(0.975, 6);
    expect(wilson(0, 0)).toMatchObject({ low: 0, high: 1, samples: 0 });
  });
});

describe("rPrecision", () => {
  const prompts = Float32Array.of(1, 0, 0, 1);

  it("counts pictures nearest to their own prompt; a tie is a miss", () => {
    const pictures = Float32Array.of(0.9, 0.1, 0.9, 0.1, 0.5, 0.5);
    expect(rPrecision(pictures, prompts, 2, [0, 1, 0])).toEqual([1, 0, 0]);
  });
});
