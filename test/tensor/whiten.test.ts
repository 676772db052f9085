import { describe, expect, it } from "vitest";
import { createRandom, inverseOfUpper, fitWhitening } from "../../src/tensor/index.js";

describe("whitening", () => {
  const size = 6;
  const count = 4000;
  const random = createRandom("whitening");
  const mix = Array.from(
    { length: size * size },
    (_, at) => random.normal() + (at % (size + 1) === 0 ? 4 : 0),
  );
  const samples = new Float32Array(count * size);
  for (let row = 0; row < count; row++) {
    const draw = random.normals(size);
    for (let to = 0; to < size; to++)
      for (let from = 0; from < size; from++)
        samples[row * size + to]! += draw[from]! * mix[from * size + to]! + (from === 0 ? to : 0);
  }
  const { mean, basis } = fitWhitening(samples, size);
  const inverse = inverseOfUpper(basis, size);

  it("makes samples of zero mean and unit covariance", () => {
    const covariance = new Float64Array(size * size);
    for (let row = 0; row < count; row++) {
      const u = Array.from({ length: size }, (_, to) => {
        let sum = 0;
        for (let from = 0; from < size; from++)
          sum += (samples[row * size + from]! - mean[from]!) * inverse[from * size + to]!;
        return sum;
      });
      for (let a = 0; a < size; a++)
        for (let b = 0; b < size; b++) covariance[a * size + b]! += (u[a]! * u[b]!) / count;
    }
    covariance.forEach((value, at) =>
      expect(Math.abs(value - (at % (size + 1) === 0 ? 1 : 0))).toBeLessThan(0.05),
    );
  });

  it("is undone by its inverse, and bears directions without variance", () => {
    for (const matrix of [
      basis,
      fitWhitening(
        samples.map((value, at) => (at % size === 2 ? 3 : value)),
        size,
      ).basis,
    ]) {
      const back = inverseOfUpper(matrix, size);
      for (let row = 0; row < size; row++)
        for (let column = 0; column < size; column++) {
          let sum = 0;
          for (let k = 0; k < size; k++) sum += matrix[row * size + k]! * back[k * size + column]!;
          expect(sum).toBeCloseTo(row === column ? 1 : 0, 4);
        }
    }
  });
});
