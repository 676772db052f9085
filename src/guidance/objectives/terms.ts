import type { Term } from "../programs/embedTerms.js";

/** A term whose weight may change over a run. */
export interface ScheduledTerm extends Term {
  /** Weight at a part of the run, 0 to 1; `weight` throughout when absent. */
  readonly weightAt?: (part: number) => number;
}

/** Terms with their weights at a part of the run, 0 to 1. */
export function termsAt(terms: readonly ScheduledTerm[], part: number): Term[] {
  return terms.map((term) => ({ ...term, weight: term.weightAt?.(part) ?? term.weight }));
}
