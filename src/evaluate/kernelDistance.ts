import { ShapeError } from "../errors.js";
import type { HostTensor } from "../tensor/index.js";
import { computeNormalHalfWidth } from "./distributions.js";
import type { Estimate } from "./statistics.js";

/** Reference sets with fewer rows are not compared. Callers check this, `estimateKernelDistance` does not. */
export const minReferenceRows = 500;

/** Cluster of each row of the two sets. Default: every row is independent. */
export interface KernelClusters {
  readonly first?: readonly (string | number)[];
  readonly second?: readonly (string | number)[];
}

/**
 * Estimates the kernel distance of two sets of embeddings: the unbiased estimate of the squared maximum mean discrepancy with the
 * kernel `(1 + cos(x, y))³`. In contrast to a Fréchet distance its expected value does not depend on the number of rows, and it
 * is 0 for two samples of one distribution; a single estimate may lie below 0. The interval is ±1.96 standard errors by a
 * jackknife that deletes whole clusters of either set.
 * Source: Bińkowski et al. 2018, "Demystifying MMD GANs" (KID: this kernel for features of norm √d); Gretton et al. 2012, "A
 * Kernel Two-Sample Test", lemma 6; Efron & Tibshirani 1993, §11.5 (jackknife).
 * @param first unit rows `[rows, features]`, from three clusters or more; @param second likewise.
 * @returns the estimate; its `samples` is the number of rows of `first`.
 * @throws {ShapeError} for unequal features or fewer than three clusters, since the jackknife needs two after it deletes one.
 */
export function estimateKernelDistance(
  first: HostTensor,
  second: HostTensor,
  clusters: KernelClusters = {},
): Estimate {
  const { mean, deleted } = jackknifeDistance(first, second, clusters);
  return estimate(mean, deleted, first.shape[0]!);
}

/**
 * Estimates the difference of the kernel distances of two sets to one reference; both sets have one row for each of the same
 * prompts, in the same order, so that deleting a prompt deletes a row of both.
 * @param first unit rows `[prompts, features]`; @param second likewise; @param reference `[rows, features]`.
 * @param clusters of the reference's rows.
 */
export function estimateKernelDifference(
  first: HostTensor,
  second: HostTensor,
  reference: HostTensor,
  clusters?: readonly (string | number)[],
): Estimate {
  const [one, two] = [first, second].map((set) =>
    jackknifeDistance(set, reference, clusters ? { second: clusters } : {}),
  ) as [Jackknife, Jackknife];
  const deleted = one.deleted.map((values, side) =>
    values.map((value, at) => value - two.deleted[side]![at]!),
  );
  return estimate(one.mean - two.mean, deleted, first.shape[0]!);
}

function estimate(mean: number, deleted: readonly (readonly number[])[], samples: number): Estimate {
  const error = Math.sqrt(deleted.reduce((sum, values) => sum + computeJackknifeVariance(values), 0));
  const half = computeNormalHalfWidth(0.95) * error;
  return { mean, low: mean - half, high: mean + half, samples };
}

/** A distance, and its values without each cluster of the first and of the second set. */
interface Jackknife {
  readonly mean: number;
  readonly deleted: readonly [number[], number[]];
}

function jackknifeDistance(first: HostTensor, second: HostTensor, clusters: KernelClusters): Jackknife {
  const [groups, others] = [groupRows(first, clusters.first), groupRows(second, clusters.second)];
  if (first.shape[1] !== second.shape[1] || groups.length < 3 || others.length < 3)
    throw new ShapeError(
      `kernel distance: needs two sets of three clusters or more and equal features, got [${first.shape.join(", ")}] and ` +
        `[${second.shape.join(", ")}] in ${groups.length} and ${others.length} clusters`,
    );
  const [own, theirs] = [sumWithin(first, groups), sumWithin(second, others)];
  const across = sumBetween(first, groups, second, others);
  const computeDistance = (withinFirst: PairSum, withinSecond: PairSum, crossSums: PairSum): number =>
    withinFirst.sum / withinFirst.pairs +
    withinSecond.sum / withinSecond.pairs -
    (2 * crossSums.sum) / crossSums.pairs;
  return {
    mean: computeDistance(own.whole, theirs.whole, across.whole),
    deleted: [
      groups.map((_, at) => computeDistance(own.without(at), theirs.whole, across.withoutFirst(at))),
      others.map((_, at) => computeDistance(own.whole, theirs.without(at), across.withoutSecond(at))),
    ],
  };
}

/** Sum of the kernel over pairs of rows, and their number. */
interface PairSum {
  readonly sum: number;
  readonly pairs: number;
}

function groupRows({ shape }: HostTensor, clusters?: readonly (string | number)[]): number[][] {
  const members = new Map<string | number, number[]>();
  for (let row = 0; row < shape[0]!; row++) {
    const key = clusters?.[row] ?? row;
    const list = members.get(key);
    if (list) list.push(row);
    else members.set(key, [row]);
  }
  return [...members.values()];
}

const computeKernel = (a: HostTensor, i: number, b: HostTensor, j: number): number => {
  const features = a.shape[1]!;
  let cosine = 0;
  for (let at = 0; at < features; at++) cosine += a.data[i * features + at]! * b.data[j * features + at]!;
  return (1 + cosine) ** 3;
};

/** Sums the kernel over a set with itself, with and without each cluster. */
function sumWithin(
  set: HostTensor,
  groups: readonly number[][],
): { whole: PairSum; without(group: number): PairSum } {
  const count = set.shape[0]!;
  const groupOf = new Int32Array(count);
  groups.forEach((rows, group) => rows.forEach((row) => (groupOf[row] = group)));
  const touched = new Float64Array(groups.length); // pairs with a row of this cluster on either side
  let sum = 0;
  for (let i = 0; i < count; i++)
    for (let j = 0; j < i; j++) {
      const value = 2 * computeKernel(set, i, set, j);
      sum += value;
      touched[groupOf[i]!]! += value;
      if (groupOf[i] !== groupOf[j]) touched[groupOf[j]!]! += value;
    }
  const pairs = (rows: number): number => rows * (rows - 1);
  return {
    whole: { sum, pairs: pairs(count) },
    without: (group) => ({ sum: sum - touched[group]!, pairs: pairs(count - groups[group]!.length) }),
  };
}

/** Sums the kernel over all pairs across two sets, with and without each cluster of either. */
function sumBetween(
  first: HostTensor,
  groups: readonly number[][],
  second: HostTensor,
  others: readonly number[][],
): { whole: PairSum; withoutFirst(group: number): PairSum; withoutSecond(group: number): PairSum } {
  const [rows, columns] = [first.shape[0]!, second.shape[0]!];
  const [byRow, byColumn] = [new Float64Array(rows), new Float64Array(columns)];
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) {
      const value = computeKernel(first, i, second, j);
      byRow[i]! += value;
      byColumn[j]! += value;
    }
  const sum = byRow.reduce((a, b) => a + b, 0);
  const of = (values: Float64Array, members: readonly number[]): number =>
    members.reduce((total, at) => total + values[at]!, 0);
  return {
    whole: { sum, pairs: rows * columns },
    withoutFirst: (group) => ({
      sum: sum - of(byRow, groups[group]!),
      pairs: (rows - groups[group]!.length) * columns,
    }),
    withoutSecond: (group) => ({
      sum: sum - of(byColumn, others[group]!),
      pairs: rows * (columns - others[group]!.length),
    }),
  };
}

function computeJackknifeVariance(values: readonly number[]): number {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return ((values.length - 1) / values.length) * values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
}
