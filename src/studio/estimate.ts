/** How long runs take. */
import { findUpperMedian } from "../images/index.js";
import type { DraftingView, RunView } from "./api.js";

/** Number of earlier runs that an estimate is the median of. */
const sampleSize = 5;

/** The settings of a request that its duration depends on most. */
const effortOf = ({ quality = "normal", budget, steps }: RunView["request"]): string =>
  `${String(quality)} ${String(budget)} ${String(steps)}`;

/**
 * Estimates the duration of one picture of a run from the latest finished runs with the same effort, else from those of its kind.
 * @param run a run whose steps are not known yet may have 0 of them.
 * @param isPlanned whether its number of steps is known.
 * @returns seconds; undefined without such runs.
 */
export function estimateSeconds(
  run: RunView,
  runs: readonly RunView[],
  isPlanned: boolean,
): number | undefined {
  const similar = runs.filter(
    ({ kind, status, steps, results }) =>
      kind === run.kind &&
      status === "done" &&
      results.length > 0 &&
      (!isPlanned || steps > 0 === run.steps > 0),
  );
  const sameEffort = similar.filter(({ request }) => effortOf(request) === effortOf(run.request));
  const seconds = (sameEffort.length > 0 ? sameEffort : similar)
    .slice(-sampleSize)
    .map(({ started, finished, pictures }) => ((finished ?? 0) - (started ?? 0)) / 1000 / pictures);
  return findUpperMedian(seconds);
}

/** Measures the pace of a run's drafts and steps. */
export interface Pace {
  /** Notes drafts. @returns seconds to the end of their stage; undefined until two batches are done. */
  addDrafts(drafting: DraftingView): number | undefined;
  /** Notes a step. @returns seconds to the end of the picture; undefined until two steps are done. */
  add(step: number, steps: number): number | undefined;
}

/** Starts to measure a run. @param now clock in milliseconds, for tests. */
export function createPace(now = (): number => performance.now()): Pace {
  let first: { at: number; step: number } | undefined;
  let firstDrafts: { at: number; stage: string; done: number } | undefined;
  return {
    addDrafts({ stage, done, total }) {
      if (stage !== firstDrafts?.stage || done <= firstDrafts.done) {
        firstDrafts = { at: now(), stage, done };
        return undefined;
      }
      return ((now() - firstDrafts.at) / 1000 / (done - firstDrafts.done)) * (total - done);
    },
    add(step, steps) {
      // The next picture begins; the draft takes longer than a step.
      if (step === 0 || first === undefined || step < first.step) {
        first = step === 0 ? undefined : { at: now(), step };
        return undefined;
      }
      const done = step - first.step;
      return done < 1 ? undefined : ((now() - first.at) / 1000 / done) * (steps - step);
    },
  };
}
