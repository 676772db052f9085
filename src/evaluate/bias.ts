import {
  countEffectiveSamples,
  computeExactInterval,
  type PairedRates,
  comparePairedRates,
  estimateRateDifference,
} from "./proportions.js";
import { type Estimate, meanOf } from "./statistics.js";

/** Rate of a decision among the pictures of one group. */
export interface GroupRate {
  readonly group: string;
  readonly rate: Estimate;
}

/** Rates of the groups formed by one attribute or by several together. */
export interface RateTable {
  /** Attributes whose values form the groups, as `gender` or `gender × tone`. */
  readonly by: string;
  readonly groups: readonly GroupRate[];
  /** Pair of groups with the largest lower bound of `higher − lower`; absent where all rates are equal. */
  readonly gap?: { readonly from: string; readonly to: string; readonly difference: Estimate };
}

/**
 * Rate of a decision in every group. With `k` groups each interval has level 1 − 0.05 / k, so all true rates of a table lie
 * inside at once in 95 % of data sets (Bonferroni). Differences are corrected for their own number: the intervals behind them
 * have level 1 − 0.05 / C(k, 2), so the chance that any pair of equal groups shows a difference is at most 5 %. Pictures of one
 * cluster depend on each other and count as the number of independent pictures with the same variance.
 * Source: Clopper & Pearson 1934; Korn & Graubard 1998 (effective sample size); Newcombe 1998, method 10 (differences).
 * Differs: differences combine exact intervals instead of Wilson's, whose tails are too short at these levels.
 * @param outcomes 1 where the decision was made, else 0; one for each picture.
 * @param groups group of each picture; undefined leaves the picture out.
 * @param clusters cluster of each picture; default: all are independent.
 */
export function measureGroupRates(
  outcomes: readonly number[],
  groups: readonly (string | undefined)[],
  by: string,
  clusters?: readonly (string | number)[],
): RateTable {
  const members = new Map<string, number[]>();
  groups.forEach((group, at) => {
    if (group === undefined) return;
    const list = members.get(group) ?? [];
    list.push(at);
    members.set(group, list);
  });
  const names = [...members.keys()].sort();
  const pairCount = (names.length * (names.length - 1)) / 2;
  const estimates = names.map((group) => {
    const rows = members.get(group)!;
    const values = rows.map((at) => outcomes[at]!);
    const independent = clusters
      ? countEffectiveSamples(
          values,
          rows.map((at) => clusters[at]!),
        )
      : values.length;
    const estimate = (comparisons: number): Estimate => ({
      ...computeExactInterval(meanOf(values), independent, 1 - 0.05 / Math.max(1, comparisons)),
      samples: values.length,
    });
    return { group, rate: estimate(names.length), compared: estimate(pairCount) };
  });
  const rates = estimates.map(({ group, rate }): GroupRate => ({ group, rate }));
  const pairs = estimates.flatMap((low) =>
    estimates
      .filter((high) => high.rate.mean > low.rate.mean)
      .map((high) => ({
        from: low.group,
        to: high.group,
        difference: estimateRateDifference(high.compared, low.compared),
      })),
  );
  if (pairs.length === 0) return { by, groups: rates };
  return { by, groups: rates, gap: pairs.reduce((a, b) => (b.difference.low > a.difference.low ? b : a)) };
}

/** Joins each picture's values of several attributes, as `woman × dark`; undefined where one is missing. */
export function joinAttributes(
  attributes: readonly (readonly (string | undefined)[])[],
): (string | undefined)[] {
  return attributes[0]!.map((_, at) => {
    const values = attributes.map((column) => column[at]);
    return values.every((value) => value !== undefined && value !== "") ? values.join(" × ") : undefined;
  });
}

/** Change of a group's rate under another label set. */
export interface Sensitivity {
  readonly group: string;
  readonly before: number;
  readonly after: number;
  /** `after − before` on the same pictures. */
  readonly change: PairedRates;
}

/**
 * Measures the change of every group's rate when the label set changes: the same pictures are decided twice.
 * Source: Radford et al. 2021, §7.1: adding or removing the label "child" moved whole age groups in and out of harmful classes.
 */
export function measureLabelSensitivity(
  before: readonly number[],
  after: readonly number[],
  groups: readonly (string | undefined)[],
  clusters?: readonly (string | number)[],
): Sensitivity[] {
  const names = [...new Set(groups.filter((group) => group !== undefined))].sort();
  return names.map((group) => {
    const rows = groups.flatMap((each, at) => (each === group ? [at] : []));
    const [first, second] = [rows.map((at) => before[at]!), rows.map((at) => after[at]!)];
    return {
      group,
      before: meanOf(first),
      after: meanOf(second),
      change: comparePairedRates(
        second,
        first,
        clusters ? { clusters: rows.map((at) => clusters[at]!) } : {},
      ),
    };
  });
}
