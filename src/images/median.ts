/**
 * Returns the upper median of values in any order: the larger of the two middle values of an even number.
 * @returns one of the values; undefined without values.
 */
export function findUpperMedian(values: readonly number[]): number | undefined {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}
