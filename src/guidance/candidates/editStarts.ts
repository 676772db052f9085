import { type HostTensor, createRandom, hostFloats } from "../../tensor/index.js";
import type { PassCounter } from "../ascent/passes.js";
import type { ChangeKind } from "../edits/changeKind.js";
import { draftSubject } from "../models.js";
import { type Embeddings, rowsOf } from "../programs/embedTerms.js";
import type { SynthesizedLatents } from "../programs/synthesize.js";
import type { SessionPrograms } from "../sessionPrograms.js";
import { conditionalPath } from "./conditionalPath.js";
import { recolourLatents } from "./recolour.js";

/** What the starts of an edit are made from. */
export interface EditStartInputs {
  /** Latents of the generator's copy, `[1, …latentShape]`. */
  readonly latents: HostTensor;
  /** Unit embeddings of target and source text by CLIP, `[2, features]`. */
  readonly texts: Embeddings;
  /** Unit embedding of the target by CLIP, `[1, features]`. */
  readonly positives: Embeddings;
  /** Source and target text, which may name a drawing style. */
  readonly from: string;
  readonly to: string | undefined;
  readonly seed: number;
  /** Part of the square that may change, 0 to 1. */
  readonly openShare: number;
  readonly kind: ChangeKind;
}

/** Parts of the conditional path from text to text that are tried. */
const pathParts = [0.5, 1, 1.5];
/** Parts of the way to drafts of the target that are tried. */
const blendParts = [0.7, 1];
const draftCount = 32;
const blendedDrafts = 6;
/** Share of the square that a mask must leave open for drafts of the target: they fill the square. */
const leastOpenShare = 0.4;

/** Latents on the line from one to the other: at part 0 the first, at 1 the second. */
export function interpolate(from: HostTensor, to: HostTensor, part: number): HostTensor {
  const values = (from.data as Float32Array).map((value, at) => value + part * (to.data[at]! - value));
  return hostFloats(values, from.shape);
}

/**
 * Latents that an edit may start from: along the generator's condition from text to text, and towards drafts of the target. A change
 * of colour starts from the picture's own regions in the colour that the target names, where the generator has regions.
 */
export async function editStarts(
  { models, options, drafter, synthesizer }: SessionPrograms,
  { latents, texts, positives: positives, from, to, seed, openShare, kind }: EditStartInputs,
  watch: { readonly passes: PassCounter; readonly signal?: AbortSignal | undefined },
): Promise<SynthesizedLatents[]> {
  const [before, after] = [draftSubject(models, from), draftSubject(models, to)];
  if (kind === "colour" && after.colour && models.generator.regions) {
    const recoloured = await recolourLatents(models, latents, after.colour, options);
    return (await synthesizer()).synthesize([recoloured], watch.signal);
  }
  const ends = {
    target: { embeddings: rowsOf(texts, [0]), subject: after },
    source: { embeddings: rowsOf(texts, [1]), subject: before },
  };
  const starts = await conditionalPath(models, latents, ends, { parts: pathParts, seed }, options);
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
