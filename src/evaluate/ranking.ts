import type { HostTensor } from "../tensor/index.js";

/**
 * Computes the cosine of every unit row of one matrix with every unit row of another.
 * @param first `[first, features]`; @param second `[second, features]`.
 * @returns `[first, second]`, row-major.
 */
export function computeCosines(first: HostTensor, second: HostTensor): Float32Array {
  const [rows, features] = first.shape as [number, number];
  const [columns] = second.shape as [number];
  const [a, b] = [first.data as Float32Array, second.data as Float32Array];
  const out = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const left = row * features;
    let column = 0;
    // Four columns at a time: each value of the row is read once for them.
    for (; column + 3 < columns; column += 4) {
      const [r0, r1, r2, r3] = [0, 1, 2, 3].map((next) => (column + next) * features) as [
        number,
        number,
        number,
        number,
      ];
      let [s0, s1, s2, s3] = [0, 0, 0, 0];
      for (let at = 0; at < features; at++) {
        const value = a[left + at]!;
        s0 += value * b[r0 + at]!;
        s1 += value * b[r1 + at]!;
        s2 += value * b[r2 + at]!;
        s3 += value * b[r3 + at]!;
      }
      out.set([s0, s1, s2, s3], row * columns + column);
    }
    for (; column < columns; column++) {
      let sum = 0;
      for (let at = 0; at < features; at++) sum += a[left + at]! * b[column * features + at]!;
      out[row * columns + column] = sum;
    }
  }
  return out;
}

/** Ranks of a query's positives among its candidates. */
export interface Ranked {
  /** Rank of the best positive, from 1. */
  readonly first: number;
  /** Average precision: the mean, over the positives, of the precision at the rank of each. */
  readonly averagePrecision: number;
}

/**
 * Ranks each query's positives among its candidates. A negative that ties with a positive counts as ranked above it, so a model
 * with equal scores gets the lowest value.
 * Source: Manning, Raghavan & Schütze 2008, "Introduction to Information Retrieval", §8.4 (average precision).
 * @param scores `[queries, candidates]`.
 * @param positives columns of each query's positives; the result of a query without any is undefined.
 */
export function rankPositives(
  scores: Float32Array,
  candidates: number,
  positives: readonly (readonly number[])[],
): (Ranked | undefined)[] {
  return positives.map((positiveColumns, query) => {
    if (positiveColumns.length === 0) return undefined;
    const row = scores.subarray(query * candidates, (query + 1) * candidates);
    const positiveSet = new Set(positiveColumns);
    const positiveScores = Float64Array.from(positiveColumns, (column) => row[column]!)
      .sort()
      .reverse();
    const negativesAbove = new Array<number>(positiveScores.length).fill(0); // negatives at or above each positive
    row.forEach((score, column) => {
      if (positiveSet.has(column)) return;
      for (let at = positiveScores.length - 1; at >= 0 && score >= positiveScores[at]!; at--)
        negativesAbove[at]!++;
    });
    let precision = 0;
    negativesAbove.forEach((count, at) => (precision += (at + 1) / (at + 1 + count)));
    return { first: negativesAbove[0]! + 1, averagePrecision: precision / positiveScores.length };
  });
}

/**
 * Marks each query whose best positive is in the top `k`: 1 if so, else 0. The mean is recall at `k`.
 * @param ranks rank of each query's best positive, from 1.
 */
export function markHits(ranks: readonly number[], k: number): number[] {
  return ranks.map((rank) => (rank <= k ? 1 : 0));
}

/** Finds the column of the largest score in each row; the first of equals. */
export function findBestColumns(scores: Float32Array, columns: number): number[] {
  return Array.from({ length: scores.length / columns }, (_, row) => {
    let best = 0;
    for (let column = 1; column < columns; column++)
      if (scores[row * columns + column]! > scores[row * columns + best]!) best = column;
    return best;
  });
}
