import { type Estimate, meanOf, pairedDifference, rateDifference, wilson } from "./statistics.js";

/** How often something was decided for the pictures of one group. */
export interface GroupRate {
  readonly group: string;
  readonly rate: Estimate;
}

/** Rates of the groups that one attribute, or several together, make. */
export interface RateTable {
  /** Attributes whose values make the groups, as `gender` or `gender × tone`. */
  readonly by: string;
  readonly groups: readonly GroupRate[];
  /** Highest rate minus lowest one, with the groups that have them; absent for one group. */
  readonly gap?: { readonly from: string; readonly to: string; readonly difference: Estimate };
}

/**
 * Rate of a decision in every group. The intervals hold together: with `k` groups each is a Wilson interval of level
 * 1 − 0.05 / k, so that all true rates of a table are inside at once in 95 % of data sets (Bonferroni). Pictures of one
 * cluster are decided alike, so they count as the smaller number of independent pictures that has the same spread.
 * Source: Korn & Graubard 1998, "Confidence intervals for proportions with small expected number of positive counts"
 * (effective sample size); differs: Wilson's interval.
 * @param outcomes 1 where it was decided so, else 0; one a picture.
 * @param groups the group of each picture; undefined leaves the picture out.
 * @param clusters what each picture is of; default all are independent.
 */
export function groupRates(
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
  const level = 1 - 0.05 / Math.max(1, members.size);
  const rates = [...members]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([group, rows]): GroupRate => {
      const values = rows.map((at) => outcomes[at]!);
      const own = clusters && rows.map((at) => clusters[at]!);
      const effective = own ? effectiveSamples(values, own) : values.length;
      const rate = wilson(meanOf(values) * effective, effective, level);
      return { group, rate: { ...rate, samples: values.length } };
    });
  if (rates.length < 2) return { by, groups: rates };
  const sorted = [...rates].sort((a, b) => a.rate.mean - b.rate.mean);
  const [low, high] = [sorted[0]!, sorted[sorted.length - 1]!];
  // The widest of all pairs was looked for, so its interval is that of the widened rates too.
  const difference = rateDifference(high.rate, low.rate);
  return { by, groups: rates, gap: { from: low.group, to: high.group, difference } };
}

/** How many independent outcomes have the spread of these; the number of clusters where all are alike. */
function effectiveSamples(values: readonly number[], clusters: readonly (string | number)[]): number {
  const rate = meanOf(values);
  const sums = new Map<string | number, number>();
  values.forEach((value, at) => sums.set(clusters[at]!, (sums.get(clusters[at]!) ?? 0) + value - rate));
  const count = sums.size;
  if (count < 2) return 1;
  let square = 0;
  for (const sum of sums.values()) square += sum * sum;
  const variance = ((count / (count - 1)) * square) / values.length ** 2;
  if (variance === 0) return count;
  return Math.min(values.length, (rate * (1 - rate)) / variance);
}

/** Values of several attributes put together, as `woman × dark`; undefined where one is missing. */
export function intersect(attributes: readonly (readonly (string | undefined)[])[]): (string | undefined)[] {
  return attributes[0]!.map((_, at) => {
    const values = attributes.map((column) => column[at]);
    return values.every((value) => value !== undefined && value !== "") ? values.join(" × ") : undefined;
  });
}

/** What another label set does to the rate of each group. */
export interface Sensitivity {
  readonly group: string;
  readonly before: number;
  readonly after: number;
  /** `after − before` on the same pictures, with its bootstrap interval. */
  readonly change: Estimate;
}

/**
 * Change of every group's rate when the label set changes: the same pictures are decided twice.
 * Source: Radford et al. 2021, §7.1: a label "child" more or less moved whole age groups in and out of harmful classes.
 */
export function labelSensitivity(
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
      change: pairedDifference(second, first, clusters ? { clusters: rows.map((at) => clusters[at]!) } : {}),
    };
  });
}
