import type { Candidate } from "../candidates/editCandidates.js";
import type { Inversion } from "../programs/invert.js";
import type { Snapshot } from "../ascent/snapshot.js";
import type { SteerState } from "../programs/steer.js";

/** How far an edit has come: the picture is copied, the best start is chosen, and some steps of the ascent are done. */
export interface EditProgress {
  readonly inverted: Inversion;
  readonly best: Candidate & { readonly score: number };
  readonly state: SteerState;
  readonly done: number;
}

/** Progress as a snapshot. */
export function keepEdit({ inverted, best, state, done }: EditProgress): Snapshot {
  return {
    tensors: {
      "copy/latents": inverted.latents,
      "copy/picture": inverted.picture,
      "best/latents": best.latents,
      "best/picture": best.picture,
      "state/latents": state.latents,
      "state/first": state.first,
      "state/second": state.second,
    },
    values: { done, error: inverted.error, kind: best.kind, score: best.score },
  };
}

/** Progress that a snapshot holds; undefined for one from before the ascent, which begins anew. */
export function restoreEdit({ tensors, values }: Snapshot): EditProgress | undefined {
  if (values.done === undefined) return undefined;
  const { done, error, kind, score } = values as Pick<EditProgress, "done"> &
    Pick<Inversion, "error"> &
    Pick<EditProgress["best"], "kind" | "score">;
  return {
    inverted: { latents: tensors["copy/latents"]!, picture: tensors["copy/picture"]!, error },
    best: { latents: tensors["best/latents"]!, picture: tensors["best/picture"]!, kind, score },
    state: {
      latents: tensors["state/latents"]!,
      first: tensors["state/first"]!,
      second: tensors["state/second"]!,
    },
    done,
  };
}
