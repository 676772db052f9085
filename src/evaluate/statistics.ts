import { createRandom } from "../tensor/index.js";

/** A figure with its 95 % interval and how many values it was made of. */
export interface Estimate {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  readonly samples: number;
}

const resamples = 2000;

/** How values are resampled. */
export interface BootstrapOptions {
  /** What each value belongs to: whole clusters are drawn, since pictures of one thing fail together. */
  readonly clusters?: readonly (string | number)[];
  /** The figure; default the mean. */
  readonly statistic?: (values: readonly number[]) => number;
}

/** Arithmetic mean; NaN of nothing. */
export function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < values.length; at++) sum += values[at]!;
  return sum / values.length;
}

/** The middle of the sorted values, between the two middle ones when they are even in number. */
export function medianOf(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/**
 * A figure of values (their mean by default) with a percentile bootstrap interval, 2000 resamples, fixed seed.
 * Source: Efron & Tibshirani 1993, "An Introduction to the Bootstrap", §13.3; clusters: Davison & Hinkley 1997, §3.8.
 */
export function bootstrap(values: readonly number[], options: BootstrapOptions = {}): Estimate {
  const { clusters, statistic = meanOf } = options;
  const random = createRandom("bootstrap");
  const draw = clusters ? clusterDraws(values, clusters, statistic) : plainDraws(values, statistic);
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

function plainDraws(values: readonly number[], statistic: (values: readonly number[]) => number): Draw {
  return (integer) => statistic(Array.from(values, () => values[integer(values.length)]!));
}

function clusterDraws(
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
        const drawn = sums[integer(sums.length)]!;
        sum += drawn.sum;
        count += drawn.count;
      }
      return sum / count;
    };
  }
  return (integer) => statistic(groups.flatMap(() => groups[integer(groups.length)]!));
}

/**
 * Mean of `first − second`, taken on the same things, with its bootstrap interval: zero inside says that they may be equal.
 * Source: Efron & Tibshirani 1993, §8.3 (paired data are resampled as pairs).
 */
export function pairedDifference(
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
 * Pivotal interval of a figure that few samples make too large, from its resampled values: resampling adds the same excess
 * again, and twice the figure minus the quantiles takes both out. It may therefore lie below the figure itself.
 * Source: Davison & Hinkley 1997, equation 2.10.
 * @param resampled the figure of every resample; sorted in place.
 * @param least what the figure cannot be below; a difference has no such bound.
 */
export function pivotal(mean: number, resampled: Float64Array, samples: number, least = 0): Estimate {
  resampled.sort();
  const quantile = (part: number): number => resampled[Math.round(part * (resampled.length - 1))]!;
  return {
    mean,
    low: Math.max(least, 2 * mean - quantile(0.975)),
    high: Math.max(least, 2 * mean - quantile(0.025)),
    samples,
  };
}

/** Probability that a standard normal value is below `z`. Source: Abramowitz & Stegun 1964, 26.2.17; error < 7.5e-8. */
export function normalBelow(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const poly =
    t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * poly;
  return z > 0 ? 1 - tail : tail;
}

/** Half-width, in standard deviations, of the interval that holds `level` of a normal distribution: 1.96 for 0.95. */
export function normalWidth(level: number): number {
  let [low, high] = [0, 8];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (2 * normalBelow(middle) - 1 < level) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * A rate with its Wilson score interval, which is right for few samples and for rates near 0 and 1.
 * Source: Wilson 1927; Brown, Cai & DasGupta 2001, "Interval Estimation for a Binomial Proportion", §3.1.1.
 */
export function wilson(hits: number, samples: number, level = 0.95): Estimate {
  if (samples === 0) return { mean: NaN, low: 0, high: 1, samples };
  const z = normalWidth(level);
  const rate = hits / samples;
  const spread = z * z;
  const centre = (rate + spread / (2 * samples)) / (1 + spread / samples);
  const half =
    (z / (1 + spread / samples)) *
    Math.sqrt((rate * (1 - rate)) / samples + spread / (4 * samples * samples));
  return { mean: rate, low: Math.max(0, centre - half), high: Math.min(1, centre + half), samples };
}

/**
 * Difference of two rates of different samples, by their Wilson intervals.
 * Source: Newcombe 1998, "Interval estimation for the difference between independent proportions", method 10.
 */
export function rateDifference(first: Estimate, second: Estimate): Estimate {
  const mean = first.mean - second.mean;
  return {
    mean,
    low: mean - Math.hypot(first.mean - first.low, second.high - second.mean),
    high: mean + Math.hypot(first.high - first.mean, second.mean - second.low),
    samples: first.samples + second.samples,
  };
}
