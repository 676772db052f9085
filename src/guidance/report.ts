import type { Picture, RgbaBytes } from "../images/index.js";
import { type Embeddings, embedTerms } from "./encode.js";
import type { RunOptions, SteerModels } from "./models.js";
import type { Scores } from "./readout.js";

/** What an edit did, measured. Guides gave the gradient, the judge did not. */
export interface ReportCard {
  /** Cosine between the change of the picture and the change of the text, −1 to 1. */
  readonly direction: Scores;
  /** Gain in cosine to the prompt. */
  readonly gain: Scores;
  /** Pixels that differ from the input where the mask is 0; always 0. */
  readonly changedOutside: number;
  /** Peak signal-to-noise ratio of the generator's copy to the input, dB, at the generator's size. */
  readonly inversionPsnr: number;
  /** Whether the judge sees the change that the guides see. */
  readonly judgeAgrees: boolean;
}

/** Peak signal-to-noise ratio of pictures in [0, 1], dB. */
export function psnr(a: Float32Array, b: Float32Array): number {
  const error = a.reduce((sum, value, index) => sum + (value - b[index]!) ** 2, 0) / a.length;
  return -10 * Math.log10(Math.max(error, 1e-10));
}

/** Pixels whose bytes differ where the mask is 0; all the picture may change without a mask. */
export function changedOutside(before: RgbaBytes, after: RgbaBytes, mask?: Float32Array): number {
  if (!mask) return 0;
  let count = 0;
  mask.forEach((part, pixel) => {
    const at = pixel * 4;
    if (part === 0 && [0, 1, 2, 3].some((channel) => before.rgba[at + channel] !== after.rgba[at + channel]))
      count++;
  });
  return count;
}

const cosine = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, value, index) => sum + value * b[index]!, 0) / (Math.hypot(...a) * Math.hypot(...b) || 1);

/**
 * Directional similarity and gain of a change.
 * Source: Gal et al. 2022, "StyleGAN-NADA", §3.2, for the directional similarity.
 * @param texts unit embeddings by CLIP of what is wanted and of what was there, `[2, features]`.
 */
export async function measureChange(
  models: SteerModels,
  { before, after }: { before: Picture; after: Picture },
  texts: Embeddings,
  options: RunOptions,
): Promise<Pick<ReportCard, "direction" | "gain" | "judgeAgrees">> {
  const clips = [...models.guides, models.judge];
  const pictures = [before, after].map((picture) => ({ picture, weight: 1, templates: [] }));
  const seen = await embedTerms(models, clips, pictures, options);
  const each = clips.map(({ prefix }) => {
    const rows = (given: Embeddings): [Float32Array, Float32Array] => {
      const { data, shape } = given[prefix]!;
      const row = (at: number) => (data as Float32Array).subarray(at * shape[1]!, (at + 1) * shape[1]!);
      return [row(0), row(1)];
    };
    const [[wanted, source], [first, second]] = [rows(texts), rows(seen)];
    const change = (to: Float32Array, from: Float32Array) => to.map((value, index) => value - from[index]!);
    return {
      direction: cosine(change(second, first), change(wanted, source)),
      gain: cosine(second, wanted) - cosine(first, wanted),
    };
  });
  const judge = each.pop()!;
  const mean = (key: "direction" | "gain"): number =>
    each.reduce((sum, value) => sum + value[key], 0) / each.length;
  return {
    direction: { guide: mean("direction"), judge: judge.direction },
    gain: { guide: mean("gain"), judge: judge.gain },
    judgeAgrees: judge.direction > 0 && judge.gain > 0,
  };
}
