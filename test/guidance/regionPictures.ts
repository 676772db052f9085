import { lookSide } from "../../src/guidance/scenes/look.js";
import type { RegionPicture } from "../../src/vector/index.js";

/** Side of the pictures, in pixels. */
const side = 2 * lookSide;

/**
 * Makes a painted picture from the leading slot at each point of [−1, 1]²; slot 0 is transparent.
 * @param colours colour of each slot, R, G and B in [0, 1].
 */
export function paintSlots(
  colours: Readonly<Record<number, readonly [number, number, number]>>,
  slotAt: (x: number, y: number) => number,
): RegionPicture {
  const slots = 16;
  const logits = new Float32Array(side * side * slots);
  const rgba = new Float32Array(side * side * 4);
  for (let pixel = 0; pixel < side * side; pixel++) {
    const x = ((pixel % side) + 0.5) / lookSide - 1;
    const y = (Math.floor(pixel / side) + 0.5) / lookSide - 1;
    const slot = slotAt(x, y);
    logits[pixel * slots + slot] = 10;
    if (slot > 0) rgba.set([...colours[slot]!, 1], pixel * 4);
  }
  return { side, slots, logits, rgba };
}

/** Tells whether a point is in a disc. */
export const disc = (x: number, y: number, radius: number) => (px: number, py: number) =>
  Math.hypot(px - x, py - y) < radius;

/** Tells whether a point is in a box. */
export const box = (left: number, top: number, right: number, bottom: number) => (px: number, py: number) =>
  px >= left && px < right && py >= top && py < bottom;
