import { createRandom } from "../tensor/index.js";

/** An estimate with its 95 % interval and the number of values it is computed from. */
export interface Estimate {
  /** The estimate: a mean, a median or a difference, in the unit of the values. */
  readonly mean: number;
  /** Lower end of the 95 % interval, in the unit of the values. */
  readonly low: number;
  /** Upper end of the 95 % interval, in the unit of the values. */
  readonly high: number;
  /** Number of values. */
  readonly samples: number;
}

const resamples = 2000;

/** Clusters of values, and the statistic of each resample. */
export interface BootstrapOptions {
  /** Cluster of each value: whole clusters are drawn, since outcomes of one concept are correlated. */
  readonly clusters?: readonly (string | number)[];
  /** Default: the mean. */
  readonly statistic?: (values: readonly number[]) => number;
}

/** Returns the arithmetic mean; NaN for an empty list. */
export function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < values.length; at++) sum += values[at]!;
  return sum / values.length;
}

/** Returns the median; the mean of the two middle values of an even number. */
export function medianOf(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/**
 * Computes a statistic (by default the mean) with a percentile bootstrap interval from 2000 resamples with a fixed seed. Use `rate` for values
 * of 0 or 1: the bootstrap interval of equal values has zero width.
 * Source: Efron & Tibshirani 1993, "An Introduction to the Bootstrap", §13.3; clusters: Davison & Hinkley 1997, §3.8.
 * @param values one outcome a sample, in any range.
 * @param options clusters of dependent values, and the statistic.
 * @returns the statistic, and the ends of its 95 % interval.
 */
export function bootstrap(values: readonly number[], options: BootstrapOptions = {}): Estimate {
  const { clusters, statistic = meanOf } = options;
  const random = createRandom("bootstrap");
  const draw = clusters ? drawClusters(values, clusters, statistic) : drawPlain(values, statistic);
  const figures = Float64Array.from({ length: resamples }, () =>
    draw((below) => random.integer(below)),
  ).sort();
  return {
    mean: statistic(values),
    low: figures[49]!,
    high: figures[1949]!,
    samples: values.length,
  };
}

type Draw = (integer: (below: number) => number) => number;

function drawPlain(values: readonly number[], statistic: (values: readonly number[]) => number): Draw {
  if (statistic === meanOf)
    // Without a list for each resample.
    return (integer) => {
      let sum = 0;
      for (let at = 0; at < values.length; at++) sum += values[integer(values.length)]!;
      return sum / values.length;
    };
  return (integer) => statistic(Array.from(values, () => values[integer(values.length)]!));
}

function drawClusters(
  values: readonly number[],
  clusters: readonly (string | number)[],
  statistic: (values: readonly number[]) => number,
): Draw {
  const members = new Map<string | number, number[]>();
  values.forEach((value, at) => {
    const list = members.get(clusters[at]!);
    if (list) list.push(value);
    else members.set(clusters[at]!, [value]);
  });
  const groups = [...members.values()];
  if (statistic === meanOf) {
    // The mean needs the sums only.
    const sums = groups.map((group) => ({ sum: meanOf(group) * group.length, count: group.length }));
    return (integer) => {
      let [sum, count] = [0, 0];
      for (let at = 0; at < sums.length; at++) {
        const sample = sums[integer(sums.length)]!;
        sum += sample.sum;
        count += sample.count;
      }
      return sum / count;
    };
  }
  return (integer) => statistic(groups.flatMap(() => groups[integer(groups.length)]!));
}

/**
 * Estimates the mean of `first − second` on the same items with its bootstrap interval. For hits and misses use
 * `comparePairedRates`.
 * Source: Efron & Tibshirani 1993, §8.3 (paired data are resampled as pairs).
 */
export function estimatePairedDifference(
  first: readonly number[],
  second: readonly number[],
  options: Pick<BootstrapOptions, "clusters"> = {},
): Estimate {
  return bootstrap(
    first.map((value, at) => value - second[at]!),
    options,
  );
}

/**
 * Estimates the pivotal (basic) bootstrap interval of a statistic with an upward bias in small samples: resampling adds the same
 * bias again, and twice the estimate minus the quantiles removes both. It may therefore lie below the estimate itself.
 * Source: Davison & Hinkley 1997, equation 2.10.
 * @param resampled the statistic of every resample; sorted in place.
 * @param least lower bound of the statistic; −Infinity for a difference.
 */
export function estimatePivotal(mean: number, resampled: Float64Array, samples: number, least = 0): Estimate {
  resampled.sort();
  const quantile = (part: number): number => resampled[Math.round(part * (resampled.length - 1))]!;
  return {
    mean,
    low: Math.max(least, 2 * mean - quantile(0.975)),
    high: Math.max(least, 2 * mean - quantile(0.025)),
    samples,
  };
}
