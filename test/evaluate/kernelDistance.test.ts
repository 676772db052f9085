import { describe, expect, it } from "vitest";
import {
  computeFrechetDistance,
  estimateKernelDifference,
  estimateKernelDistance,
  computePercentiles,
} from "../../src/evaluate/index.js";
import { type HostTensor, createRandom, hostFloats } from "../../src/tensor/index.js";

const features = 16;

/** Unit rows around a direction. */
function cloud(rows: number, name: string, shift = 0): HostTensor {
  const random = createRandom(`cloud ${name}`);
  const data = new Float32Array(rows * features);
  for (let row = 0; row < rows; row++) {
    const values = random.normals(features);
    values[0]! += 3 + shift;
    const length = Math.hypot(...values);
    values.forEach((value, at) => (data[row * features + at] = value / length));
  }
  return hostFloats(data, [rows, features]);
}

describe("kernelDistance", () => {
  it("is the formula's value for sets of three, and needs as many for its interval", () => {
    const first = hostFloats(Float32Array.of(1, 0, 0, 1, -1, 0), [3, 2]);
    const second = hostFloats(Float32Array.of(1, 0, 0.6, 0.8, 0, 1), [3, 2]);
    const within = (1 + 0 + 1) / 3;
    const others = (1.6 ** 3 + 1 + 1.8 ** 3) / 3;
    const across = (8 + 1.6 ** 3 + 1 + (1 + 1.8 ** 3 + 8) + (0 + 0.4 ** 3 + 1)) / 9;
    const { mean, low, high } = estimateKernelDistance(first, second);
    expect(mean).toBeCloseTo(within + others - 2 * across, 5);
    expect(low).toBeLessThan(mean);
    expect(high).toBeGreaterThan(mean);
    const two = hostFloats(Float32Array.of(1, 0, 0, 1), [2, 2]);
    expect(() => estimateKernelDistance(two, second)).toThrow("three clusters or more");
  });

  it("is unbiased: its mean is 0 for samples of one distribution of any size, where the Fréchet distance is not", () => {
    const reference = cloud(500, "reference");
    const rounds = Array.from({ length: 40 }, (_, round) => cloud(25, `same ${round}`));
    const found = rounds.map((set) => estimateKernelDistance(set, reference));
    const mean = found.reduce((sum, each) => sum + each.mean, 0) / 40;
    const spread = Math.sqrt(found.reduce((sum, each) => sum + (each.mean - mean) ** 2, 0) / 39 / 40);
    expect(Math.abs(mean)).toBeLessThan(3 * spread);
    expect(found.filter(({ mean: value }) => value < 0).length).toBeGreaterThan(5);
    const covered = found.filter(({ low, high }) => low <= 0 && 0 <= high).length;
    expect(covered).toBeGreaterThanOrEqual(34);
    expect(
      Math.min(...rounds.slice(0, 5).map((set) => computeFrechetDistance(set, reference))),
    ).toBeGreaterThan(0.1);
  });

  it("shows a shift, and clusters of copies widen the interval", () => {
    const reference = cloud(500, "reference");
    const moved = cloud(60, "moved", 2);
    const shifted = estimateKernelDistance(moved, reference);
    expect(shifted.low).toBeGreaterThan(0);
    const rows = Array.from({ length: 240 }, (_, at) => Math.floor(at / 4));
    const copies = hostFloats(
      Float32Array.from(
        rows.flatMap((row) => [
          ...(moved.data as Float32Array).subarray(row * features, (row + 1) * features),
        ]),
      ),
      [240, features],
    );
    const width = ({ low, high }: { low: number; high: number }): number => high - low;
    expect(width(estimateKernelDistance(copies, reference, { first: rows }))).toBeGreaterThan(
      1.5 * width(estimateKernelDistance(copies, reference)),
    );
    const near = estimateKernelDifference(moved, cloud(60, "near"), reference);
    expect(near.mean).toBeCloseTo(
      shifted.mean - estimateKernelDistance(cloud(60, "near"), reference).mean,
      10,
    );
    expect(near.low).toBeGreaterThan(0);
    expect(estimateKernelDifference(moved, moved, reference)).toMatchObject({ mean: 0, low: 0, high: 0 });
    expect(() => estimateKernelDistance(copies, reference, { first: rows.map(() => 0) })).toThrow(
      "1 and 500 clusters",
    );
  });
});

describe("percentiles", () => {
  it("place values among real ones, equal ones in the middle", () => {
    expect(computePercentiles([0, 1, 2, 2.5, 9], [3, 1, 2, 2])).toEqual([0, 0.125, 0.5, 0.75, 1]);
  });

  it("make scores on other scales comparable", () => {
    const random = createRandom("scales");
    const real = Array.from({ length: 200 }, () => random.normal());
    const values = [-1, 0, 1];
    const stretched = (list: readonly number[]): number[] => list.map((value) => 0.2 + 0.1 * value);
    expect(computePercentiles(values, real)).toEqual(computePercentiles(stretched(values), stretched(real)));
  });
});
