import { type TensorRecord, hostFloats } from "../../tensor/index.js";
import { type CodeShape, codeSizeOf, coarseSizeOf, detailSizeOf } from "./networks.js";

/** Number of principal directions of codes. Changes along them keep pictures coherent. */
export const principalCount = 64;

/** Weight names of the latent statistics. */
export const statisticNames = { mean: "latent.mean", principal: "latent.principal", scale: "latent.scale" };

/**
 * Computes mean, principal directions (subspace iteration) and standard deviation of the residual of the coarse parts of codes
 * `[count, size]`, as weights.
 */
export function computeLatentStatistics(codes: Float32Array, shape: CodeShape): TensorRecord {
  const { coarse } = separateCodes(codes, shape);
  const size = coarseSizeOf(shape);
  const count = coarse.length / size;
  const mean = new Float64Array(size);
  coarse.forEach((value, at) => (mean[at % size]! += value / count));
  const centred = Float64Array.from(coarse, (value, at) => value - mean[at % size]!);
  // The rows of `basis` stay orthonormal and converge to the leading eigenvectors of the covariance.
  let basis: Float64Array[] = Array.from({ length: principalCount }, (_, row) =>
    Float64Array.from({ length: size }, (_value, at) => Math.sin((row + 1) * (at + 1) * 12.9898) % 1),
  );
  const variances = new Float64Array(principalCount);
  for (let round = 0; round < 20; round++) {
    const next = basis.map(() => new Float64Array(size));
    for (let sample = 0; sample < count; sample++) {
      const row = centred.subarray(sample * size, (sample + 1) * size);
      basis.forEach((direction, index) => {
        let dot = 0;
        for (let at = 0; at < size; at++) dot += direction[at]! * row[at]!;
        const sum = next[index]!;
        for (let at = 0; at < size; at++) sum[at]! += (dot * row[at]!) / count;
      });
    }
    basis = orthonormalise(next);
  }
  const rest = Float64Array.from({ length: size }, () => 0);
  for (let sample = 0; sample < count; sample++) {
    const row = Float64Array.from(centred.subarray(sample * size, (sample + 1) * size));
    basis.forEach((direction, index) => {
      let dot = 0;
      for (let at = 0; at < size; at++) dot += direction[at]! * row[at]!;
      variances[index]! += (dot * dot) / count;
      for (let at = 0; at < size; at++) row[at]! -= dot * direction[at]!;
    });
    row.forEach((value, at) => (rest[at]! += (value * value) / count));
  }
  const principal = new Float32Array(principalCount * size);
  basis.forEach((direction, index) => {
    const deviation = Math.sqrt(variances[index]!) + 1e-6;
    direction.forEach((value, at) => (principal[index * size + at] = value * deviation));
  });
  return {
    [statisticNames.mean]: hostFloats(Float32Array.from(mean), [1, size]),
    [statisticNames.principal]: hostFloats(principal, [principalCount, size]),
    [statisticNames.scale]: hostFloats(
      Float32Array.from(rest, (value) => Math.sqrt(value) + 1e-3),
      [1, size],
    ),
  };
}

/** Separates codes `[count, size]` into their coarse parts `[count, 64 · code]` and details `[count, 1024 · detail]`. */
export function separateCodes(
  codes: Float32Array,
  shape: CodeShape,
): { coarse: Float32Array; detail: Float32Array } {
  const [size, coarseSize, detailSize] = [codeSizeOf(shape), coarseSizeOf(shape), detailSizeOf(shape)];
  const count = codes.length / size;
  const coarse = new Float32Array(count * coarseSize);
  const detail = new Float32Array(count * detailSize);
  for (let row = 0; row < count; row++) {
    const start = row * size;
    coarse.set(codes.subarray(start, start + coarseSize), row * coarseSize);
    detail.set(codes.subarray(start + coarseSize, start + size), row * detailSize);
  }
  return { coarse, detail };
}

/** Orthonormalises rows by Gram–Schmidt. */
function orthonormalise(rows: Float64Array[]): Float64Array[] {
  rows.forEach((row, index) => {
    for (const other of rows.slice(0, index)) {
      let dot = 0;
      for (let at = 0; at < row.length; at++) dot += row[at]! * other[at]!;
      for (let at = 0; at < row.length; at++) row[at]! -= dot * other[at]!;
    }
    const length = Math.hypot(...row) || 1;
    for (let at = 0; at < row.length; at++) row[at]! /= length;
  });
  return rows;
}
