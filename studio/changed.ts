/** Finds what differs between two pictures, so that only that is drawn. */
import type { Pixels } from "./enlarge.js";

/** A rectangle of whole pixels. */
export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * The smallest rectangle outside which two pictures are equal, and a margin around it within the picture.
 * @param before without it, or with one of another size, the rectangle is the whole picture.
 * @param margin pixels on each side, for pixels whose drawing depends on their neighbours.
 * @returns undefined if the pictures are equal.
 */
export function findChangedArea(before: Pixels | undefined, after: Pixels, margin: number): Area | undefined {
  const { width, height } = after;
  if (before?.width !== width || before.height !== height) return { x: 0, y: 0, width, height };
  const [old, now] = [before, after].map(({ data }) => new Uint32Array(data.buffer, data.byteOffset)) as [
    Uint32Array,
    Uint32Array,
  ];
  let [left, right, top, bottom] = [width, -1, height, -1];
  for (let at = 0; at < now.length; at++) {
    if (now[at] === old[at]) continue;
    const x = at % width;
    if (x < left) left = x;
    if (x > right) right = x;
    if (top === height) top = (at - x) / width;
    bottom = (at - x) / width;
  }
  if (right < 0) return undefined;
  const [x, y] = [Math.max(0, left - margin), Math.max(0, top - margin)];
  const endX = Math.min(width, right + 1 + margin);
  const endY = Math.min(height, bottom + 1 + margin);
  return { x, y, width: endX - x, height: endY - y };
}
