import type { Snapshot } from "../ascent/snapshot.js";
import type { ScoredCandidate } from "../candidates/editCandidates.js";
import type { Inversion } from "../programs/invert.js";

/** State of an edit before its ascent: the copy of the picture, and the candidate that the ascent starts from. */
export interface EditStart {
  readonly inverted: Inversion;
  readonly start: ScoredCandidate;
}

/** Adds the state before the ascent to the ascent's snapshot. */
export function makeEditSnapshot(ascent: Snapshot, { inverted, start }: EditStart): Snapshot {
  return {
    tensors: {
      ...ascent.tensors,
      "copy/latents": inverted.latents,
      "copy/picture": inverted.picture,
      "candidate/latents": start.latents,
      "candidate/picture": start.picture,
    },
    values: { ...ascent.values, copyError: inverted.error, candidateScore: start.score },
  };
}

/**
 * Returns the state before the ascent that a snapshot holds; undefined for a snapshot taken before the ascent; such an edit
 * restarts.
 */
export function restoreEditStart({ tensors, values }: Snapshot): EditStart | undefined {
  const { copyError: error, candidateScore: score } = values;
  if (typeof error !== "number" || typeof score !== "number") return undefined;
  return {
    inverted: { latents: tensors["copy/latents"]!, picture: tensors["copy/picture"]!, error },
    start: { latents: tensors["candidate/latents"]!, picture: tensors["candidate/picture"]!, score },
  };
}
