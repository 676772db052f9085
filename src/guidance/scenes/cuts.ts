import { type Cut, poseOf } from "../../gan/index.js";
import { type Piece, createSpriteOfLook } from "./drawing.js";
import { invertPlacement, isBelow, placeCut } from "./sprite.js";

/** A straight cut, wider than any drawing. */
const straight = { x: 0, half: 3, sag: 0 };
/** A curve so steep that what is beside it is hidden, and what is between its ends visible. */
const band = { y: -3, sag: 600 };

/** Cuts off a piece below a curve of its square [−1, 1]². @returns `undefined` if no ink is left. */
export function cutAlong(piece: Piece, cut: Cut): Piece | undefined {
  const { side, labels, rgba } = piece.look;
  const isHidden = (at: number): boolean =>
    isBelow(cut, (2 * (at % side) + 1) / side - 1, (2 * Math.floor(at / side) + 1) / side - 1);
  const look = {
    ...piece.look,
    labels: labels.map((slot, at) => (isHidden(at) ? 0 : slot)),
    rgba: rgba.map((value, at) => (isHidden(Math.floor(at / 4)) ? 0 : value)),
  };
  const sprite = createSpriteOfLook(look);
  const pose = poseOf(piece.latents);
  const x = piece.flags.mirrored ? -pose.x : pose.x;
  const own = placeCut(cut, invertPlacement({ scale: pose.size, x, y: pose.y }));
  return sprite && { ...piece, flags: { ...piece.flags, cut: own }, look, sprite };
}

/** Cuts off a piece below a height of its square [−1, 1]². @returns `undefined` if no ink is left. */
export const cutPiece = (piece: Piece, y: number): Piece | undefined => cutAlong(piece, { ...straight, y });

/** Cuts off a piece at both sides of the range from `left` to `right` of its square. @returns `undefined` if no ink is left. */
export const cutSides = (piece: Piece, left: number, right: number): Piece | undefined =>
  cutAlong(piece, { ...band, x: (left + right) / 2, half: (right - left) / 2 });
