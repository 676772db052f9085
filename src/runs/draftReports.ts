import type { DraftProgress } from "../guidance/index.js";
import type { DraftingEvent } from "./events.js";

/** Turns callbacks about drafts into events. */
export interface DraftReports {
  /** Takes a report. It replaces an earlier one that was not yielded yet. */
  add(progress: DraftProgress): void;
  /**
   * Yields the reports that arrive until a promise settles. A consumer that ends early waits for the promise.
   * @param run number of the run in its request. @returns the promise's value. @throws its error.
   */
  yieldDuring<T>(pending: Promise<T>, run: number): AsyncGenerator<DraftingEvent, T>;
}

/** Creates the reports of one picture. */
export function createDraftReports(): DraftReports {
  let latest: DraftProgress | undefined;
  let wake = (): void => undefined;
  return {
    add(progress) {
      latest = progress;
      wake();
    },
    async *yieldDuring(pending, run) {
      let isSettled = false;
      const settle = (): void => void (isSettled = true);
      const settled = pending.then(settle, settle);
      try {
        for (;;) {
          const reported = new Promise<void>((resolve) => (wake = resolve));
          if (!latest) await Promise.race([settled, reported]);
          if (isSettled) return await pending;
          const progress = latest!;
          latest = undefined;
          yield { type: "drafting", run, ...progress };
        }
      } finally {
        await settled;
      }
    },
  };
}
