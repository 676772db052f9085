/**
 * Computes the percentile of each value among reference values, from 0 to 1; values equal to references count half of them.
 * Scores of two models have different scales; their percentiles on the same real pictures can be compared.
 * @param reference one value or more, in any order.
 */
export function computePercentiles(values: readonly number[], reference: readonly number[]): number[] {
  const sorted = Float64Array.from(reference).sort();
  const firstAt = (score: number, orEqual: boolean): number => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (orEqual ? sorted[middle]! <= score : sorted[middle]! < score) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return values.map((value) => (firstAt(value, false) + firstAt(value, true)) / 2 / sorted.length);
}
