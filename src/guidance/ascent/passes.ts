/** Counts CLIP passes: pictures or views that go through a whole image encoder, once for each CLIP. */
export interface PassCounter {
  /** Adds passes that were made. */
  add(passes: number): void;
  /** Passes so far. */
  readonly total: number;
}

/** Creates a counter at zero. */
export function createPassCounter(): PassCounter {
  let total = 0;
  return {
    add: (passes) => void (total += passes),
    get total() {
      return total;
    },
  };
}
