import type { Term } from "../programs/embedTerms.js";

/** A term whose weight may change over a run. */
export interface ScheduledTerm extends Term {
  /** Weight at a point of the run, given finished steps / all steps; `weight` throughout when absent. */
  readonly weightAt?: (progress: number) => number;
}

/**
 * Gives terms the weights that they have at a point of the run.
 * @param progress finished steps / all steps: 0 before the first step, 1 after the last.
 */
export function weighTermsAt(terms: readonly ScheduledTerm[], progress: number): Term[] {
  return terms.map((term) => ({ ...term, weight: term.weightAt?.(progress) ?? term.weight }));
}
