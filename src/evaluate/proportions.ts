import { computeBetaQuantile, computeNormalHalfWidth, computeStudentHalfWidth } from "./distributions.js";
import { type Estimate, meanOf } from "./statistics.js";

/** Clusters of outcomes, and coverage of the interval (default 0.95). */
export interface RateOptions {
  /** Cluster of each outcome: outcomes of one cluster depend on each other. Default: all are independent. */
  readonly clusters?: readonly (string | number)[] | undefined;
  readonly level?: number;
}

/**
 * Rate of hits with an interval that is exact for independent outcomes (Clopper–Pearson) and never of zero width. With
 * clusters the number of outcomes is replaced by the effective one, corrected for the degrees of freedom.
 * Source: Clopper & Pearson 1934; Korn & Graubard 1998, "Confidence intervals for proportions with small expected number of
 * positive counts".
 * @param hits 1 for a hit, 0 for a miss.
 */
export function rate(hits: readonly number[], { clusters, level = 0.95 }: RateOptions = {}): Estimate {
  const mean = meanOf(hits);
  return {
    ...computeExactInterval(mean, countCorrectedSamples(hits, clusters, level), level),
    samples: hits.length,
  };
}

/**
 * Counts the effective sample size: the number of independent outcomes whose interval is as wide. Differs from Korn & Graubard:
 * where the clusters show no variance at all, each counts as one outcome.
 */
function countCorrectedSamples(
  values: readonly number[],
  clusters: readonly (string | number)[] | undefined,
  level: number,
): number {
  if (!clusters) return values.length;
  const count = new Set(clusters).size;
  if (count === values.length || values.every((value) => value === values[0])) return count;
  const effective = countEffectiveSamples(values, clusters);
  if (count < 2 || effective <= count * 1e-9) return Math.min(1, effective);
  const correction =
    computeStudentHalfWidth(level, values.length - 1) / computeStudentHalfWidth(level, count - 1);
  return effective * Math.min(1, correction ** 2);
}

/** Computes the Clopper–Pearson interval of a rate; the number of outcomes need not be whole. 0 outcomes give NaN (0 to 1). */
export function computeExactInterval(mean: number, samples: number, level = 0.95): Estimate {
  if (samples === 0) return { mean: NaN, low: 0, high: 1, samples };
  const tail = (1 - level) / 2;
  const [hits, misses] = [mean * samples, (1 - mean) * samples];
  return {
    mean,
    low: hits <= 1e-9 ? 0 : computeBetaQuantile(tail, hits, misses + 1),
    high: misses <= 1e-9 ? 1 : computeBetaQuantile(1 - tail, hits + 1, misses),
    samples,
  };
}

/**
 * Counts the number of independent outcomes whose mean has the variance of these clustered ones. At most the number of outcomes. If
 * the clusters do not differ, the number of clusters.
 */
export function countEffectiveSamples(
  values: readonly number[],
  clusters: readonly (string | number)[],
): number {
  const mean = meanOf(values);
  const sums = new Map<string | number, number>();
  values.forEach((value, at) => sums.set(clusters[at]!, (sums.get(clusters[at]!) ?? 0) + value - mean));
  const count = sums.size;
  if (count < 2) return 1;
  let square = 0;
  for (const sum of sums.values()) square += sum * sum;
  const variance = ((count / (count - 1)) * square) / values.length ** 2;
  if (variance === 0) return count;
  const spread = meanOf(values.map((value) => (value - mean) ** 2));
  return Math.min(values.length, spread / variance);
}

/**
 * Computes the Wilson score interval of a rate; `samples` need not be whole.
 * Source: Wilson 1927; Brown, Cai & DasGupta 2001, "Interval Estimation for a Binomial Proportion", §3.1.1.
 */
export function computeWilsonInterval(hits: number, samples: number, level = 0.95): Estimate {
  if (samples === 0) return { mean: NaN, low: 0, high: 1, samples };
  const z = computeNormalHalfWidth(level);
  const mean = hits / samples;
  const spread = z * z;
  const centre = (mean + spread / (2 * samples)) / (1 + spread / samples);
  const half =
    (z / (1 + spread / samples)) *
    Math.sqrt((mean * (1 - mean)) / samples + spread / (4 * samples * samples));
  return { mean, low: Math.max(0, centre - half), high: Math.min(1, centre + half), samples };
}

/**
 * Estimates the difference `first − second` of two rates of different samples, from their Wilson intervals.
 * Source: Newcombe 1998, "Interval estimation for the difference between independent proportions", method 10.
 */
export function estimateRateDifference(first: Estimate, second: Estimate): Estimate {
  const mean = first.mean - second.mean;
  return {
    mean,
    low: mean - Math.hypot(first.mean - first.low, second.high - second.mean),
    high: mean + Math.hypot(first.high - first.mean, second.mean - second.low),
    samples: first.samples + second.samples,
  };
}

/** Difference of two rates on the same items, with the number of items that decide it. */
export interface PairedRates extends Estimate {
  /** Number of items that only the first method hits. */
  readonly won: number;
  /** Number of items that only the second method hits. */
  readonly lost: number;
  /** Exact two-sided McNemar probability of as uneven a split of `won` and `lost`; assumes independent items. */
  readonly p: number;
}

/**
 * Compares hit rates on the same items by their difference `first − second`, with Newcombe's interval for pairs, whose width is
 * positive even if no pair differs. With clusters the table of pairs is scaled to the effective number of pairs.
 * Source: Newcombe 1998, "Improved confidence intervals for the difference between binomial proportions based on paired data",
 * method 10; McNemar 1947 (exact form).
 * @param first 1 for a hit, 0 for a miss; @param second likewise, of the same items in the same order.
 */
export function comparePairedRates(
  first: readonly number[],
  second: readonly number[],
  { clusters, level = 0.95 }: RateOptions = {},
): PairedRates {
  const won = first.filter((hit, at) => hit > second[at]!).length;
  const lost = first.filter((hit, at) => hit < second[at]!).length;
  const both = first.filter((hit, at) => hit > 0 && second[at]! > 0).length;
  const differences = first.map((hit, at) => hit - second[at]!);
  const pairs = countCorrectedSamples(differences, clusters, level);
  const share = pairs / first.length;
  const table = [both, won, lost, first.length - both - won - lost].map((count) => count * share);
  return {
    ...computePairedInterval(table as [number, number, number, number], level),
    samples: first.length,
    won,
    lost,
    p: testMcNemar(won, lost),
  };
}

function computePairedInterval(
  [both, won, lost, none]: [number, number, number, number],
  level: number,
): Estimate {
  const samples = both + won + lost + none;
  const [first, second] = [
    computeWilsonInterval(both + won, samples, level),
    computeWilsonInterval(both + lost, samples, level),
  ];
  const margins = (both + won) * (lost + none) * (both + lost) * (won + none);
  const product = both * none - won * lost;
  const corrected = product > 0 ? Math.max(0, product - samples / 2) : product;
  const correlation = margins === 0 ? 0 : corrected / Math.sqrt(margins);
  const width = (a: number, b: number): number =>
    Math.sqrt(Math.max(0, a * a - 2 * correlation * a * b + b * b));
  const mean = (won - lost) / samples;
  return {
    mean,
    low: Math.max(-1, mean - width(first.mean - first.low, second.high - second.mean)),
    high: Math.min(1, mean + width(first.high - first.mean, second.mean - second.low)),
    samples,
  };
}

/** Computes the two-sided exact McNemar probability; 1 where nothing differs. */
export function testMcNemar(won: number, lost: number): number {
  const total = won + lost;
  let [term, sum] = [0.5 ** total, 0];
  for (let count = 0; count <= Math.min(won, lost); count++) {
    sum += term;
    term *= (total - count) / (count + 1);
  }
  return Math.min(1, 2 * sum);
}

/**
 * Applies Holm's step-down correction to probabilities: rejecting all hypotheses with a corrected value up to 0.05
 * has a probability of at most 5 % of any false rejection, for any dependence.
 * Source: Holm 1979, "A Simple Sequentially Rejective Multiple Test Procedure".
 * @param probabilities one for each hypothesis, in [0, 1]. @returns corrected probabilities in the same order.
 */
export function correctByHolm(probabilities: readonly number[]): number[] {
  const order = probabilities.map((_, at) => at).sort((a, b) => probabilities[a]! - probabilities[b]!);
  const adjusted = new Array<number>(probabilities.length);
  let most = 0;
  order.forEach((at, rank) => {
    most = Math.max(most, Math.min(1, (probabilities.length - rank) * probabilities[at]!));
    adjusted[at] = most;
  });
  return adjusted;
}
