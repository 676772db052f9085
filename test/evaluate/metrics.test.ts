import { describe, expect, it } from "vitest";
import {
  findBestColumns,
  binConfidences,
  computeCalibrationError,
  estimateCalibrationError,
  computeConfidences,
  computeCosines,
  crossFitConfidences,
  markHits,
  rankPositives,
} from "../../src/evaluate/index.js";
import { fitScale } from "../../src/embedding/index.js";
import { createRandom, hostFloats } from "../../src/tensor/index.js";

describe("ranking", () => {
  it("ranks the best positive and averages precision, ties against the model", () => {
    const scores = Float32Array.of(0.9, 0.8, 0.7, 0.6, 0.5, 0.1, 0.3, 0.3, 0.3, 0.3, 1, 1, 1, 1, 1);
    const [mixed, late, tied] = rankPositives(scores, 5, [[0, 2, 4], [3], [1]]);
    expect(mixed!.first).toBe(1);
    expect(mixed!.averagePrecision).toBeCloseTo((1 / 1 + 2 / 3 + 3 / 5) / 3, 12);
    expect(late).toEqual({ first: 4, averagePrecision: 1 / 4 });
    expect(tied).toEqual({ first: 5, averagePrecision: 1 / 5 });
    expect(rankPositives(scores, 5, [[], [], [0]])[0]).toBeUndefined();
    expect(markHits([1, 5, 6, 20], 5)).toEqual([1, 1, 0, 0]);
    expect(findBestColumns(Float32Array.of(1, 3, 2, 5, 5, 4), 3)).toEqual([1, 0]);
  });

  it("multiplies rows with rows", () => {
    const first = hostFloats(Float32Array.of(1, 0, 0.6, 0.8), [2, 2]);
    const second = hostFloats(Float32Array.of(0, 1, 1, 0, 0.8, 0.6, -1, 0, 0, -1), [5, 2]);
    expect([...computeCosines(first, second)].map((value) => Number(value.toFixed(6)))).toEqual([
      0, 1, 0.8, -1, 0, 0.8, 0.6, 0.96, -0.6, -0.8,
    ]);
  });
});

describe("calibration", () => {
  const sure = (confidence: number, correct: boolean) => ({ confidence, correct });

  it("is the weighted distance of confidence and accuracy", () => {
    const list = [sure(0.95, true), sure(0.97, false), sure(0.55, true), sure(0.55, true)];
    // Bins of a tenth: |0.5 − 0.96| of half the pictures, |1 − 0.55| of the other half.
    expect(computeCalibrationError(list, 10)).toBeCloseTo((0.46 + 0.45) / 2, 12);
    expect(binConfidences(list, 10).map(({ from, samples }) => [from, samples])).toEqual([
      [0.5, 2],
      [0.9, 2],
    ]);
    expect(computeCalibrationError([sure(1, true), sure(1, true)])).toBe(0);
  });

  it("finds the scale in closed form for two labels at equal distance", () => {
    // Scores ±0.1 for the first label, right 80 times in 100: σ(0.2 · scale) = 0.8.
    const scores = new Float32Array(200);
    const own = Array.from({ length: 100 }, (_, row) => {
      scores.set([0.1, -0.1], row * 2);
      return row < 80 ? 0 : 1;
    });
    expect(fitScale(scores, 2, own)).toBeCloseTo(Math.log(4) / 0.2, 4);
    const list = computeConfidences(scores, 2, own, Math.log(4) / 0.2);
    expect(list[0]!.confidence).toBeCloseTo(0.8, 6);
    expect(computeCalibrationError(list)).toBeCloseTo(0, 6);
    expect(computeCalibrationError(computeConfidences(scores, 2, own, 100))).toBeCloseTo(0.2, 6);
  });

  it("has an interval by concept: copies of each picture do not narrow it", () => {
    const random = createRandom("calibration clusters");
    const once = Array.from({ length: 60 }, () => sure(0.3 + 0.6 * random.uniform(), random.uniform() < 0.5));
    const copied = once.flatMap((each) => [each, each, each, each, each, each]);
    const concepts = copied.map((_, at) => Math.floor(at / 6));
    const width = ({ low, high }: { low: number; high: number }): number => high - low;
    const [alone, aware, unaware] = [
      estimateCalibrationError(once),
      estimateCalibrationError(copied, concepts),
      estimateCalibrationError(copied),
    ];
    expect(aware.mean).toBeCloseTo(alone.mean, 10);
    expect(width(aware)).toBeCloseTo(width(alone), 10);
    expect(width(unaware)).toBeLessThan(0.7 * width(aware));
  });

  it("brings back the scale that labels were drawn with, from the other half of the rows", () => {
    const random = createRandom("calibration");
    const [rows, labels, scale] = [4000, 5, 12];
    const scores = Float32Array.from({ length: rows * labels }, () => random.uniform() * 0.4);
    const own = Array.from({ length: rows }, (_, row) => {
      const weights = [...scores.subarray(row * labels, (row + 1) * labels)].map((s) => Math.exp(scale * s));
      let left = random.uniform() * weights.reduce((a, b) => a + b, 0);
      return weights.findIndex((weight) => (left -= weight) < 0);
    });
    const half = own.map((_, row) => row % 2 === 0);
    const { list, scales } = crossFitConfidences(scores, labels, own, half);
    for (const found of scales) expect(Math.abs(found - scale)).toBeLessThan(1);
    expect(list).toHaveLength(rows);
    expect(computeCalibrationError(list)).toBeLessThan(0.03);
  });
});
