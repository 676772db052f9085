import { type Rgb, barText, isCage, listAddedTexts } from "../../prompts/index.js";
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
import { findDiscRegions } from "./faces.js";
import { createDrawings } from "./painted.js";
import type { ScenePlan } from "./plan.js";
import { pinPoint } from "./relate.js";
import { centreOf, composePlacements, heightOf, findRunAround, widthOf } from "./sprite.js";

/** Colour of a pirate's hat and patch, sRGB in [0, 1]. */
const black: Rgb = [0.15, 0.15, 0.17];
/** How far above the eyes of a face its hat ends, in half sides. */
const brim = 0.14;
/** What a hat is taken from. */
const hatText = "cowboy hat face";
/** Distance of the ladders of a cage in their widths: neighbours share a rail. */
const ladderStep = 0.82;
/** Sizes of clothes: a hat and a patch relative to the head's width and the eyes' distance, a sign and a ball to their hats. */
const sizes = { hat: 1.12, patch: 0.62, skull: 0.4, ball: 0.26 };

/** The hat of a face: what is above its eyes, without its disc. */
function cutHat(face: Piece): Piece | undefined {
  const { eyes } = face.sprite;
  const hidden = findDiscRegions(face.look, true);
  const features = hidden && applyFlags(face, { mirrored: false, hidden });
  return eyes && features && cutPiece(features, eyes.y - brim);
}

/** A piece in the coordinates of another: its point `from` at `to`, `width` wide. */
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

/** Places what is added to a head or a hat. Of its kinds, the text says which one it is. */
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
  // The brim lies on the brow.
  return (
    hat &&
    placePiece(tintPiece(hat, black), sizes.hat * run.width, "bottom", {
      x: eyes.x,
      y: eyes.y - 0.42 * eyes.distance,
    })
  );
}

/** Bars of a cage: ladders side by side. */
function drawBars({ text, pieces, score }: Drawing): Drawing {
  const piece = pieces[0]!;
  const step = ladderStep * widthOf(piece.sprite.box);
  const bars = [-1, 0, 1].map((at) => ({ ...piece, placement: { scale: 1, x: at * step, y: 0 } }));
  return joinPieces(text, shrinkToSquare(bars), score);
}

/**
 * Adds what a part's drawing needs besides: a pirate's patch and hat, the ball of a party hat, the bars of a cage. A layer that cannot be
 * placed is the drawing once more, beneath itself, since the number of layers is planned.
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
  const base = drawing.pieces.at(-1)!;
  const added: Piece[] = [];
  let hat: Piece | undefined;
  for (const text of texts) {
    const latents = await programs.sketcher.sketch(text, style);
    const [drawn] = latents ? await createDrawings(programs, text, [{ latents, score: 0 }]) : [];
    const piece = drawn && placeCostumePart(base, drawn.pieces[0]!, text, hat);
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
