import { createRandom } from "../tensor/index.js";
import type { Estimate } from "./statistics.js";

/** Category that each rater gave to each item; undefined where a rater did not rate it. `[items][raters]`. */
export type RatingTable = readonly (readonly (string | undefined)[])[];

/**
 * Cohen's kappa of two raters over the items that both rated: (observed − expected agreement) / (1 − expected agreement).
 * Source: Cohen 1960, "A Coefficient of Agreement for Nominal Scales", equation 1.
 * @returns NaN without common items, and where both gave one and the same category to everything.
 */
export function computeCohenKappa(table: RatingTable): number {
  const pairs = table.flatMap(([a, b]) => (a === undefined || b === undefined ? [] : [[a, b] as const]));
  const count = pairs.length;
  const observed = pairs.filter(([a, b]) => a === b).length / count;
  const share = (side: 0 | 1, category: string): number =>
    pairs.filter((pair) => pair[side] === category).length / count;
  let expected = 0;
  for (const category of new Set(pairs.flat())) expected += share(0, category) * share(1, category);
  return (observed - expected) / (1 - expected);
}

/**
 * Fleiss' kappa of any number of raters, over the items that two or more rated; raters need not be the same for every item.
 * Source: Fleiss 1971, "Measuring nominal scale agreement among many raters"; unequal numbers of raters: Gwet 2014, "Handbook of
 * Inter-Rater Reliability", equation 2.15.
 * @returns at most 1; NaN where no item has two ratings, and where all ratings are of one category.
 */
export function computeFleissKappa(table: RatingTable): number {
  const items = table
    .map((row) => row.filter((category) => category !== undefined))
    .filter(({ length }) => length >= 2);
  const shares = new Map<string, number>();
  let observed = 0;
  for (const ratings of items) {
    const counts = new Map<string, number>();
    for (const category of ratings) counts.set(category, (counts.get(category) ?? 0) + 1);
    const { length } = ratings;
    let agreeingPairs = 0;
    for (const [category, count] of counts) {
      agreeingPairs += count * (count - 1);
      shares.set(category, (shares.get(category) ?? 0) + count / length / items.length);
    }
    observed += agreeingPairs / (length * (length - 1)) / items.length;
  }
  // By definition, and because the rounded shares of one category need not sum to 1.
  if (shares.size < 2) return Number.NaN;
  let expected = 0;
  for (const share of shares.values()) expected += share * share;
  return (observed - expected) / (1 - expected);
}

/** Agreement of raters beyond chance. */
export interface Agreement {
  readonly name: "Cohen's kappa" | "Fleiss' kappa";
  /** Bootstrap interval over items. NaN where chance alone explains everything. */
  readonly kappa: Estimate;
  /** Share of pairs of ratings that agree. */
  readonly raw: number;
}

/** Measures the agreement of two raters (Cohen) or more (Fleiss); undefined when fewer than two items have two ratings. */
export function computeAgreement(table: RatingTable, raters: number): Agreement | undefined {
  const rated = table.filter((row) => row.filter((category) => category !== undefined).length >= 2);
  if (raters < 2 || rated.length < 2) return undefined;
  const kappaOf = raters === 2 ? computeCohenKappa : computeFleissKappa;
  const random = createRandom("kappa");
  const resampled = Float64Array.from({ length: 2000 }, () =>
    kappaOf(rated.map(() => rated[random.integer(rated.length)]!)),
  )
    .filter((value) => !Number.isNaN(value))
    .sort();
  const quantile = (part: number): number =>
    resampled[Math.round(part * (resampled.length - 1))] ?? Number.NaN;
  let [agreeing, pairs] = [0, 0];
  for (const row of rated) {
    const given = row.filter((category) => category !== undefined);
    given.forEach((a, at) =>
      given.slice(at + 1).forEach((b) => {
        pairs++;
        if (a === b) agreeing++;
      }),
    );
  }
  return {
    name: raters === 2 ? "Cohen's kappa" : "Fleiss' kappa",
    kappa: { mean: kappaOf(rated), low: quantile(0.025), high: quantile(0.975), samples: rated.length },
    raw: agreeing / pairs,
  };
}
