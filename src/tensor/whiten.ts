/**
 * Mean and covariance factor of samples. `u = (w − mean) · basis⁻¹` has zero mean and about unit covariance; `w = mean + u · basis`
 * converts back.
 */
export interface Whitening {
  readonly mean: Float32Array;
  /** `[size, size]`, upper triangular: the transposed Cholesky factor of the covariance. */
  readonly basis: Float32Array;
}

/** Fraction of the mean variance added to the diagonal, so that the covariance is invertible. */
const regularization = 1e-3;

/**
 * Fits the whitening of samples by the Cholesky factor of their covariance.
 * Source: Kessy, Lewin & Strimmer 2018, "Optimal Whitening and Decorrelation", §2.3.
 * @param samples `[count, size]`, row by row.
 * @param size values of a sample; must divide `samples.length` (not checked).
 */
export function fitWhitening(samples: Float32Array, size: number): Whitening {
  const count = samples.length / size;
  const mean = new Float64Array(size);
  samples.forEach((value, at) => (mean[at % size]! += value / count));
  const covariance = new Float64Array(size * size);
  const centred = new Float64Array(size);
  for (let sample = 0; sample < count; sample++) {
    for (let at = 0; at < size; at++) centred[at] = samples[sample * size + at]! - mean[at]!;
    for (let row = 0; row < size; row++)
      for (let column = 0; column <= row; column++)
        covariance[row * size + column]! += (centred[row]! * centred[column]!) / count;
  }
  let variance = 0;
  for (let at = 0; at < size; at++) variance += covariance[at * size + at]! / size;
  for (let at = 0; at < size; at++) covariance[at * size + at]! += regularization * variance + 1e-12;
  // Cholesky–Banachiewicz, in place: covariance = lower · lowerᵀ.
  const lower = covariance;
  for (let row = 0; row < size; row++)
    for (let column = 0; column <= row; column++) {
      let sum = lower[row * size + column]!;
      for (let k = 0; k < column; k++) sum -= lower[row * size + k]! * lower[column * size + k]!;
      lower[row * size + column] = row === column ? Math.sqrt(sum) : sum / lower[column * size + column]!;
    }
  const basis = new Float32Array(size * size);
  for (let row = 0; row < size; row++)
    for (let column = 0; column <= row; column++) basis[column * size + row] = lower[row * size + column]!;
  return { mean: Float32Array.from(mean), basis };
}

/** Inverse of an upper triangular matrix `[size, size]`, by back substitution. */
export function inverseOfUpper(matrix: Float32Array, size: number): Float32Array {
  const inverse = new Float64Array(size * size);
  for (let column = 0; column < size; column++)
    for (let row = column; row >= 0; row--) {
      let sum = row === column ? 1 : 0;
      for (let k = row + 1; k <= column; k++) sum -= matrix[row * size + k]! * inverse[k * size + column]!;
      inverse[row * size + column] = sum / matrix[row * size + row]!;
    }
  return Float32Array.from(inverse);
}
