import { type HostTensor, createRandom, hostFloats } from "../../tensor/index.js";
import type { PassCounter } from "../ascent/passes.js";
import { findDraftSubject } from "../steerModels.js";
import { type Embeddings, rowsOf } from "../programs/embedTerms.js";
import type { SynthesizedLatents } from "../programs/synthesize.js";
import type { SessionPrograms } from "../sessionPrograms.js";
import { followConditions } from "./conditionalPath.js";

/** Inputs of `makeEditStarts`. */
export interface EditStartInputs {
  /** Latents of the generator's copy, `[1, …latentShape]`. */
  readonly latents: HostTensor;
  /** Unit embeddings of target and source text by CLIP, `[2, features]`. */
  readonly texts: Embeddings;
  /** Unit embedding of the target by CLIP, `[1, features]`. */
  readonly positives: Embeddings;
  /** Source and target text. They may name a drawing style. */
  readonly from: string;
  readonly to: string | undefined;
  readonly seed: number;
  /** Share of the square that may change, in [0, 1]. */
  readonly openShare: number;
}

/** Tried factors of the conditional path from source to target text. */
const pathParts = [0.5, 1, 1.5];
/** Tried interpolation factors towards drafts of the target. */
const blendParts = [0.7, 1];
const draftCount = 32;
const blendedDrafts = 6;
/** Minimum share of the square that may change for drafts of the target, since drafts fill the square. */
const leastOpenShare = 0.4;

/** Interpolates latents linearly: the first at part 0, the second at part 1. */
export function interpolate(from: HostTensor, to: HostTensor, part: number): HostTensor {
  const values = (from.data as Float32Array).map((value, at) => value + part * (to.data[at]! - value));
  return hostFloats(values, from.shape);
}

/**
 * Computes start latents of an edit: along the generator's condition from source to target text, and towards drafts of the target.
 */
export async function makeEditStarts(
  { models, options, drafter, synthesizer }: SessionPrograms,
  { latents, texts, positives: positives, from, to, seed, openShare }: EditStartInputs,
  watch: { readonly passes: PassCounter; readonly signal?: AbortSignal | undefined },
): Promise<SynthesizedLatents[]> {
  const [before, after] = [findDraftSubject(models, from), findDraftSubject(models, to)];
  const ends = {
    target: { embeddings: rowsOf(texts, [0]), subject: after },
    source: { embeddings: rowsOf(texts, [1]), subject: before },
  };
  const starts = await followConditions(models, latents, ends, { parts: pathParts, seed }, options);
  if (openShare < leastOpenShare) return starts;
  watch.signal?.throwIfAborted();
  const draws = models.generator.sample(createRandom(seed).stream("anew"), draftCount, {
    truncation: 0.5,
    ...after,
  });
  const drafts = await drafter.draft(
    { draws, count: draftCount, positives: positives, words: positives },
    watch,
  );
  const blends = drafts
    .slice(0, blendedDrafts)
    .flatMap((draft) => blendParts.map((part) => interpolate(latents, draft.latents, part)));
  return [...starts, ...(await (await synthesizer()).synthesize(blends, watch.signal))];
}
