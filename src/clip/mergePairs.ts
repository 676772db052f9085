/** A pair of neighbouring symbols that can be merged. */
interface Pair {
  readonly rank: number;
  /** Place of the left symbol in the word. */
  readonly left: number;
  readonly right: number;
  /** The symbols when the pair was found; it is stale once either has changed. */
  readonly first: string;
  readonly second: string;
}

const isBefore = (a: Pair, b: Pair): boolean => a.rank < b.rank || (a.rank === b.rank && a.left < b.left);

/** A binary heap of pairs, the lowest rank first, of equal ranks the leftmost. */
class PairHeap {
  private readonly pairs: Pair[] = [];

  push(pair: Pair): void {
    const { pairs } = this;
    let at = pairs.push(pair) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(pair, pairs[parent]!)) break;
      pairs[at] = pairs[parent]!;
      at = parent;
    }
    pairs[at] = pair;
  }

  pop(): Pair | undefined {
    const { pairs } = this;
    const [top] = pairs;
    const last = pairs.pop();
    if (!top || !last || pairs.length === 0) return top;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= pairs.length) break;
      if (child + 1 < pairs.length && isBefore(pairs[child + 1]!, pairs[child]!)) child++;
      if (!isBefore(pairs[child]!, last)) break;
      pairs[at] = pairs[child]!;
      at = child;
    }
    pairs[at] = last;
    return top;
  }
}

/**
 * Merges neighbouring symbols of a word, always the pair with the lowest rank, of equal ranks the leftmost, until no pair has one.
 * Time grows with `n · log n` of the word's length.
 * @param rankOf rank of a pair; undefined for pairs that are not merged.
 */
export function mergePairs(
  symbols: readonly string[],
  rankOf: (first: string, second: string) => number | undefined,
): string[] {
  const merged: (string | undefined)[] = [...symbols];
  const next = symbols.map((_, at) => at + 1);
  const previous = symbols.map((_, at) => at - 1);
  const heap = new PairHeap();
  const offer = (left: number, right: number): void => {
    const [first, second] = [merged[left], merged[right]];
    if (first === undefined || second === undefined) return;
    const rank = rankOf(first, second);
    if (rank !== undefined) heap.push({ rank, left, right, first, second });
  };
  for (let at = 0; at + 1 < symbols.length; at++) offer(at, at + 1);
  for (let pair = heap.pop(); pair; pair = heap.pop()) {
    const { left, right, first, second } = pair;
    if (next[left] !== right || merged[left] !== first || merged[right] !== second) continue;
    merged[left] = first + second;
    merged[right] = undefined;
    const after = next[right]!;
    next[left] = after;
    if (after < symbols.length) previous[after] = left;
    if (previous[left]! >= 0) offer(previous[left]!, left);
    if (after < symbols.length) offer(left, after);
  }
  return merged.filter((symbol) => symbol !== undefined);
}
