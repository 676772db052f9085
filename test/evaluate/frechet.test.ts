import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  estimateFrechetDifference,
  computeFrechetDistance,
  estimateFrechetDistance,
  resampleFrechet,
  computeSymmetricEigenvalues,
} from "../../src/evaluate/index.js";
import { type HostTensor, createRandom, hostFloats } from "../../src/tensor/index.js";

/** The rows that fixtures/frechet.py draws. */
function rows(count: number, features: number, phase: number): HostTensor {
  const data = new Float32Array(count * features);
  for (let row = 0; row < count; row++)
    for (let column = 0; column < features; column++) {
      const [at, c] = [row + 1, column + 1];
      data[row * features + column] =
        (Math.sin(at * c * 0.7 + phase) + Math.cos(at * at * 0.3 * c)) / Math.sqrt(c);
    }
  return hostFloats(data, [count, features]);
}

interface Case {
  readonly first: [count: number, phase: number];
  readonly second: [count: number, phase: number];
  readonly features: number;
  readonly distance: number;
}

const cases = JSON.parse(
  readFileSync(new URL("fixtures/frechet.json", import.meta.url), "utf8"),
) as readonly Case[];

describe("symmetricEigenvalues", () => {
  it("has those of a matrix known in closed form", () => {
    // Second differences of size n: 2 − 2 cos(kπ / (n + 1)).
    const size = 40;
    const matrix = new Float64Array(size * size);
    for (let i = 0; i < size; i++) {
      matrix[i * size + i] = 2;
      if (i > 0) matrix[i * size + i - 1] = matrix[(i - 1) * size + i] = -1;
    }
    const found = [...computeSymmetricEigenvalues(matrix, size)].sort((a, b) => a - b);
    found.forEach((value, at) =>
      expect(value).toBeCloseTo(2 - 2 * Math.cos(((at + 1) * Math.PI) / (size + 1)), 12),
    );
    const [small, large] = [...computeSymmetricEigenvalues(Float64Array.of(2, 1, 1, 2), 2)].sort();
    expect(small).toBeCloseTo(1, 12);
    expect(large).toBeCloseTo(3, 12);
    expect([...computeSymmetricEigenvalues(Float64Array.of(5), 1)]).toEqual([5]);
  });

  it("settles for matrices of few directions of very unequal size, whose rest is rounding", () => {
    for (let seed = 100; seed < 130; seed++) {
      const random = createRandom(seed);
      const [size, rank] = [20 + (seed % 60), 1 + (seed % 15)];
      const rows = Array.from({ length: size }, () => random.normals(rank));
      const sizes = Array.from({ length: rank }, (_, at) => 10 ** (-at * (seed % 4)));
      const matrix = Float64Array.from({ length: size * size }, (_, at) => {
        const [one, other] = [rows[Math.floor(at / size)]!, rows[at % size]!];
        return sizes.reduce((sum, each, k) => sum + each * one[k]! * other[k]!, 0);
      });
      const trace = rows.reduce((sum, _, at) => sum + matrix[at * size + at]!, 0);
      const found = computeSymmetricEigenvalues(matrix, size);
      expect(found.reduce((sum, value) => sum + value, 0) / trace).toBeCloseTo(1, 10);
    }
  });

  it("keeps trace, sum of squares and rank of a dense one", () => {
    const [size, rank] = [60, 7];
    const random = createRandom("eigenvalues");
    const vectors = random.normals(rank * size);
    const matrix = new Float64Array(size * size);
    for (let i = 0; i < size; i++)
      for (let j = 0; j < size; j++)
        for (let k = 0; k < rank; k++)
          matrix[i * size + j]! += vectors[k * size + i]! * vectors[k * size + j]!;
    const found = computeSymmetricEigenvalues(matrix, size);
    const trace = Array.from({ length: size }, (_, i) => matrix[i * size + i]!).reduce((a, b) => a + b);
    expect(found.reduce((a, b) => a + b)).toBeCloseTo(trace, 8);
    expect(found.reduce((a, b) => a + b * b, 0) / matrix.reduce((a, b) => a + b * b, 0)).toBeCloseTo(1, 12);
    expect(found.filter((value) => Math.abs(value) > 1e-9 * trace)).toHaveLength(rank);
  });

  it("refuses what is not finite", () => {
    expect(() => computeSymmetricEigenvalues(Float64Array.of(1, NaN, NaN, 1), 2)).toThrow("not finite");
  });
});

describe("frechetDistance", () => {
  it("is that of SciPy, for fewer rows than features too (within one part in a million)", () => {
    expect(cases.length).toBeGreaterThan(2);
    for (const { first, second, features, distance } of cases) {
      const found = computeFrechetDistance(
        rows(first[0], features, first[1]),
        rows(second[0], features, second[1]),
      );
      expect(Math.abs(found / distance - 1)).toBeLessThan(1e-6);
    }
  });

  it("is in closed form: a shift alone, a scale alone, nothing", () => {
    const a = rows(50, 8, 0);
    const of = (change: (value: number, column: number) => number): HostTensor =>
      hostFloats(
        (a.data as Float32Array).map((value, at) => change(value, at % 8)),
        a.shape,
      );
    expect(computeFrechetDistance(a, a)).toBeCloseTo(0, 9);
    expect(
      computeFrechetDistance(
        a,
        of((value, column) => value + (column < 2 ? 3 : 0)),
      ),
    ).toBeCloseTo(18, 4);
    const means = Array.from({ length: 8 }, (_, column) =>
      Array.from({ length: 50 }, (_unused, row) => a.data[row * 8 + column]!).reduce((x, y) => x + y / 50, 0),
    );
    // (x − μ) · 2 + μ: covariance four times as large, root twice: tr(Σ + 4 Σ − 2 · 2 Σ) = tr Σ.
    const spread = [...a.data].reduce((sum, value, at) => sum + (value - means[at % 8]!) ** 2 / 49, 0);
    expect(
      computeFrechetDistance(
        a,
        of((value, c) => (value - means[c]!) * 2 + means[c]!),
      ),
    ).toBeCloseTo(spread, 4);
  });

  it("has an interval around itself, and refuses sets that do not fit", () => {
    const { mean, low, high, samples } = estimateFrechetDistance(rows(40, 6, 0), rows(50, 6, 0.5), 50);
    expect(mean).toBeCloseTo(cases[0]!.distance, 6);
    expect(low).toBeLessThan(mean);
    expect(high).toBeGreaterThan(low);
    const many = estimateFrechetDistance(rows(400, 3, 0), rows(500, 3, 0.5), 50);
    expect(many.high - many.low).toBeLessThan(high - low);
    expect(samples).toBe(40);
    expect(() => computeFrechetDistance(rows(40, 6, 0), rows(40, 5, 0))).toThrow("[40, 6]");
    expect(() => computeFrechetDistance(rows(1, 6, 0), rows(40, 6, 0))).toThrow("two rows or more");
  });

  it("tells which of two sets is farther from a third", () => {
    const fixed = rows(300, 6, 0);
    const those = rows(60, 6, 0.1);
    const moved = hostFloats(
      (those.data as Float32Array).map((value) => value + 0.5),
      those.shape,
    );
    const [near, far] = [resampleFrechet(those, fixed, 60), resampleFrechet(moved, fixed, 60)];
    const { mean, low, high, samples } = estimateFrechetDifference(far, near);
    expect(mean).toBeCloseTo(far.distance - near.distance, 12);
    expect(low).toBeGreaterThan(0);
    expect(high).toBeGreaterThan(low);
    expect(samples).toBe(60);
    expect(estimateFrechetDifference(near, near)).toMatchObject({ mean: 0, low: 0, high: 0 });
  });
});
