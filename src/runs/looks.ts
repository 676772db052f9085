import { type Draft, type SteerModels, findDraftSubject } from "../guidance/index.js";
import type { Picture } from "../images/index.js";
import type { Random } from "../tensor/index.js";
import { type Finding, makeNote } from "./findings.js";
import type { GenerateRecord } from "./records.js";

/** Side of the small copies that are compared, in pixels. */
const side = 16;
/** Base64 of RGB bytes `[16, 16, 3]`. */
export const lookPattern = /^[0-9A-Za-z+/]{1024}$/;
/** Mean difference of small copies, in [0, 1], below which two pictures count as equal. */
const noticeable = 0.06;
/** Share of the drafts, best first, that are candidates for a different one; and the minimum number of candidates. */
const eligible = { share: 1 / 4, least: 8 };

/** Drafts whose score is within this of the best may start a picture of a known thing. */
const nearBest = 0.1;
/** Maximum number of different drafts to choose from. */
const mostPicked = 6;

/** Returns a copy of a picture at 16×16 pixels, as text. */
export function lookOf({ width, height, data }: Picture): string {
  const sums = new Float64Array(side * side * 3);
  const counts = new Float64Array(side * side);
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++) {
      const cell = Math.floor((row * side) / height) * side + Math.floor((column * side) / width);
      counts[cell]!++;
      for (let channel = 0; channel < 3; channel++)
        sums[cell * 3 + channel]! += data[(row * width + column) * 3 + channel]!;
    }
  const bytes = Uint8Array.from(sums, (sum, at) => {
    const mean = sum / Math.max(1, counts[Math.floor(at / 3)]!);
    return Math.round(255 * Math.min(1, Math.max(0, mean)));
  });
  return Buffer.from(bytes).toString("base64");
}

/** Returns the mean difference of two looks, in [0, 1]. */
export function measureLookDistance(a: string, b: string): number {
  const [first, second] = [Buffer.from(a, "base64"), Buffer.from(b, "base64")];
  return first.reduce((sum, byte, at) => sum + Math.abs(byte - second[at]!), 0) / (255 * first.length);
}

const describeDraftLook = ({ picture }: Draft): string => {
  const [, height, width] = picture.shape as readonly [number, number, number, number];
  return lookOf({ width, height, data: picture.data as Float32Array });
};

type Models = Pick<SteerModels, "generator" | "phrases">;

/** Finds the subject of the only positive prompt of a run. @returns undefined for scenes and for several prompts. */
function onlySubject(
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
  const { isName = false, category } = onlySubject(settings, models) ?? {};
  return isName || category !== undefined;
}

/** Says as which thing a category was drawn; undefined for prompts that name things. */
export function makeCategoryFinding(
  settings: Pick<GenerateRecord["settings"], "terms" | "scene">,
  models: Models,
  draft: Pick<Draft, "concept"> | undefined,
): Finding | undefined {
  const { category, concepts = [] } = onlySubject(settings, models) ?? {};
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
  const looks: string[] = [];
  for (const [rank, draft] of drafts.entries()) {
    const lag = rank === 0 ? 0 : (drafts[0]!.score ?? 0) - (draft.score ?? -Infinity);
    if (ranks.length === mostPicked || lag > nearBest) break;
    const look = describeDraftLook(draft);
    if (looks.some((other) => measureLookDistance(look, other) < noticeable)) continue;
    ranks.push(rank);
    looks.push(look);
  }
  return ranks[random.integer(ranks.length)]!;
}

/**
 * Finds the rank of the best draft that looks different from all earlier pictures, among the best quarter of the drafts. When
 * there is none, the rank of the most different draft of that quarter.
 */
export function findDifferentDraft(drafts: readonly Draft[], earlier: readonly string[]): number {
  if (earlier.length === 0) return 0;
  const count = Math.max(eligible.least, Math.ceil(drafts.length * eligible.share));
  let [best, most] = [0, -1];
  for (const [rank, draft] of drafts.slice(0, count).entries()) {
    const look = describeDraftLook(draft);
    const least = Math.min(...earlier.map((other) => measureLookDistance(look, other)));
    if (least >= noticeable) return rank;
    if (least > most) [best, most] = [rank, least];
  }
  return best;
}
