import { type Related, jitter, lerp, pinPoint } from "./relate.js";
import { type Sprite, centreOf, heightOf, widthOf } from "./sprite.js";

/** Maximum height of a mask / head width. */
const tallestMask = 0.5;

/** Places a mask below the eyes. */
export function placeMask(
  { box, hasHands }: Sprite,
  { x, y, distance, extent }: NonNullable<Sprite["eyes"]>,
  headWidth: number,
  { box: own }: Sprite,
  [a, b, c]: readonly [number, number, number],
): Related {
  const isFront = distance > 0;
  const wide = isFront ? Math.min(headWidth, 3.6 * distance) : 1.15 * headWidth;
  const fit = Math.min(
    (wide * lerp(0.92, 1.02, b)) / widthOf(own),
    (tallestMask * headWidth) / heightOf(own),
  );
  const ahead = isFront ? 0 : 0.22 * headWidth * Math.sign(x - centreOf(box).x);
  const to = {
    x: x + ahead + jitter(0.02, c) * wide,
    y: y + (isFront ? (hasHands ? 0.12 : 0.3) * extent : 0.12 * headWidth) + lerp(0, 0.04, a) * wide,
  };
  return { object: pinPoint(fit, { x: centreOf(own).x, y: own.top }, to), front: "object" };
}
