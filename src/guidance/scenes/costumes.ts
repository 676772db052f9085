import { type Rgb, barText, findOpeningText, isCage, listAddedTexts } from "../../prompts/index.js";
import type { SessionPrograms } from "../sessionPrograms.js";
import {
  type Drawing,
  type Piece,
  cutPiece,
  joinPieces,
  fitToSquare,
  shrinkToSquare,
  tintPiece,
  applyFlags,
} from "./drawing.js";
import { addOpening } from "./doors.js";
import { findDiscRegions } from "./faces.js";
import { showsBody } from "./figure.js";
import { createDrawings } from "./painted.js";
import type { ScenePlan } from "./plan.js";
import { pinPoint } from "./relate.js";
import { centreOf, composePlacements, heightOf, findRunAround, widthOf } from "./sprite.js";

/** Colour of a pirate's hat and patch, sRGB in [0, 1]. */
const black: Rgb = [0.15, 0.15, 0.17];
/** Height above the eyes at which a hat is cut off, in half sides of the square. */
const cutAboveEyes = 0.14;
/** Drawing from which the hat is cut. */
const hatText = "cowboy hat face";
/** Distance of the ladders of a cage / ladder width. Neighbours share a rail. */
const ladderStep = 0.82;
/** Sizes: hat / head width, eye patch / distance of the eyes, skull and ball / size of the hat. */
const sizes = { hat: 1.12, patch: 0.62, skull: 0.4, ball: 0.26 };

/**
 * Cuts the hat from a drawing of a face: removes the face's disc and everything below a line above the eyes. Undefined when there are
 * no eyes, no disc, or nothing is left.
 */
function cutHat(face: Piece): Piece | undefined {
  const { eyes } = face.sprite;
  const hidden = findDiscRegions(face.look, true);
  if (!eyes || !hidden) return undefined;
  const withoutDisc = applyFlags(face, { mirrored: false, hidden });
  return withoutDisc && cutPiece(withoutDisc, eyes.y - cutAboveEyes);
}

/** Places a piece in the coordinates of another: `width` wide, with its point `from` at `to`. */
function placePiece(
  piece: Piece,
  width: number,
  from: "middle" | "bottom",
  to: { readonly x: number; readonly y: number },
): Piece {
  const { box } = piece.sprite;
  const { x, y } = centreOf(box);
  return {
    ...piece,
    placement: pinPoint(width / widthOf(box), { x, y: from === "middle" ? y : box.bottom }, to),
  };
}

/** Places a part of a costume on a head or a hat. Its text selects the kind: ball, eye patch, skull or hat. */
function placeCostumePart(
  base: Piece,
  added: Piece,
  text: string,
  below: Piece | undefined,
): Piece | undefined {
  const { box, eyes } = base.sprite;
  if (text === "yellow circle") {
    const ball = sizes.ball * widthOf(box);
    return placePiece(added, ball, "middle", { x: centreOf(box).x, y: box.top + 0.2 * ball });
  }
  if (!eyes || eyes.distance === 0) return undefined;
  if (text === "black circle")
    return placePiece(added, sizes.patch * eyes.distance, "middle", {
      x: eyes.x + eyes.distance / 2,
      y: eyes.y,
    });
  if (text === "skull") {
    if (!below) return undefined;
    const { scale, x, y } = below.placement;
    const own = below.sprite.box;
    const to = { x: scale * centreOf(own).x + x, y: scale * (own.top + 0.45 * heightOf(own)) + y };
    return placePiece(added, sizes.skull * scale * heightOf(own), "middle", to);
  }
  const hat = cutHat(added);
  const run = findRunAround(base.sprite, (eyes.y - box.top) / heightOf(box), eyes.x);
  // The brim is at the height of the brow.
  return (
    hat &&
    placePiece(tintPiece(hat, black), sizes.hat * run.width, "bottom", {
      x: eyes.x,
      y: eyes.y - 0.42 * eyes.distance,
    })
  );
}

/** Draws the bars of a cage: ladders side by side. */
function drawBars({ text, pieces, score }: Drawing): Drawing {
  const piece = pieces[0]!;
  const step = ladderStep * widthOf(piece.sprite.box);
  const bars = [-1, 0, 1].map((at) => ({ ...piece, placement: { scale: 1, x: at * step, y: 0 } }));
  return joinPieces(text, shrinkToSquare(bars), score);
}

/**
 * Adds the layers that a part needs besides its own drawing: a pirate's patch and hat, the ball of a party hat, the bars of a cage. The
 * number of layers is fixed by the plan, so a layer that cannot be placed is replaced by a hidden copy of the drawing.
 */
export async function addCostume(
  programs: SessionPrograms,
  plan: ScenePlan,
  part: number,
  drawing: Drawing,
  style: string | undefined,
): Promise<Drawing> {
  const texts = listAddedTexts(plan, part);
  if (texts.length === 0) return drawing;
  if (isCage(plan.parts[part]!) && texts.includes(barText)) return drawBars(drawing);
  if (texts[0] === findOpeningText(plan.parts[part]!)) return addOpening(programs, drawing, texts[0]!, style);
  const base = drawing.pieces.at(-1)!;
  const added: Piece[] = [];
  let hat: Piece | undefined;
  // A drawing of the whole person wears it already.
  for (const text of showsBody(drawing.sprite) ? [] : texts) {
    const latents = await programs.sketcher.sketch(text, style);
    const [partDrawing] = latents ? await createDrawings(programs, text, [{ latents, score: 0 }]) : [];
    const piece = partDrawing && placeCostumePart(base, partDrawing.pieces[0]!, text, hat);
    if (piece) added.push(piece);
    if (text === hatText) hat = piece;
  }
  const spare = new Array<Piece>(texts.length - added.length).fill(base);
  const clothes = added.map((each) => ({
    ...each,
    placement: composePlacements(base.placement, each.placement),
  }));
  const below = [...drawing.pieces.slice(0, -1), ...spare, base];
  return { ...fitToSquare(drawing, [...below, ...clothes]), head: below.length - 1 };
}
