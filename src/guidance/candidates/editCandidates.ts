import {
  type Picture,
  type RgbaBytes,
  compositeOnWhite,
  padToSquare,
  toPicture,
  resizePicture,
} from "../../images/index.js";
import type { PassCounter } from "../ascent/passes.js";
import { applyChange } from "../edits/applyChange.js";
import type { ChangeKind } from "../edits/changeKind.js";
import type { Ground } from "../edits/ground.js";
import type { Box } from "../objectives/views.js";
import type { Embeddings } from "../programs/embedTerms.js";
import type { SynthesizedLatents } from "../programs/synthesize.js";
import type { SessionPrograms } from "../sessionPrograms.js";

/** A candidate for an edit with its score; more is better. */
export interface ScoredCandidate extends SynthesizedLatents {
  readonly score: number;
}

/** Inputs for applying and scoring candidates. */
export interface CandidateContext {
  /** The original or a small copy of it, and the same picture over white. */
  readonly original: RgbaBytes;
  readonly picture: Picture;
  /** Background of the original. */
  readonly ground: Ground;
  /** The generator's copy of the original, before the edit. */
  readonly before: Picture;
  /** Unit embeddings of target and source text by CLIP, `[2, features]`. */
  readonly texts: Embeddings;
  readonly kind: ChangeKind;
  /** Mask of the original, `[height, width]` in [0, 1]: 1 may change. */
  readonly mask?: Float32Array | undefined;
  /** Box of the square in which candidates are scored additionally. */
  readonly box?: Box | undefined;
}

/** Cost of a mean absolute change of 1, relative to a cosine. */
const usualChangeCost = 0.5;
/** Cost of blended regions in changes of shape. Changes of colour do not change regions. */
const blendCost = 3;

/** Crops a picture to a square that covers the box, and enlarges it. */
async function cropAround(picture: Picture, box: Box): Promise<Picture> {
  const square = padToSquare(picture).picture;
  const { width: size } = square;
  const side = Math.max(8, Math.ceil(Math.max(box.width, box.height) * size));
  const within = (middle: number): number =>
    Math.max(0, Math.min(size - side, Math.round(middle * size - side / 2)));
  if (side >= size) return square;
  const [left, top] = [within(box.left + box.width / 2), within(box.top + box.height / 2)];
  const data = new Float32Array(side * side * 3);
  for (let y = 0; y < side; y++) {
    const from = ((y + top) * size + left) * 3;
    data.set(square.data.subarray(from, from + side * 3), y * side * 3);
  }
  return resizePicture({ width: side, height: side, data }, 64, 64, "cubic");
}

/**
 * Applies candidates to the original and returns them best first. The guides score the change along the text's direction and the gain in
 * similarity to the target, on the whole picture and around the mask. Larger changes cost more.
 */
export async function rankCandidates(
  programs: SessionPrograms,
  candidates: readonly SynthesizedLatents[],
  { original, picture: shownBefore, ground, before, texts, kind, mask, box }: CandidateContext,
  { passes, signal }: { readonly passes: PassCounter; readonly signal?: AbortSignal | undefined },
): Promise<ScoredCandidate[]> {
  const side = programs.models.generator.resolution;
  const pictures: Picture[] = [];
  for (const { picture } of candidates) {
    signal?.throwIfAborted();
    const after = toPicture(picture.data as Float32Array, side);
    const bytes = await applyChange(original, before, after, { kind, mask, ground, signal });
    pictures.push(compositeOnWhite(bytes));
  }
  const scores = await scoreChanges(programs, shownBefore, pictures, { texts, box }, { passes, signal });
  const scored = candidates.map((candidate, index) => {
    const unclear = kind === "shape" ? 1 - (candidate.clarity ?? 1) : 0;
    return { ...candidate, score: scores[index]! - blendCost * unclear };
  });
  return scored.sort((a, b) => b.score - a.score);
}

/**
 * Scores changed pictures by the guides: the change along the text's direction and the gain in similarity to the target, on the whole
 * picture and in a box. Larger changes cost more.
 * @param before the picture before the change, over white; the pictures in `after` have its size.
 * @param texts unit embeddings by CLIP, `[2, features]`: row 0 the target text, row 1 the source text.
 * @param box part of the picture, in fractions of its sides, that counts as much as the whole; none when absent.
 * @param named unit embeddings of the words for the added thing, `[1, features]`. The gain in similarity to them counts, too.
 * @param changeCost cost of a mean absolute change of 1, relative to a cosine.
 * @returns for each picture the mean over guides and views; more is better.
 * @throws the signal's reason; {WeightsError} when an embedding is not finite.
 */
export async function scoreChanges(
  { models, guideEncoder }: Pick<SessionPrograms, "models" | "guideEncoder">,
  before: Picture,
  after: readonly Picture[],
  {
    texts,
    box,
    named,
    changeCost = usualChangeCost,
  }: Pick<CandidateContext, "texts" | "box"> & { readonly named?: Embeddings; readonly changeCost?: number },
  { passes, signal }: { readonly passes: PassCounter; readonly signal?: AbortSignal | undefined },
): Promise<number[]> {
  const views = box ? 2 : 1;
  const viewPictures: Picture[] = [];
  for (const picture of [before, ...after])
    viewPictures.push(picture, ...(box ? [await cropAround(picture, box)] : []));
  // By view and guide; the views of picture `n` of `after` begin at row (n + 1) · views, those of `before` at 0.
  const embedded: Float32Array[][] = [];
  for await (const row of guideEncoder.encodeImages(viewPictures)) {
    signal?.throwIfAborted();
    embedded.push(row);
  }
  passes.add(viewPictures.length * models.guides.length);
  return after.map(({ data }, index) => {
    let sum = 0;
    for (let view = 0; view < views; view++)
      models.guides.forEach(({ prefix }, guide) => {
        const { data: rows, shape } = texts[prefix]!;
        const [target, source] = [0, 1].map((row) =>
          (rows as Float32Array).subarray(row * shape[1]!, (row + 1) * shape[1]!),
        ) as [Float32Array, Float32Array];
        const [from, to] = [embedded[view]![guide]!, embedded[(index + 1) * views + view]![guide]!];
        sum += scoreChange({ from, to }, { target, source });
        const namedRow = named?.[prefix]!.data as Float32Array | undefined;
        namedRow?.forEach((value, at) => (sum += value * (to[at]! - from[at]!)));
      });
    const changed = data.reduce((total, value, at) => total + Math.abs(value - before.data[at]!), 0);
    return sum / (views * models.guides.length) - (changeCost * changed) / data.length;
  });
}

/**
 * Returns the cosine of the change of a picture with the change of the text, plus the gain in similarity to the target; all
 * `[features]`.
 */
function scoreChange(
  picture: { readonly from: Float32Array; readonly to: Float32Array },
  text: { readonly target: Float32Array; readonly source: Float32Array },
): number {
  let [along, change, length, gain] = [0, 0, 0, 0];
  text.target.forEach((value, at) => {
    const moved = picture.to[at]! - picture.from[at]!;
    const textDifference = value - text.source[at]!;
    along += moved * textDifference;
    change += moved * moved;
    length += textDifference * textDifference;
    gain += moved * value;
  });
  return along / (Math.sqrt(change * length) || 1) + gain;
}
