import { type Draft, type SteerModels, findDraftSubject } from "../guidance/index.js";
import type { Picture } from "../images/index.js";
import type { Random } from "../tensor/index.js";
import { type Finding, makeNote } from "./findings.js";
import type { GenerateRecord } from "./records.js";

/** Side in pixels of the thumbnails by which pictures are compared. */
const thumbnailSide = 16;
/** A thumbnail as text: base64 of RGB bytes `[16, 16, 3]`. */
export const thumbnailPattern = /^[0-9A-Za-z+/]{1024}$/;
/** Distance of thumbnails, in [0, 1], below which two pictures count as equal. */
const minVisibleDistance = 0.06;
/** Share of the drafts, best first, that are candidates for a different one; and the minimum number of candidates. */
const eligible = { share: 1 / 4, least: 8 };

/** Maximum difference from the best score with which a draft may start a picture of a known thing. */
const maxScoreLag = 0.1;
/** Maximum number of different drafts to choose from. */
const maxChoices = 6;

/**
 * Averages a picture, without its alpha, to 16×16 RGB bytes, in base64. Where a picture has fewer than 16 rows or columns, its pixels are
 * repeated.
 */
export function encodeThumbnail({ width, height, data }: Picture): string {
  const bytes = Buffer.alloc(thumbnailSide * thumbnailSide * 3);
  for (let row = 0; row < thumbnailSide; row++) {
    const [top, bottom] = sourceRangeOf(row, height);
    for (let column = 0; column < thumbnailSide; column++) {
      const [left, right] = sourceRangeOf(column, width);
      const pixelCount = (bottom - top) * (right - left);
      for (let channel = 0; channel < 3; channel++) {
        let sum = 0;
        for (let y = top; y < bottom; y++)
          for (let x = left; x < right; x++) sum += data[(y * width + x) * 3 + channel]!;
        const mean = Math.min(1, Math.max(0, sum / pixelCount));
        bytes[(row * thumbnailSide + column) * 3 + channel] = Math.round(255 * mean);
      }
    }
  }
  return bytes.toString("base64");
}

/** Returns the rows (or columns) of a picture that a row (or column) of its thumbnail averages: at least one. */
function sourceRangeOf(index: number, size: number): [start: number, end: number] {
  if (size < thumbnailSide) {
    const nearest = Math.floor((index * size) / thumbnailSide);
    return [nearest, nearest + 1];
  }
  return [Math.ceil((index * size) / thumbnailSide), Math.ceil(((index + 1) * size) / thumbnailSide)];
}

/** Returns the mean difference of two thumbnails, in [0, 1]. */
export function measureThumbnailDistance(a: string, b: string): number {
  const [first, second] = [Buffer.from(a, "base64"), Buffer.from(b, "base64")];
  return first.reduce((sum, byte, index) => sum + Math.abs(byte - second[index]!), 0) / (255 * first.length);
}

const encodeDraftThumbnail = ({ picture }: Draft): string => {
  const [, height, width] = picture.shape as readonly [number, number, number, number];
  return encodeThumbnail({ width, height, data: picture.data as Float32Array });
};

type Models = Pick<SteerModels, "generator" | "phrases">;

/** Finds the subject of the only positive prompt of a run. @returns undefined for scenes and for several prompts. */
function findOnlySubject(
  { terms, scene }: Pick<GenerateRecord["settings"], "terms" | "scene">,
  models: Models,
): ReturnType<typeof findDraftSubject> | undefined {
  const [term, ...others] = terms.filter(({ weight }) => weight > 0);
  return scene || others.length > 0 ? undefined : findDraftSubject(models, term?.text);
}

/** Tells whether the only positive prompt of a run names a thing, or a category of things, that the generator has drawings of. */
export function isOneThing(
  settings: Pick<GenerateRecord["settings"], "terms" | "scene">,
  models: Models,
): boolean {
  const { isName = false, category } = findOnlySubject(settings, models) ?? {};
  return isName || category !== undefined;
}

/** Makes the finding that tells as which thing a category was drawn. @returns undefined for prompts that name things. */
export function makeCategoryFinding(
  settings: Pick<GenerateRecord["settings"], "terms" | "scene">,
  models: Models,
  draft: Pick<Draft, "concept"> | undefined,
): Finding | undefined {
  const { category, concepts = [] } = findOnlySubject(settings, models) ?? {};
  const label = models.generator.vocabulary?.[draft?.concept ?? -1]?.label;
  if (category === undefined || label === undefined) return undefined;
  const others =
    concepts.length === 1
      ? ""
      : `, one of ${concepts.length} things of that kind; another seed may draw another`;
  return makeNote("drawn-as", `"${category}": drawn as "${label}"${others}`, { word: category, label });
}

/** Picks the rank of a draft at random among those that look different and score nearly as well as the best. */
export function pickDraft(drafts: readonly Draft[], random: Random): number {
  const ranks: number[] = [];
  const thumbnails: string[] = [];
  for (const [rank, draft] of drafts.entries()) {
    const lag = rank === 0 ? 0 : (drafts[0]!.score ?? 0) - (draft.score ?? -Infinity);
    if (ranks.length === maxChoices || lag > maxScoreLag) break;
    const thumbnail = encodeDraftThumbnail(draft);
    if (thumbnails.some((other) => measureThumbnailDistance(thumbnail, other) < minVisibleDistance)) continue;
    ranks.push(rank);
    thumbnails.push(thumbnail);
  }
  return ranks[random.integer(ranks.length)]!;
}

/**
 * Finds the rank of the best draft that looks different from all earlier pictures, among the best quarter of the drafts. If there is
 * none, it finds the most different draft of that quarter.
 * @param earlier thumbnails of the earlier pictures.
 */
export function findDifferentDraft(drafts: readonly Draft[], earlier: readonly string[]): number {
  if (earlier.length === 0) return 0;
  const count = Math.max(eligible.least, Math.ceil(drafts.length * eligible.share));
  let mostDifferent = { rank: 0, distance: -1 };
  for (const [rank, draft] of drafts.slice(0, count).entries()) {
    const thumbnail = encodeDraftThumbnail(draft);
    const distance = Math.min(...earlier.map((other) => measureThumbnailDistance(thumbnail, other)));
    if (distance >= minVisibleDistance) return rank;
    if (distance > mostDifferent.distance) mostDifferent = { rank, distance };
  }
  return mostDifferent.rank;
}
