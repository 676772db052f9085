import { compile } from "../../engine/index.js";
import type { Picture, RgbaBytes } from "../../images/index.js";
import { hostFloats, parametersFrom } from "../../tensor/index.js";
import type * as tf from "../../tf.js";
import { type Embedder, type Embeddings, embedTerms, toEncoderInput } from "../programs/embedTerms.js";
import type { RunOptions, SteerModels } from "../steerModels.js";
import type { Scores } from "../programs/readOut.js";
import { toGeneratorRange, pictureWeightsOf } from "../programs/pictures.js";
import type { Recolouring } from "./recolouring.js";
import type { PartBox, VisibleChange } from "./visibleChange.js";

/** Measurements of an edit's result. The guides gave the gradient and selected candidates; the judge did neither. */
export interface ReportCard {
  /** Cosine between the change of the picture and the change of the text, −1 to 1; 0 when nothing changed. */
  readonly direction: Scores;
  /** Gain in cosine to the prompt. */
  readonly gain: Scores;
  /**
   * Gain in cosine to the words for what was added, in additions. The gain to the whole prompt falls when, for example, a hat hides part of a head.
   */
  readonly namedGain?: Scores;
  /** Cosine of the result to the prompt. */
  readonly score: Scores;
  /** Pixels that differ from the input where the mask is 0; always 0. */
  readonly changedOutside: number;
  /** Pixels that differ from the input. */
  readonly changed: number;
  /** Numbers of pixels that became more opaque, and more transparent; absent if input and result are opaque. */
  readonly alpha?: { readonly grown: number; readonly lost: number };
  /**
   * Change of the drawing that made room for an added thing: scale about the picture's centre, then shift to the right and down, as fractions of the longer side; absent if it was not moved.
   */
  readonly moved?: { readonly scale: number; readonly right: number; readonly down: number };
  /** Boxes of the added things, in fractions of the sides; absent without additions. */
  readonly added?: readonly PartBox[];
  /** Shares of the picture's parts that visibly changed, where the mask allows it. The CLIPs do not measure what was preserved. */
  readonly visible: VisibleChange;
  /** How near the fills came to the named colour; absent where no fills were recoloured, or by a part of the strength. */
  readonly recolouring?: Recolouring & {
    /** Whether the picture shows the named thing: by the guides, or since a mask points at it. */
    readonly isShown: boolean;
    /** Whether the fills have the named colour now and had another one before, in a thing that the picture shows. */
    readonly isReached: boolean;
  };
  /** Peak signal-to-noise ratio of the generator's copy to the input, dB, at the generator's size; absent without a copy. */
  readonly inversionPsnr?: number;
  /**
   * Discriminator's scores of input and result, if the generator has one: 1 and more for real pictures, −1 and less for
   * generated ones.
   */
  readonly realism?: { readonly before: number; readonly after: number };
  /** Whether direction and gain, in additions the gain to what was added, are positive under the judge too. */
  readonly judgeAgrees: boolean;
}

/** Computes the peak signal-to-noise ratio of pictures in [0, 1], dB. */
export function computePsnr(a: Float32Array, b: Float32Array): number {
  const error = a.reduce((sum, value, index) => sum + (value - b[index]!) ** 2, 0) / a.length;
  return -10 * Math.log10(Math.max(error, 1e-10));
}

/** Counts the pixels whose bytes differ; only those where the mask is 0 when one is given. */
export function countChangedPixels(before: RgbaBytes, after: RgbaBytes, mask?: Float32Array): number {
  let count = 0;
  const [a, b] = [before.rgba, after.rgba];
  for (let pixel = 0; pixel < before.width * before.height; pixel++) {
    if (mask && mask[pixel] !== 0) continue;
    const at = pixel * 4;
    const same =
      a[at] === b[at] && a[at + 1] === b[at + 1] && a[at + 2] === b[at + 2] && a[at + 3] === b[at + 3];
    if (!same) count++;
  }
  return count;
}

/** Measures the numbers of pixels whose alpha increased, and decreased; undefined for opaque pictures. */
export function measureAlphaChange(before: RgbaBytes, after: RgbaBytes): ReportCard["alpha"] {
  let [grown, lost, isOpaque] = [0, 0, true];
  for (let at = 3; at < before.rgba.length; at += 4) {
    const [from, to] = [before.rgba[at]!, after.rgba[at]!];
    if (from < 255 || to < 255) isOpaque = false;
    if (to > from) grown++;
    if (to < from) lost++;
  }
  return isOpaque ? undefined : { grown, lost };
}

const computeCosine = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, value, index) => sum + value * b[index]!, 0) / (Math.hypot(...a) * Math.hypot(...b) || 1);

/**
 * Measures the directional similarity and gain of a change.
 * Source: Gal et al. 2022, "StyleGAN-NADA", §3.2, for the directional similarity.
 * @param texts unit embeddings by CLIP of the target text, of the source text and, in additions, of the words for what is added,
 * `[2 or 3, features]`.
 * @param options an embedder over all guides and the judge, or where to open one.
 */
export async function measureChange(
  models: SteerModels,
  { before, after }: { before: Picture; after: Picture },
  texts: Embeddings,
  options: RunOptions | { readonly embedder: Embedder },
): Promise<Pick<ReportCard, "direction" | "gain" | "namedGain" | "score" | "judgeAgrees">> {
  const clips = [...models.guides, models.judge];
  const pictures = [before, after].map((picture) => ({ picture, weight: 1, templates: [] }));
  const seen =
    "embedder" in options
      ? await options.embedder.embed(pictures)
      : await embedTerms(models, clips, pictures, options);
  const each = clips.map(({ prefix }) => {
    const rows = (given: Embeddings): [Float32Array, Float32Array, Float32Array | undefined] => {
      const { data, shape } = given[prefix]!;
      const row = (at: number) => (data as Float32Array).subarray(at * shape[1]!, (at + 1) * shape[1]!);
      return [row(0), row(1), shape[0]! > 2 ? row(2) : undefined];
    };
    const [[target, source, named], [first, second]] = [rows(texts), rows(seen)];
    const change = (to: Float32Array, from: Float32Array) => to.map((value, index) => value - from[index]!);
    const score = computeCosine(second, target);
    return {
      direction: computeCosine(change(second, first), change(target, source)),
      gain: score - computeCosine(first, target),
      namedGain: named && computeCosine(second, named) - computeCosine(first, named),
      score,
    };
  });
  const judge = each.pop()!;
  const scores = (key: "direction" | "gain" | "namedGain" | "score"): Scores => ({
    guide: each.reduce((sum, value) => sum + value[key]!, 0) / each.length,
    judge: judge[key]!,
  });
  return {
    direction: scores("direction"),
    gain: scores("gain"),
    namedGain: judge.namedGain === undefined ? undefined : scores("namedGain"),
    score: scores("score"),
    judgeAgrees: judge.direction > 0 && (judge.namedGain ?? judge.gain) > 0,
  };
}

/** Measures the discriminator's scores of two pictures under the condition; undefined without a discriminator. */
export async function measureRealism(
  models: SteerModels,
  { before, after }: { before: Picture; after: Picture },
  condition: ReturnType<typeof hostFloats>,
  options: RunOptions,
): Promise<ReportCard["realism"]> {
  const { realism, resolution: side } = models.generator;
  if (!realism) return undefined;
  const rows = await Promise.all([before, after].map((picture) => toEncoderInput(picture, side)));
  const data = new Float32Array(2 * side * side * 3);
  rows.forEach((row, at) => data.set(row.data as Float32Array, at * side * side * 3));
  const inputs = { pictures: hostFloats(data, [2, side, side, 3]), condition };
  const program = await compile(
    (tensors) => {
      const pictures = toGeneratorRange(models, tensors.pictures as tf.Tensor4D);
      return { realism: realism(parametersFrom(tensors, "generator/"), pictures, tensors.condition!) };
    },
    inputs,
    {
      weights: pictureWeightsOf(models, []),
      name: "realism",
      arena: false,
      recipe: models.architecture,
      ...options,
    },
  );
  const { realism: found } = await program.run(inputs);
  await program.dispose();
  const [first, second] = found!.data as Float32Array;
  return { before: first!, after: second! };
}
