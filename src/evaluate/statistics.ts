import { createRandom } from "../tensor/index.js";

/** A mean with its 95 % bootstrap interval. */
export interface Estimate {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  readonly samples: number;
}

/**
 * Mean of values with a percentile bootstrap interval, 2000 resamples, fixed seed.
 * Source: Efron & Tibshirani 1993, "An Introduction to the Bootstrap", §13.3.
 */
export function bootstrap(values: readonly number[]): Estimate {
  const random = createRandom("bootstrap");
  const mean = (list: readonly number[]): number => list.reduce((sum, value) => sum + value, 0) / list.length;
  const means = Array.from({ length: 2000 }, () =>
    mean(Array.from(values, () => values[random.integer(values.length)]!)),
  ).sort((a, b) => a - b);
  return { mean: mean(values), low: means[49]!, high: means[1949]!, samples: values.length };
}
