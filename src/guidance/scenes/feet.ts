import { type Prior, lerp, pinPoint } from "./relate.js";
import { type Sprite, centreOf, heightOf, widthOf } from "./sprite.js";
import { findMainBox, placePair } from "./wardrobe.js";

/** Lowest part of a drawing, in which its feet are / height. */
const soles = 0.09;
/**
 * Shoes: their width / width of the stance, the minimum / wearer width, their maximum height / wearer height, without and with an added
 * body, and their width / width of a bust.
 */
const shoes = { wide: 1.08, least: 0.4, tallest: 0.34, ofBody: 0.2, ofBust: 0.5 };

/** Finds the extent of the ink in the lowest part of a drawing: of its feet, or of the end of its body. */
export function findStance({ alpha, side, box }: Sprite): { readonly x: number; readonly width: number } {
  const from = Math.max(0, Math.floor(((box.bottom - soles * heightOf(box) + 1) / 2) * side));
  let [left, right] = [side, 0];
  for (let at = from * side; at < alpha.length; at++) {
    if (alpha[at]! < 0.5) continue;
    left = Math.min(left, at % side);
    right = Math.max(right, (at % side) + 1);
  }
  if (right <= left) return { x: centreOf(box).x, width: widthOf(box) };
  return { x: (left + right) / side - 1, width: (2 * (right - left)) / side };
}

/** Places shoes at the feet: as wide as the stance, and not taller than feet are. */
export const placeAtFeet: Prior = (pair, [, b]) => {
  const atBoth = placePair(pair, "feet");
  if (atBoth) return atBoth;
  const { subject, object } = pair;
  const { trunk, isBust, box: own } = subject;
  const box = findMainBox(object);
  if (isBust) {
    // Below the shoulders there are no legs: the shoes are where the body ends.
    const scale = (shoes.ofBust * widthOf(own) * lerp(0.92, 1, b)) / widthOf(box);
    const top = { x: centreOf(box).x, y: box.top + 0.08 * heightOf(box) };
    return { object: pinPoint(scale, top, { x: centreOf(own).x, y: own.bottom }), front: "object" };
  }
  const stance = findStance(subject);
  const isBodyAdded = trunk !== undefined && !subject.hasHands;
  const wide = isBodyAdded
    ? widthOf(trunk)
    : Math.max(shoes.wide * stance.width, (subject.hasHands ? 0 : shoes.least) * widthOf(own));
  const scale = Math.min(
    (wide * lerp(0.86, 1, b)) / widthOf(box),
    ((isBodyAdded ? shoes.ofBody : shoes.tallest) * heightOf(own)) / heightOf(box),
  );
  const x = trunk ? centreOf(trunk).x : stance.x;
  const foot = { x: centreOf(box).x, y: box.bottom };
  return { object: pinPoint(scale, foot, { x, y: own.bottom + 0.02 * heightOf(own) }), front: "object" };
};
