import { createEncoder } from "../../embedding/index.js";
import {
  type LoadedPicture,
  type Picture,
  type RgbaBytes,
  onWhite,
  padToSquare,
  pictureFrom,
  resizePicture,
} from "../../images/index.js";
import { type HostTensor, underPrefix } from "../../tensor/index.js";
import { type ChangeKind, applyChange } from "../edits/applyChange.js";
import type { Embeddings } from "../programs/embedTerms.js";
import type { RunOptions, SteerModels } from "../models.js";
import type { Box } from "../objectives/views.js";

/** A way to make the edit: latents, their picture, and what is taken of the change. */
export interface Candidate {
  readonly latents: HostTensor;
  /** `[1, side, side, 3]` in [0, 1]. */
  readonly picture: HostTensor;
  readonly kind: ChangeKind;
}

/** A candidate with the edited original and what the guides think of it. */
export interface Tried extends Candidate {
  readonly bytes: RgbaBytes;
  readonly score: number;
}

/** What a mean absolute change of 1 costs beside a cosine. */
const thrift = 0.5;

/** Part of a picture, enlarged to a square that covers the box. */
async function around(picture: Picture, box: Box): Promise<Picture> {
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
 * Tries ways to make an edit on the original and gives them back, best first, by the guides alone: along the text's direction and
 * nearer to the target, on the whole picture and around the mask; of two that say the same, the smaller change is better.
 * @param texts unit embeddings of target and source by CLIP, `[2, features]`.
 */
export async function tryCandidates(
  models: SteerModels,
  original: LoadedPicture,
  candidates: readonly Candidate[],
  { before, texts, mask, box }: { before: Picture; texts: Embeddings; mask?: Float32Array; box?: Box },
  { engine, threads }: RunOptions,
): Promise<Tried[]> {
  const side = models.generator.resolution;
  const made = await Promise.all(
    candidates.map(({ picture, kind }) =>
      applyChange(original, before, pictureFrom(picture.data as Float32Array, side), {
        kind,
        ...(mask && { mask }),
      }),
    ),
  );
  const pictures = [original.picture, ...made.map(onWhite)];
  const clips = models.guides.map(({ config, prefix }) => ({
    config,
    weights: underPrefix(prefix, models.weights),
  }));
  const encoder = createEncoder(clips, models.tokenizer, {
    engine,
    ...(threads !== undefined && { threads }),
  });
  const shown = await Promise.all(
    pictures.flatMap((picture) => (box ? [picture, around(picture, box)] : [picture])),
  );
  const seen: Float32Array[][] = [];
  for await (const row of encoder.encodeImages(shown)) seen.push(row);
  await encoder.dispose();
  const looks = box ? 2 : 1;
  const scored = candidates.map((candidate, index) => {
    let sum = 0;
    for (let look = 0; look < looks; look++)
      models.guides.forEach(({ prefix }, guide) => {
        const { data, shape } = texts[prefix]!;
        const [target, source] = [0, 1].map((row) =>
          (data as Float32Array).subarray(row * shape[1]!, (row + 1) * shape[1]!),
        ) as [Float32Array, Float32Array];
        const [from, to] = [seen[look]![guide]!, seen[(index + 1) * looks + look]![guide]!];
        let [along, change, way, gain] = [0, 0, 0, 0];
        target.forEach((value, at) => {
          const [moved, wanted] = [to[at]! - from[at]!, value - source[at]!];
          along += moved * wanted;
          change += moved * moved;
          way += wanted * wanted;
          gain += moved * value;
        });
        sum += along / (Math.sqrt(change * way) || 1) + gain;
      });
    const { data } = pictures[index + 1]!;
    const changed = data.reduce(
      (total, value, at) => total + Math.abs(value - original.picture.data[at]!),
      0,
    );
    const score = sum / (looks * models.guides.length) - (thrift * changed) / data.length;
    return { ...candidate, bytes: made[index]!, score };
  });
  return scored.sort((a, b) => b.score - a.score);
}
