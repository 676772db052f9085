import { describe, expect, it } from "vitest";
import {
  computeBetaCdf,
  computeExactInterval,
  correctByHolm,
  testMcNemar,
  computeNormalCdf,
  comparePairedRates,
  rate,
  estimateRateDifference,
  computeStudentHalfWidth,
  computeWilsonInterval,
} from "../../src/evaluate/index.js";
import { createRandom } from "../../src/tensor/index.js";

describe("distributions", () => {
  it("have the values of tables", () => {
    expect(computeBetaCdf(0.3, 1, 1)).toBeCloseTo(0.3, 12);
    expect(computeBetaCdf(0.5, 2, 3)).toBeCloseTo(11 / 16, 12);
    expect(computeStudentHalfWidth(0.95, 1)).toBeCloseTo(12.7062, 3);
    expect(computeStudentHalfWidth(0.95, 30)).toBeCloseTo(2.0423, 3);
    expect(computeNormalCdf(1.959964)).toBeCloseTo(0.975, 6);
  });
});

describe("a rate", () => {
  it("has the intervals that Newcombe's paper of 1998 prints", () => {
    // Statistics in Medicine 17: 857–872, table I, methods 3 (Wilson) and 5 (exact): 81 of 263, 15 of 148, 0 of 20, 1 of 29.
    const printed: [number, number, number[], number[]][] = [
      [81, 263, [0.2553, 0.3662], [0.2527, 0.3676]],
      [15, 148, [0.0624, 0.1605], [0.0578, 0.1617]],
      [0, 20, [0, 0.1611], [0, 0.1684]],
      [1, 29, [0.0061, 0.1718], [0.0009, 0.1776]],
    ];
    for (const [hits, samples, score, exact] of printed)
      for (const [estimate, [low, high]] of [
        [computeWilsonInterval(hits, samples), score],
        [computeExactInterval(hits / samples, samples), exact],
      ] as const) {
        expect(estimate.low).toBeCloseTo(low!, 4);
        expect(estimate.high).toBeCloseTo(high!, 4);
        expect(estimate.samples).toBe(samples);
      }
    expect(computeWilsonInterval(0, 0)).toMatchObject({ low: 0, high: 1, samples: 0 });
    // Statistics in Medicine 17: 873–890, table II, method 10: 56/70 − 48/80.
    const difference = estimateRateDifference(computeWilsonInterval(56, 70), computeWilsonInterval(48, 80));
    expect(difference.mean).toBeCloseTo(0.2, 12);
    expect(difference.low).toBeCloseTo(0.0524, 4);
    expect(difference.high).toBeCloseTo(0.3339, 4);
  });

  it("of three hits of three is 29 to 100 %, whether each is a cluster or not", () => {
    const exact = { mean: 1, high: 1, samples: 3 };
    expect(rate([1, 1, 1])).toMatchObject(exact);
    expect(rate([1, 1, 1]).low).toBeCloseTo(0.025 ** (1 / 3), 10);
    expect(rate([1, 1, 1], { clusters: ["a", "b", "c"] })).toEqual(rate([1, 1, 1]));
    // Twelve pictures of three things say little more than three pictures.
    const many = rate(Array<number>(12).fill(1), { clusters: [..."aaaabbbbcccc"] });
    expect(many.low).toBeLessThanOrEqual(0.3);
    expect(many).toMatchObject({ mean: 1, high: 1, samples: 12 });
    expect(rate([0, 0], { clusters: ["a", "a"] })).toMatchObject({
      mean: 0,
      low: 0,
      high: 0.975,
      samples: 2,
    });
  });

  it("covers the truth in at least 91 % of samples of clusters that fail together", () => {
    const random = createRandom("clustered rates");
    for (const truth of [0.1, 0.5, 0.95]) {
      let covered = 0;
      for (let round = 0; round < 300; round++) {
        const [hits, clusters]: [number[], number[]] = [[], []];
        for (let cluster = 0; cluster < 25; cluster++) {
          const shared = random.uniform() < truth ? 1 : 0;
          for (let member = 0; member < 1 + (cluster % 6); member++) {
            hits.push(random.uniform() < 0.7 ? shared : random.uniform() < truth ? 1 : 0);
            clusters.push(cluster);
          }
        }
        const { low, high } = rate(hits, { clusters });
        if (low <= truth && truth <= high) covered++;
      }
      expect(covered).toBeGreaterThanOrEqual(273);
    }
  });
});

describe("a paired difference of rates", () => {
  const table = (both: number, won: number, lost: number, none: number): [number[], number[]] => {
    const rows = [
      ...Array.from({ length: both }, () => [1, 1]),
      ...Array.from({ length: won }, () => [1, 0]),
      ...Array.from({ length: lost }, () => [0, 1]),
      ...Array.from({ length: none }, () => [0, 0]),
    ];
    return [rows.map(([first]) => first!), rows.map(([, second]) => second!)];
  };

  it("has a width also where no pair differs", () => {
    for (const [both, none] of [
      [100, 0],
      [95, 5],
      [50, 50],
      [0, 3],
    ] as const) {
      const { mean, low, high, p } = comparePairedRates(...table(both, 0, 0, none));
      expect(mean).toBe(0);
      expect(low).toBeLessThan(-0.005);
      expect(high).toBeGreaterThan(0.005);
      expect(p).toBe(1);
    }
  });

  it("counts who won, and keeps the exact test's verdict", () => {
    const clear = comparePairedRates(...table(40, 12, 1, 20));
    expect(clear).toMatchObject({ won: 12, lost: 1, samples: 73 });
    expect(clear.mean).toBeCloseTo(11 / 73, 12);
    expect(clear.low).toBeGreaterThan(0);
    expect(clear.p).toBeCloseTo(28 / 2 ** 13, 10); // 2 (1 + 13) / 2¹³
    expect(testMcNemar(0, 0)).toBe(1);
    expect(testMcNemar(5, 0)).toBeCloseTo(1 / 16, 12);
  });

  it("covers the truth in at least 93 % of samples, clustered or not, and never has zero width", () => {
    const random = createRandom("paired rates");
    for (const clustered of [false, true]) {
      let covered = 0;
      for (let round = 0; round < 300; round++) {
        const [first, second, clusters]: [number[], number[], number[]] = [[], [], []];
        for (let thing = 0; thing < 40; thing++) {
          let [a, b] = [0, 0];
          for (let drawing = 0; drawing < (clustered ? 4 : 2); drawing++) {
            if (!clustered || drawing === 0) {
              a = random.uniform() < 0.9 ? 1 : 0;
              b = random.uniform() < 0.8 ? a : random.uniform() < 0.6 ? 1 : 0; // P(b) = 0.72 + 0.12
            }
            first.push(a);
            second.push(b);
            clusters.push(thing);
          }
        }
        const { low, high } = comparePairedRates(first, second, clustered ? { clusters } : {});
        expect(high - low).toBeGreaterThan(0);
        if (low <= 0.06 && 0.06 <= high) covered++;
      }
      expect(covered).toBeGreaterThanOrEqual(279);
    }
  });
});

describe("Holm's correction", () => {
  it("is the published procedure", () => {
    const adjusted = correctByHolm([0.01, 0.04, 0.03, 0.005]);
    [0.03, 0.06, 0.06, 0.02].forEach((value, at) => {
      expect(adjusted[at]).toBeCloseTo(value, 12);
    });
    expect(correctByHolm([])).toEqual([]);
    expect(correctByHolm([0.9, 0.8])).toEqual([1, 1]);
  });

  it("keeps false alarms among 20 true hypotheses at 5 %", () => {
    const random = createRandom("holm");
    let alarms = 0;
    for (let round = 0; round < 1000; round++)
      if (correctByHolm(Array.from({ length: 20 }, () => random.uniform())).some((p) => p <= 0.05)) alarms++;
    expect(alarms).toBeLessThanOrEqual(65);
  });
});
