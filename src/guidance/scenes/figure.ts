import { type Body, type Rgb, findBody, listBodyTexts, isHeadAlone, isUpright } from "../../prompts/index.js";
import type { SessionPrograms } from "../sessionPrograms.js";
import { type Drawing, type Piece, joinPieces, fitToSquare } from "./drawing.js";
import { createDrawings } from "./painted.js";
import { type Look, countInk } from "./look.js";
import type { ScenePlan } from "./plan.js";
import { type Box, type Placement, centreOf, heightOf, placeBox, findRunAround, widthOf } from "./sprite.js";
import { facesSideways, handReach } from "./bodies.js";
import { pinPoint } from "./relate.js";

/** Widths of the parts of a body, relative to the head (round, shirt, jeans) or to the body (foot, paw). */
const sizes = { round: 0.8, shirt: 1.02, jeans: 0.5, foot: 0.36, paw: 0.27 };
/** Extent of the trunk in a drawing of a whole figure, relative to its width and height. */
const trunkExtent = { width: 0.66, top: 0.45, lowest: 0.56, bottom: 0.98 };
/** Overlap of a part of a body with the part above it / its own height. */
const overlaps = { round: 0.24, shirt: 0.1, jeans: 0.12 };
/** Lightness above which a colour is invisible on white. */
const lightest = 0.93;
/** Minimum share of ink of the region between the eyes, for skin. A nose or a screen has less. */
const skinShare = 0.25;
/** Minimum lightness of skin. Screens and shadows are darker. */
const darkest = 0.4;

/** Finds the colour of a head's skin or fur: the region between the eyes if it is large, else the largest region. White is skipped. */
function findSkinColour(look: Look, { eyes, box }: Drawing["sprite"]): Rgb | undefined {
  const { labels, side, regions } = look;
  const middle = eyes ?? centreOf(box);
  const pixel = (at: number): number => Math.min(side - 1, Math.max(0, Math.floor(((at + 1) / 2) * side)));
  const slot = labels[pixel(middle.y) * side + pixel(middle.x)]!;
  const ink = countInk(look);
  const own =
    regions.find((each) => each.slot === slot && each.lab[0] > darkest && each.pixels > skinShare * ink) ??
    regions[0];
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
  return drawing?.pieces[0];
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
  [/\bpenguin$/, 0.37],
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

/** Adds the extent of the trunk to the sprite of a whole upright figure. */
function addTrunk(sprite: Drawing["sprite"]): Drawing["sprite"] {
  const { box } = sprite;
  const { x } = centreOf(box);
  const half = (trunkExtent.width * widthOf(box)) / 2;
  // Below the face, if there is enough space below it for a held thing.
  const top = Math.max(
    box.top + trunkExtent.top * heightOf(box),
    Math.min(sprite.chin ?? -1, box.top + trunkExtent.lowest * heightOf(box)),
  );
  const bottom = box.top + trunkExtent.bottom * heightOf(box);
  return { ...sprite, trunk: { left: x - half, right: x + half, top, bottom } };
}

/** Adds the body that a part of a plan needs to the drawing of its head. @returns the drawing unchanged if it needs no body. */
export async function addBody(
  programs: SessionPrograms,
  plan: ScenePlan,
  part: number,
  head: Drawing,
  style: string | undefined,
): Promise<Drawing> {
  const isHead = isHeadAlone(head.text) || /\bface$/.test(head.text);
  const body = findBody(plan, part);
  const holds = plan.relations.some(({ subject, kind }) => subject === part && kind === "holding");
  const text = plan.parts[part]!;
  if (!body && isUpright(text)) {
    const sprite = addChin(head.sprite, text);
    return { ...head, sprite: holds ? addTrunk(sprite) : sprite };
  }
  if (head.pieces.length > 1 || !(isHead || body)) return head;
  if (!body) return { ...head, sprite: { ...head.sprite, isHead } };
  const skin = findSkinColour(head.pieces[0]!.look, head.sprite);
  const partPieces: Piece[] = [];
  // A whole animal that looks to the side needs no other body.
  const isWhole = body === "round" && facesSideways(head.sprite);
  for (const text of isHead && !isWhole ? listBodyTexts(plan, part) : []) {
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
  const paw = await sketchPiece(programs, text, style, findSkinColour(head.look, head.sprite));
  if (!paw) return undefined;
  const { box } = paw.sprite;
  const scale = 0.9 * sizes.paw;
  const reach = 0.9 * handReach * widthOf(box);
  const pieces = [-reach, reach].map((x) => placePiece(paw, pinPoint(scale, centreOf(box), { x, y: 0 })));
  return { ...joinPieces(text, pieces, 0), copies: 2 };
}
