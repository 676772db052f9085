import {
  type Body,
  type Rgb,
  findBody,
  isBelowWaist,
  isFigure,
  isHeadAlone,
  isStanding,
  isUpright,
  listBodyTexts,
} from "../../prompts/index.js";
import type { SessionPrograms } from "../sessionPrograms.js";
import { type Drawing, type Piece, fitToSquare, joinPieces, tintPiece } from "./drawing.js";
import { createDrawings } from "./painted.js";
import { type Look, countInk } from "./look.js";
import type { ScenePlan } from "./plan.js";
import { type Box, type Placement, centreOf, heightOf, placeBox, findRunAround, widthOf } from "./sprite.js";
import { facesSideways, handReach } from "./bodies.js";
import { pinPoint } from "./relate.js";
import { addStandingPlaces, findHandColour, handSize } from "./standingFigure.js";

/** Widths of the parts of a body, relative to the head (round, shirt, jeans) or to the body (foot, paw). */
const sizes = { round: 0.8, shirt: 1.02, jeans: 0.5, foot: 0.36, paw: 0.27 };
/** Extent of the trunk in a drawing of a whole figure, relative to its width and height. */
const trunkExtent = { width: 0.66, top: 0.45, lowest: 0.56, bottom: 0.98 };
/** Overlap of a part of a body with the part above it / its own height. */
const overlaps = { round: 0.24, shirt: 0.1, jeans: 0.12 };
/** Lightness above which a colour is invisible on white. */
const lightest = 0.93;
/** Minimum share of ink of the region of a face, for skin. A nose or a screen has less. */
const skinShare = 0.03;
/** Minimum lightness of skin. Screens and shadows are darker. */
const darkest = 0.4;
/** Extent of a face around its eyes / distance of the eyes: to each side, above and below. */
const faceExtent = { aside: 0.75, above: 0.2, below: 0.9 };

/** Place of the eyes of a whole figure in which none were found / height, and their distance / width. */
const usualFace = { eyes: 0.27, distance: 0.15 };

/** Guesses where the face of a drawing without eyes is: in its middle, but in the upper part of a whole figure. */
function guessFace(box: Box): { x: number; y: number; distance: number } {
  const { x, y } = centreOf(box);
  if (heightOf(box) <= bust.tallest * widthOf(box)) return { x, y, distance: 0 };
  return { x, y: box.top + usualFace.eyes * heightOf(box), distance: usualFace.distance * widthOf(box) };
}

/**
 * Finds the colour of a head's skin or fur: of the largest light region of the face around the eyes, else of the largest region. White is
 * skipped.
 */
function findSkinColour(look: Look, { eyes, box }: Drawing["sprite"]): Rgb | undefined {
  const { labels, side, regions } = look;
  const { x, y, distance } = eyes ?? guessFace(box);
  const pixel = (at: number): number => Math.min(side - 1, Math.max(0, Math.floor(((at + 1) / 2) * side)));
  const extent = Math.max(distance, 4 / side);
  const counts = new Map<number, number>();
  for (let row = pixel(y - faceExtent.above * extent); row <= pixel(y + faceExtent.below * extent); row++)
    for (let at = pixel(x - faceExtent.aside * extent); at <= pixel(x + faceExtent.aside * extent); at++) {
      const slot = labels[row * side + at]!;
      counts.set(slot, (counts.get(slot) ?? 0) + 1);
    }
  const ink = countInk(look);
  const [own = regions[0]] = regions
    .filter(({ slot, lab, pixels }) => counts.has(slot) && lab[0] > darkest && pixels > skinShare * ink)
    .sort((one, other) => counts.get(other.slot)! - counts.get(one.slot)!);
  if (!own || own.lab[0] < lightest) return own?.rgb;
  return (regions.find(({ lab }) => lab[0] < lightest) ?? own).rgb;
}

/** Sketches a text in a style and a colour. @returns undefined when no drawing of it is known. */
async function sketchPiece(
  programs: SessionPrograms,
  text: string,
  style: string | undefined,
  rgb?: Rgb,
): Promise<Piece | undefined> {
  const latents = await programs.sketcher.sketch(text, style, rgb);
  const [drawing] = latents ? await createDrawings(programs, text, [{ latents, score: 0 }]) : [];
  const piece = drawing?.pieces[0];
  // Recolouring keeps the shading, so the mean colour may differ from the requested one.
  return piece && rgb ? tintPiece(piece, rgb) : piece;
}

const placePiece = (piece: Piece, placement: Placement): Piece => ({ ...piece, placement });

/** Places the pieces of a body below a head. @returns the pieces from bottom to top, and the extent of the trunk. */
function placeBody(head: Drawing, body: Body, partPieces: readonly Piece[]): { pieces: Piece[]; trunk: Box } {
  const { box, eyes } = head.sprite;
  const middle = eyes && eyes.distance > 0 ? eyes.x : centreOf(box).x;
  const run = eyes
    ? findRunAround(head.sprite, (eyes.y - box.top) / heightOf(box), eyes.x)
    : { width: widthOf(box) };
  const width = Math.min(run.width, widthOf(box));
  const below = (piece: Piece, share: number, overlap: number, edge: number): Placement => {
    const own = piece.sprite.box;
    const scale = (share * width) / widthOf(own);
    return pinPoint(
      scale,
      { x: centreOf(own).x, y: own.top },
      { x: middle, y: edge - overlap * scale * heightOf(own) },
    );
  };
  if (body === "clothed") {
    const [shirt, jeans] = [...partPieces].reverse() as [Piece, Piece?];
    const at = below(shirt, sizes.shirt, overlaps.shirt, box.bottom);
    const trunk = placeBox(shirt.sprite.box, at);
    const legs = jeans ? [placePiece(jeans, below(jeans, sizes.jeans, overlaps.jeans, trunk.bottom))] : [];
    return { pieces: [...legs, placePiece(shirt, at)], trunk };
  }
  const [trunkPiece, ...feet] = [...partPieces].reverse() as [Piece, ...Piece[]];
  const at = below(trunkPiece, sizes.round, overlaps.round, box.bottom);
  const trunk = placeBox(trunkPiece.sprite.box, at);
  const placedFeet = feet.map((foot, index) => {
    const own = foot.sprite.box;
    const scale = (sizes.foot * widthOf(trunk)) / widthOf(own);
    const to = {
      x: middle + (index === 0 ? -1 : 1) * 0.29 * widthOf(trunk),
      y: trunk.bottom + 0.05 * heightOf(trunk),
    };
    return placePiece(foot, pinPoint(scale, { x: centreOf(own).x, y: own.bottom }, to));
  });
  return { pieces: [...placedFeet, placePiece(trunkPiece, at)], trunk };
}

/** Height of the chin / height of the drawing, for drawings of whole upright figures. */
const chins: readonly (readonly [name: RegExp, part: number])[] = [
  [/\bpenguin$/, 0.42],
  [/\bowl$/, 0.46],
  [/\bsnowman$/, 0.52],
  [/\bghost$/, 0.7],
  [/\b(?:astronaut|wizard|mage|witch|sorcerer|sorceress|genie)$/, 0.68],
  [/\boctopus$/, 0.6],
];

/** Adds the height of the chin to the sprite of a whole upright figure. */
function addChin(sprite: Drawing["sprite"], text: string): Drawing["sprite"] {
  const part = chins.find(([name]) => name.test(text))?.[1];
  const { box } = sprite;
  return part === undefined ? sprite : { ...sprite, chin: box.top + part * heightOf(box) };
}

/** Limits of the eyes of a head alone: their distance / width is larger, or they are lower / height. */
const headEyes = { distance: 0.24, lowest: 0.48 };
/**
 * Height of the eyes below which a figure is drawn down to its shoulders only, the height of its chin below them / their
 * distance, and its maximum aspect (height / width).
 */
const bust = { eyes: 0.42, chin: 1.15, lowest: 0.84, tallest: 1.2 };
/** Distance of the eyes from the middle / width if the drawing holds something at one side. */
const asideOfTool = 0.035;

/** Whether the drawing of a person shows more than a head: its eyes are near each other and high. */
export function showsBody({ eyes, box }: Drawing["sprite"]): boolean {
  if (!eyes || eyes.distance === 0) return false;
  const height = (eyes.y - box.top) / heightOf(box);
  return eyes.distance < headEyes.distance * widthOf(box) && height < headEyes.lowest;
}

/** Whether a drawing of a figure ends below its shoulders. */
function isBust({ eyes, box }: Drawing["sprite"], text: string): boolean {
  if (isUpright(text)) return false;
  // Without eyes: a whole figure is taller than wide.
  if (!eyes && heightOf(box) > bust.tallest * widthOf(box)) return false;
  return !eyes || eyes.y > box.top + bust.eyes * heightOf(box);
}

/** Finds the middle of a figure, and the side that is free if it holds something. */
export function findMiddle({ eyes, box }: Drawing["sprite"]): { x: number; freeSide?: -1 | 1 } {
  const { x } = centreOf(box);
  if (!eyes || eyes.distance === 0) return { x };
  const aside = (eyes.x - x) / widthOf(box);
  if (Math.abs(aside) < asideOfTool) return { x };
  return { x: eyes.x, freeSide: aside < 0 ? -1 : 1 };
}

/** Adds the extent of the trunk to the sprite of a whole upright figure; of a bust, the chin alone. */
function addTrunk(sprite: Drawing["sprite"], text: string): Drawing["sprite"] {
  const { box, eyes } = sprite;
  const { x, freeSide } = findMiddle(sprite);
  if (isBust(sprite, text)) {
    const below = eyes && eyes.distance > 0 ? eyes.y + bust.chin * eyes.distance : box.bottom;
    const chin = Math.min(below, box.top + bust.lowest * heightOf(box));
    return { ...sprite, chin, isBust: true, freeSide };
  }
  const half = trunkExtent.width * Math.min(x - box.left, box.right - x);
  // Below the face, if there is enough space below it for a held thing.
  const top = Math.max(
    box.top + trunkExtent.top * heightOf(box),
    Math.min(sprite.chin ?? -1, box.top + trunkExtent.lowest * heightOf(box)),
  );
  const bottom = box.top + trunkExtent.bottom * heightOf(box);
  return { ...sprite, trunk: { left: x - half, right: x + half, top, bottom }, isBust: false, freeSide };
}

/** Animals whose heads are drawn from the side. */
const profiles = /\b(?:unicorn|horse|pony)$/;

/** Whether a drawing of an animal that other styles draw by its head shows all of it, from the side. */
const isWholeAnimal = (sprite: Drawing["sprite"], text: string): boolean =>
  facesSideways(sprite) && !profiles.test(text);

/** Adds the body that a part of a plan needs to the drawing of its head. @returns the drawing unchanged if it needs no body. */
export async function addBody(
  programs: SessionPrograms,
  plan: ScenePlan,
  part: number,
  head: Drawing,
  style: string | undefined,
): Promise<Drawing> {
  const isFace = /\bface$/.test(head.text);
  const isHead = isFace || (isHeadAlone(head.text) && !isWholeAnimal(head.sprite, head.text));
  const body = findBody(plan, part);
  // Paws need a trunk, and so do garments below the waist.
  const bears = plan.relations.some(
    ({ subject, kind, object }) =>
      subject === part && (kind === "holding" || (kind === "body" && isBelowWaist(plan.parts[object]!))),
  );
  const text = plan.parts[part]!;
  if (isStanding(text)) return { ...head, sprite: addStandingPlaces(head.sprite) };
  if (isFigure(text) && !isFace && (!body || showsBody(head.sprite))) {
    const sprite = addChin(head.sprite, text);
    // The plan fixes the number of layers: a drawing that has a body of its own takes the place of an added one, too.
    const copies = listBodyTexts(plan, part).map(() => head.pieces[0]!);
    return {
      ...head,
      pieces: [...copies, ...head.pieces],
      sprite: bears || !isUpright(text) ? addTrunk(sprite, text) : sprite,
    };
  }
  if (head.pieces.length > 1 || !(isHead || body)) return head;
  if (!body) return { ...head, sprite: { ...head.sprite, isHead } };
  const skin = findSkinColour(head.pieces[0]!.look, head.sprite);
  const partPieces: Piece[] = [];
  for (const text of isHead ? listBodyTexts(plan, part) : []) {
    const piece = await sketchPiece(programs, text, style, body === "round" ? skin : undefined);
    if (piece) partPieces.push(piece);
  }
  const missing = listBodyTexts(plan, part).length - partPieces.length;
  // The plan fixes the number of layers: if no body can be drawn, copies of the head take its place.
  if (missing > 0) {
    const copies = new Array<Piece>(missing + partPieces.length + 1).fill(head.pieces[0]!);
    return { ...head, pieces: copies };
  }
  const { pieces, trunk } = placeBody(head, body, partPieces);
  const all = [...pieces, ...head.pieces];
  return fitToSquare({ ...head, sprite: { ...head.sprite, trunk } }, all);
}

/** Draws the paws of a figure: two discs in the colour of its head, at the distance of the sides of its body. */
export async function drawPaws(
  programs: SessionPrograms,
  text: string,
  figure: Drawing,
  style: string | undefined,
): Promise<Drawing | undefined> {
  const head = figure.pieces.at(figure.head ?? -1)!;
  const { hasHands } = figure.sprite;
  const ownColour = hasHands ? findHandColour(head.look, figure.sprite) : undefined;
  const paw = await sketchPiece(programs, text, style, ownColour ?? findSkinColour(head.look, head.sprite));
  if (!paw) return undefined;
  const { box } = paw.sprite;
  const reach = 0.9 * handReach * widthOf(box);
  const scale = hasHands ? (4 * handSize * reach) / widthOf(box) : 0.9 * sizes.paw;
  const pieces = [-reach, reach].map((x) => placePiece(paw, pinPoint(scale, centreOf(box), { x, y: 0 })));
  return { ...joinPieces(text, pieces, 0), copies: 2 };
}
