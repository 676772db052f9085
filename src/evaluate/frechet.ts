import type { HostTensor } from "../tensor/index.js";
import { createRandom } from "../tensor/index.js";
import { ShapeError } from "../errors.js";
import { type Estimate, estimatePivotal } from "./statistics.js";

/** Mean and covariance of rows: their Gaussian approximation. */
interface Gaussian {
  readonly mean: Float64Array;
  /** `[features, features]`. */
  readonly covariance: Float64Array;
}

function fitGaussian(data: Float32Array, features: number, rows: ArrayLike<number>): Gaussian {
  const count = rows.length;
  const mean = new Float64Array(features);
  for (let at = 0; at < count; at++)
    for (let i = 0; i < features; i++) mean[i]! += data[rows[at]! * features + i]! / count;
  const covariance = new Float64Array(features * features);
  const centred = new Float64Array(features);
  for (let at = 0; at < count; at++) {
    for (let i = 0; i < features; i++) centred[i] = data[rows[at]! * features + i]! - mean[i]!;
    for (let i = 0; i < features; i++) {
      const value = centred[i]!;
      for (let j = 0; j <= i; j++) covariance[i * features + j]! += value * centred[j]!;
    }
  }
  for (let i = 0; i < features; i++)
    for (let j = 0; j <= i; j++) {
      const value = covariance[i * features + j]! / (count - 1);
      covariance[i * features + j] = value;
      covariance[j * features + i] = value;
    }
  return { mean, covariance };
}

/**
 * Lower triangle `L` with `L Lᵀ` the matrix; where a pivot is negligible relative to the largest (a direction without
 * variance), the column is 0.
 */
function factorCholesky(matrix: Float64Array, size: number): Float64Array {
  const lower = new Float64Array(size * size);
  let largest = 0;
  for (let i = 0; i < size; i++) largest = Math.max(largest, matrix[i * size + i]!);
  for (let j = 0; j < size; j++) {
    let pivot = matrix[j * size + j]!;
    for (let k = 0; k < j; k++) pivot -= lower[j * size + k]! ** 2;
    if (pivot <= 1e-13 * largest) continue;
    const root = Math.sqrt(pivot);
    lower[j * size + j] = root;
    for (let i = j + 1; i < size; i++) {
      let sum = matrix[i * size + j]!;
      for (let k = 0; k < j; k++) sum -= lower[i * size + k]! * lower[j * size + k]!;
      lower[i * size + j] = sum / root;
    }
  }
  return lower;
}

/** Returns `Lᵀ S L` for a lower triangle and a symmetric matrix. */
function multiplySandwich(lower: Float64Array, symmetric: Float64Array, size: number): Float64Array {
  const right = new Float64Array(size * size); // S L
  for (let i = 0; i < size; i++)
    for (let k = 0; k < size; k++) {
      const value = symmetric[i * size + k]!;
      for (let j = 0; j <= k; j++) right[i * size + j]! += value * lower[k * size + j]!;
    }
  const out = new Float64Array(size * size);
  for (let k = 0; k < size; k++)
    for (let i = 0; i <= k; i++) {
      const value = lower[k * size + i]!;
      if (value === 0) continue;
      for (let j = 0; j < size; j++) out[i * size + j]! += value * right[k * size + j]!;
    }
  return out;
}

/**
 * Computes the eigenvalues of a symmetric matrix, in no order: Householder reflections to a tridiagonal one, then the implicit QL
 * method with Wilkinson's shift.
 * Source: Golub & Van Loan 2013, "Matrix Computations", §8.3.1 and §8.3.5.
 * @throws {ShapeError} when the values are not finite.
 */
export function computeSymmetricEigenvalues(matrix: Float64Array, size: number): Float64Array {
  const a = Float64Array.from(matrix);
  const diagonal = new Float64Array(size);
  const off = new Float64Array(size); // off[i] joins i and i + 1
  const v = new Float64Array(size);
  const p = new Float64Array(size);
  for (let k = 0; k < size - 2; k++) {
    let norm = 0;
    for (let i = k + 1; i < size; i++) norm = Math.hypot(norm, a[i * size + k]!);
    diagonal[k] = a[k * size + k]!;
    const head = a[(k + 1) * size + k]!;
    const alpha = head > 0 ? -norm : norm;
    off[k] = alpha;
    if (norm === 0) continue;
    v.fill(0);
    v[k + 1] = head - alpha;
    for (let i = k + 2; i < size; i++) v[i] = a[i * size + k]!;
    let square = 0;
    for (let i = k + 1; i < size; i++) square += v[i]! ** 2;
    if (square === 0) continue;
    // A ← H A H with H = I − 2 v vᵀ / square: A − v wᵀ − w vᵀ, w = p − (pᵀv / square) v, p = 2 A v / square
    let inner = 0;
    for (let i = k + 1; i < size; i++) {
      let sum = 0;
      for (let j = k + 1; j < size; j++) sum += a[i * size + j]! * v[j]!;
      p[i] = (2 * sum) / square;
      inner += p[i]! * v[i]!;
    }
    for (let i = k + 1; i < size; i++) p[i]! -= (inner / square) * v[i]!;
    for (let i = k + 1; i < size; i++)
      for (let j = k + 1; j < size; j++) a[i * size + j]! -= v[i]! * p[j]! + p[i]! * v[j]!;
  }
  for (let i = Math.max(0, size - 2); i < size; i++) diagonal[i] = a[i * size + i]!;
  if (size > 1) off[size - 2] = a[(size - 1) * size + size - 2]!;
  return computeTridiagonalEigenvalues(diagonal, off);
}

function computeTridiagonalEigenvalues(d: Float64Array, e: Float64Array): Float64Array {
  const size = d.length;
  const largest = d.reduce((most, value, at) => Math.max(most, Math.abs(value) + Math.abs(e[at]!)), 0);
  if (!Number.isFinite(largest))
    throw new ShapeError("eigenvalues: the matrix is not finite; check the embeddings");
  // Compared with the largest value, not with its neighbours: in a matrix of low rank the neighbours are rounding errors and never converge.
  const nothing = Number.EPSILON * largest;
  for (let low = 0; low < size; low++)
    for (let round = 0; ; round++) {
      let high = low;
      while (high < size - 1 && Math.abs(e[high]!) > nothing) high++;
      if (high === low) break;
      if (round > 60) throw new ShapeError("eigenvalues: no convergence in 60 rounds");
      const half = (d[low + 1]! - d[low]!) / (2 * e[low]!);
      const root = Math.hypot(half, 1);
      let g = d[high]! - d[low]! + e[low]! / (half + (half >= 0 ? root : -root));
      let [sine, cosine, carried] = [1, 1, 0];
      let i = high - 1;
      for (; i >= low; i--) {
        const f = sine * e[i]!;
        const b = cosine * e[i]!;
        const length = Math.hypot(f, g);
        e[i + 1] = length;
        if (length === 0) {
          d[i + 1]! -= carried;
          e[high] = 0;
          break;
        }
        sine = f / length;
        cosine = g / length;
        const shifted = d[i + 1]! - carried;
        const turned = (d[i]! - shifted) * sine + 2 * cosine * b;
        carried = sine * turned;
        d[i + 1] = shifted + carried;
        g = cosine * turned - b;
      }
      if (i >= low) continue;
      d[low]! -= carried;
      e[low] = g;
      e[high] = 0;
    }
  return d;
}

function computeGaussianDistance(first: Gaussian, second: Gaussian): number {
  const size = first.mean.length;
  let sum = 0;
  for (let i = 0; i < size; i++)
    sum +=
      (first.mean[i]! - second.mean[i]!) ** 2 +
      first.covariance[i * size + i]! +
      second.covariance[i * size + i]!;
  const middle = multiplySandwich(factorCholesky(first.covariance, size), second.covariance, size);
  for (const value of computeSymmetricEigenvalues(middle, size)) sum -= 2 * Math.sqrt(Math.max(0, value));
  return Math.max(0, sum);
}

const listRows = ({ shape }: HostTensor): number[] => Array.from({ length: shape[0]! }, (_, row) => row);

/**
 * Computes the Fréchet distance of two sets of embeddings, each taken for a Gaussian: ‖μ₁ − μ₂‖² + tr(Σ₁ + Σ₂ − 2 (Σ₁Σ₂)^½).
 * The trace of the root is the sum of the roots of the eigenvalues of Lᵀ Σ₂ L, Σ₁ = L Lᵀ, which is symmetric: no root of an
 * unsymmetric matrix is taken, and fewer rows than features do no harm.
 * Source: Dowson & Landau 1982; Heusel et al. 2017, "GANs Trained by a Two Time-Scale Update Rule", equation 6.
 * @param first `[rows, features]`, two rows or more; @param second likewise.
 * @returns 0 or more, in the embeddings' units squared. It is too large for few rows: compare sets of one size only.
 */
export function computeFrechetDistance(first: HostTensor, second: HostTensor): number {
  check(first, second);
  const features = first.shape[1]!;
  return computeGaussianDistance(
    fitGaussian(first.data as Float32Array, features, listRows(first)),
    fitGaussian(second.data as Float32Array, features, listRows(second)),
  );
}

/**
 * A Fréchet distance, and the distances of resampled rows. Sets with the same number of rows use the same resamples, so their
 * distances can be compared.
 */
export interface Resampled {
  readonly distance: number;
  readonly resamples: Float64Array;
  /** Rows of the resampled set. */
  readonly samples: number;
}

/**
 * Computes Fréchet distances to a fixed set: of a set, and of bootstrap resamples of its rows.
 * @param resamples number of resamples; each takes 0.1 s at 256 features.
 */
export function resampleFrechet(first: HostTensor, second: HostTensor, resamples = 100): Resampled {
  check(first, second);
  const [count, features] = first.shape as [number, number];
  const fixed = fitGaussian(second.data as Float32Array, features, listRows(second));
  const of = (rows: readonly number[]): number =>
    computeGaussianDistance(fitGaussian(first.data as Float32Array, features, rows), fixed);
  const rows = listRows(first);
  const random = createRandom("fréchet");
  return {
    distance: of(rows),
    resamples: Float64Array.from({ length: resamples }, () => of(rows.map(() => random.integer(count)))),
    samples: count,
  };
}

/** Estimates the Fréchet distance of a set to a fixed one, with a pivotal bootstrap interval over the rows of the first. */
export function estimateFrechetDistance(first: HostTensor, second: HostTensor, resamples?: number): Estimate {
  const found = resampleFrechet(first, second, resamples);
  return estimatePivotal(found.distance, found.resamples.slice(), found.samples);
}

/**
 * Estimates the difference of the distances of two sets to a fixed one; both sets have one row for each of the same prompts, in
 * the same order. The bias of small samples is in both distances and cancels. The interval is pivotal.
 */
export function estimateFrechetDifference(first: Resampled, second: Resampled): Estimate {
  const differences = first.resamples.map((value, at) => value - second.resamples[at]!);
  return estimatePivotal(first.distance - second.distance, differences, first.samples, -Infinity);
}

function check(first: HostTensor, second: HostTensor): void {
  if (first.shape[1] !== second.shape[1] || first.shape[0]! < 2 || second.shape[0]! < 2)
    throw new ShapeError(
      `Fréchet distance: needs two sets of two rows or more and equal features, got [${first.shape.join(", ")}] and ` +
        `[${second.shape.join(", ")}]`,
    );
}
