import { type RelationKind, type Rgb, findBody } from "../../prompts/index.js";
import type { AscentConfig } from "../ascent/contract.js";
import { makeDrafts } from "../ascent/promptDrafts.js";
import type { DraftOptions } from "../candidates/drafts.js";
import { createRandom } from "../../tensor/index.js";
import { findDraftSubject, findNamedStyle, orderMembersBySeed, type SteerModels } from "../steerModels.js";
import type { ScheduledTerm } from "../objectives/terms.js";
import type { SessionPrograms } from "../sessionPrograms.js";
import {
  type Drawing,
  type Piece,
  arrangeCopies,
  joinPieces,
  arrangeWings,
  tintPiece,
  applyFlags,
} from "./drawing.js";
import { addLayers } from "./addedLayers.js";
import { turnToNeighbour } from "./facing.js";
import { findDiscRegions } from "./faces.js";
import { chooseContainerDrawing, cutEnvelope, findFilling } from "./fillings.js";
import { drawPaws, addBody } from "./figure.js";
import { createDrawings } from "./painted.js";
import { arrangePair, drawHead } from "./wornDrawings.js";
import { flagOffCentreRegions } from "./openings.js";
import {
  countSameColours,
  computePartScore,
  computePoseLoss,
  sameColourLoss,
  addLooseEyes,
} from "./partScores.js";
import { extractMask, removeStrap } from "./parts.js";
import { type ScenePlan, isPair, listKinds, listThings } from "./plan.js";
import { standsInRow } from "./rows.js";

/** Maximum number of drawings of a part that layouts choose from: for named concepts, and for other parts. */
const drawingsPerPart = { ofNames: 1, ofOthers: 2 };
/** Number of drafts of a part in each style: for a named concept with a known drawing, and the minimum for other parts. */
const draftCount = { forNames: 4, minimum: 8 };
/** Styles whose score is within this margin per part of the best are chosen from by the seed. */
const styleMargin = 0.06;

/** Relations for which a being is drawn by its face, with clothes below it. */
const faceKinds = new Set<RelationKind>(["head", "eyes", "neck", "body", "paws", "collar"]);
/** Ties: their drawing includes a shirt, which is hidden. */
const tie = /\b(?:tie|necktie)$/;
/** Things whose surroundings are hidden and which then take the colour of the prompt. */
const tintedThings = /\b(?:flag|flower ?pot)$/;
/** Drawing of a mask, whose face is hidden. */
const maskText = "face with medical mask";
/** Helmets, whose strap is removed. */
const helmet = /\bhelmet$/;
const reindeer = /\breindeer$/;
const bow = /\bbow(?:[ -]?tie)?$/;

/**
 * Chooses the text that a part is drawn from. Beings that wear or hold something are drawn from the front, by the face of the animal if
 * such a drawing exists. A worn bow is drawn as a ribbon.
 */
export function chooseDrawnText(
  plan: ScenePlan,
  part: number,
  models: Pick<SteerModels, "phrases"> & Partial<Pick<SteerModels, "generator">>,
): string {
  const { phrases } = models;
  const text = plan.parts[part]!;
  const worn = listKinds(plan, "object", part);
  if (worn.includes("neck") && bow.test(text))
    return text.replace(bow, phrases?.isName("bow tie") ? "bow tie" : "ribbon");
  if (worn.includes("neck") && tie.test(text)) return "necktie";
  if (worn.includes("holding") && /\bflag$/.test(text) && phrases?.read("flag")?.isName) return "flag";
  if (/\bmask$/.test(text) && worn.includes("eyes")) return maskText;
  // A reindeer is drawn by its head.
  if (worn.includes("riding") && reindeer.test(text) && phrases?.isName("deer"))
    return text.replace(reindeer, "deer");
  if (worn.includes("in")) return chooseContainerDrawing(text, models);
  const bears = listKinds(plan, "subject", part);
  const byFace =
    findBody(plan, part) !== undefined || (bears.length > 0 && bears.every((kind) => faceKinds.has(kind)));
  if (!byFace) return text;
  const faces = [text, phrases?.read(text)?.kind?.label].map((name) => `${name} face`);
  return faces.find((face) => phrases?.read(face)?.isName) ?? text;
}

/**
 * Adapts a drawing to the role of its part: hides the disc of a face or the shirt of a tie, makes a pair of wings or several copies.
 * @param colour colour of a tie or a flag.
 */
export function arrangeDrawing(original: Drawing, plan: ScenePlan, part: number, colour?: Rgb): Drawing {
  const kinds = listKinds(plan, "object", part);
  const drawing = turnToNeighbour(original, plan, part);
  if (kinds.includes("face")) {
    const hidden = findDiscRegions(drawing.pieces[0]!.look);
    const features = hidden && applyFlags(drawing.pieces[0]!, { mirrored: false, hidden });
    if (features) return joinPieces(drawing.text, [features], drawing.score);
  }
  if (kinds.includes("in") || kinds.includes("holding")) {
    const hidden = findFilling(plan.parts[part]!, drawing.pieces[0]!.look);
    const emptied = hidden && applyFlags(drawing.pieces[0]!, { mirrored: false, hidden });
    const piece =
      emptied && colour && tintedThings.test(plan.parts[part]!) ? tintPiece(emptied, colour) : emptied;
    if (piece) return joinPieces(drawing.text, [piece], drawing.score);
  }
  const envelope = cutEnvelope(drawing.pieces[0]!, plan, part);
  if (envelope) return joinPieces(drawing.text, [envelope], drawing.score);
  if (kinds.includes("neck") && tie.test(plan.parts[part]!) && !bow.test(plan.parts[part]!)) {
    const piece = applyFlags(drawing.pieces[0]!, {
      mirrored: false,
      hidden: flagOffCentreRegions(drawing.pieces[0]!.look),
    });
    if (piece) return joinPieces(drawing.text, [colour ? tintPiece(piece, colour) : piece], drawing.score);
  }
  const piece = drawing.pieces[0]!;
  const worn =
    kinds.includes("eyes") && drawing.text === maskText
      ? extractMask(piece)
      : kinds.includes("head") && helmet.test(drawing.text)
        ? removeStrap(piece)
        : undefined;
  if (worn) {
    const isTinted = colour && drawing.text === maskText;
    return joinPieces(drawing.text, [isTinted ? tintPiece(worn, colour) : worn], drawing.score);
  }
  if (isPair(plan, part)) return arrangeWings(drawing);
  const count = plan.counts?.[part] ?? 1;
  if (count < 2) return drawing;
  const pair = arrangePair(drawing, plan, part);
  if (pair) return pair;
  if (kinds.includes("aloft")) return arrangeCopies(drawing, count, { spread: 1, stand: "sky" });
  if (kinds.includes("scenery")) return arrangeCopies(drawing, count, { spread: 1.6, stand: true });
  const scattered = kinds.includes("scattered");
  const stand =
    !scattered &&
    !/\b(?:heart|star|balloon|cloud|snowflake|bubble|flower|leaf|note|kite|ball)$/.test(drawing.text);
  if (stand && standsInRow(plan, part, count))
    return arrangeCopies(drawing, count, { spread: 1, stand: "row" });
  return arrangeCopies(drawing, count, { spread: scattered ? 1.3 : stand ? 1 : 1.04, stand });
}

/** Measures the share of a drawing's ink that its largest region covers. */
function measurePlainness({ pieces }: Drawing): number {
  const { regions } = pieces[0]!.look;
  return regions[0]!.pixels / regions.reduce((sum, { pixels }) => sum + pixels, 0);
}

/**
 * Draws a part of a setting from the known drawing of its name, without any CLIP. A coloured square, such as a sky, takes its plainest
 * style. @returns undefined when there is no known drawing.
 */
async function drawSettingPart(
  programs: SessionPrograms,
  plan: ScenePlan,
  part: number,
  style: string | undefined,
): Promise<Drawing | undefined> {
  const text = plan.parts[part]!;
  const styles = /\bsquare$/.test(text) ? programs.models.generator.styles : [style];
  const drawings: Drawing[] = [];
  for (const each of styles) {
    const latents = await programs.sketcher.sketch(text, each);
    if (latents) drawings.push(...(await createDrawings(programs, text, [{ latents, score: 0 }])));
  }
  const [plainest] = drawings.sort((a, b) => measurePlainness(b) - measurePlainness(a));
  return plainest && arrangeDrawing(plainest, plan, part);
}

/**
 * Draws different members of a category that is counted: "two farm animals" are a cow and a pig, by seed.
 * @returns a drawing with a piece of each member; undefined for texts that name a thing, or a category of one thing.
 */
async function drawMembers(
  programs: SessionPrograms,
  text: string,
  count: number,
  seed: number,
  style: string | undefined,
): Promise<Drawing | undefined> {
  const { models } = programs;
  const subject = orderMembersBySeed(findDraftSubject(models, text), createRandom(seed));
  const { category, concepts = [] } = subject;
  if (count < 2 || category === undefined || concepts.length < 2) return undefined;
  const pieces: Piece[] = [];
  for (const concept of concepts.slice(0, count)) {
    const label = models.generator.vocabulary?.[concept]?.label;
    const latents = label === undefined ? undefined : await programs.sketcher.sketch(label, style);
    const [drawing] = latents ? await createDrawings(programs, text, [{ latents, score: 0 }]) : [];
    if (drawing) pieces.push(...drawing.pieces);
  }
  return pieces.length < 2 ? undefined : { ...joinPieces(text, pieces, 0), sprite: pieces[0]!.sprite };
}

/**
 * Chooses among the styles whose score is within a margin of the best, by the seed, those in which the fewest things are in front of others
 * of the same colour.
 */
export function chooseStyle<T extends { readonly score: number; readonly clashes: number }>(
  styles: readonly T[],
  margin: number,
  seed: number,
): T {
  const sorted = [...styles].sort((a, b) => b.score - a.score);
  const near = sorted.filter(({ score }) => score >= sorted[0]!.score - margin);
  const fewest = Math.min(...near.map(({ clashes }) => clashes));
  const good = near.filter(({ clashes }) => clashes === fewest);
  return good[seed % good.length] ?? sorted[0]!;
}

/**
 * Draws each part, best drawing first, all in one style. The best style has the highest sum of the parts' best scores; the seed chooses
 * among styles that are nearly as good and have the fewest things in front of others of the same colour.
 */
export async function drawParts(
  programs: SessionPrograms,
  plan: ScenePlan,
  term: ScheduledTerm,
  config: AscentConfig,
  options: DraftOptions,
): Promise<Drawing[][]> {
  const { models } = programs;
  const requestedStyle = config.style ?? findNamedStyle(models, term.text);
  const styles = requestedStyle !== undefined ? [requestedStyle] : models.generator.styles;
  const share = Math.floor(config.candidates / (plan.parts.length * styles.length));
  const things = new Set(listThings(plan));
  const byStyle: { style: string; parts: Drawing[][]; score: number; clashes: number }[] = [];
  for (const style of styles) {
    const parts: Drawing[][] = [];
    for (const part of plan.parts.keys()) {
      if (!things.has(part)) {
        parts.push([]);
        continue;
      }
      const text = chooseDrawnText(plan, part, models);
      const members = await drawMembers(programs, text, plan.counts?.[part] ?? 1, config.seed + part, style);
      const isName = models.phrases?.read(text)?.isName === true;
      const candidates = isName ? draftCount.forNames : Math.max(draftCount.minimum, share);
      const drafts = members
        ? []
        : await makeDrafts(
            programs,
            [{ text, weight: 1, templates: term.templates }],
            { ...config, seed: config.seed + part, style, candidates },
            { ...options, onProgress: undefined }, // of single parts
          );
      const bestDrafts = drafts.slice(0, isName ? drawingsPerPart.ofNames : drawingsPerPart.ofOthers);
      const drawings = members ? [members] : await createDrawings(programs, text, bestDrafts);
      const ranked = drawings
        .map((each) => addLooseEyes(each, plan.parts[part]!))
        .map((each) => ({
          ...each,
          score: computePartScore(each, models) - computePoseLoss(each, plan, part),
        }))
        .sort((a, b) => b.score - a.score)
        .map((each) =>
          arrangeDrawing(each, plan, part, models.phrases?.read(plan.parts[part]!)?.colour?.rgb),
        );
      const bodied = await Promise.all(ranked.map((each) => addBody(programs, plan, part, each, style)));
      parts.push(await Promise.all(bodied.map((each) => addLayers(programs, plan, part, each, style))));
      const done = styles.indexOf(style) * things.size + parts.filter((each) => each.length > 0).length;
      options.onProgress?.({ stage: "things", done, total: styles.length * things.size });
    }
    const clashes = countSameColours(plan, parts);
    const score =
      [...things].reduce((sum, part) => sum + (parts[part]![0]?.score ?? -Infinity), 0) -
      sameColourLoss * clashes;
    byStyle.push({ style, parts, score, clashes });
  }
  const { style, parts } = chooseStyle(byStyle, styleMargin * things.size, config.seed);
  // Settings and paws do not affect the choice of the style, so they are drawn in the chosen one alone.
  for (const part of plan.parts.keys()) {
    if (things.has(part)) continue;
    const drawing = await drawAddedPart(programs, plan, part, parts, style);
    if (drawing) parts[part] = [drawing];
  }
  return parts;
}

/** Draws a part of a setting, or the paws or the head of a figure that is drawn already. @returns undefined when there is no known drawing. */
export function drawAddedPart(
  programs: SessionPrograms,
  plan: ScenePlan,
  part: number,
  parts: readonly (readonly Drawing[])[],
  style: string | undefined,
): Promise<Drawing | undefined> {
  const owner = plan.relations.find(({ object }) => object === part);
  const figure = owner && parts[owner.subject]?.[0];
  if (figure && owner.kind === "collar") return Promise.resolve(drawHead(plan.parts[part]!, figure));
  return figure && owner.kind === "paws"
    ? drawPaws(programs, plan.parts[part]!, figure, style)
    : drawSettingPart(programs, plan, part, style);
}
