/** How a list of items is worked through. */
export interface ConcurrentOptions {
  /** Items that are worked on at the same time. */
  readonly workers: number;
  /** Called after every item. */
  readonly onProgress?: ((done: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Calls `work` for every item, several at the same time. After a failure no further item is begun.
 * @throws what `work` throws, when the other items in work have ended too; the signal's reason when it is aborted.
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
      try {
        await work(items[index]!, index);
      } catch (error) {
        next = items.length;
        throw error;
      }
      onProgress?.(++done);
    }
  };
  // Files that others are writing are finished or removed before the caller hears of the failure.
  const results = await Promise.allSettled(Array.from({ length: workers }, worker));
  const failed = results.find((result) => result.status === "rejected");
  if (failed) throw failed.reason;
}
