/** How a list of items is worked through. */
export interface ConcurrentOptions {
  /** Items that are worked on at the same time. */
  readonly workers: number;
  /** Called after every item. */
  readonly onProgress?: ((done: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Calls `work` for every item, several at the same time.
 * @throws what `work` throws; the signal's reason when it is aborted.
 */
export async function forEachConcurrently<T>(
  items: readonly T[],
  work: (item: T, index: number) => Promise<void>,
  { workers, onProgress, signal }: ConcurrentOptions,
): Promise<void> {
  let next = 0;
  let done = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      signal?.throwIfAborted();
      const index = next++;
      await work(items[index]!, index);
      onProgress?.(++done);
    }
  };
  await Promise.all(Array.from({ length: workers }, worker));
}
