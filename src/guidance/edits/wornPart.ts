import type { RgbaBytes } from "../../images/index.js";
import { findBearing } from "../../prompts/index.js";
import { lookSide } from "../scenes/look.js";
import { findBearer, lookOfBytes } from "./bearer.js";
import { mapDrawnShares } from "./drawn.js";
import { extractSubject } from "./subject.js";

/** Lower end of what is on a head, above the eyes, and extent of what is over the eyes; in distances of the eyes. */
const zones = { head: 0.25, eyes: 0.5 };
/** Smallest share of a fill inside the zone of a worn thing that has this fill, and smallest share of the ink that the thing has. */
const inside = 0.6;
const least = 0.06;

/** Finds the largest connected group of the marked cells of a square that has a cell near a column. */
function findLargestGroup(marked: Uint8Array, middle: number): number[] {
  const seen = new Uint8Array(marked.length);
  let largest: number[] = [];
  marked.forEach((_, start) => {
    if (!marked[start] || seen[start]) return;
    const group = [start];
    seen[start] = 1;
    for (const cell of group) {
      const column = cell % lookSide;
      const near = [cell - lookSide, cell + lookSide];
      if (column > 0) near.push(cell - 1);
      if (column < lookSide - 1) near.push(cell + 1);
      for (const next of near)
        if (marked[next] && !seen[next]) {
          seen[next] = 1;
          group.push(next);
        }
    }
    const isAtMiddle = group.some((cell) => Math.abs((cell % lookSide) - middle) < 1);
    if (isAtMiddle && group.length > largest.length) largest = group;
  });
  return largest;
}

/**
 * Finds a hat or glasses on a head that is seen from the front, by its place: the fills that lie mainly above, or at, the eyes, and are
 * connected between them.
 * @param words name of the thing, such as "the hat".
 * @returns a mask `[height, width]` of 0 and 1; undefined for other words, and for pictures without two eyes or without such a thing.
 */
export function findWornPart(original: RgbaBytes, words: string): Float32Array | undefined {
  const place = findBearing(words);
  if (place !== "head" && place !== "eyes") return undefined;
  const { bytes, ownGround } = extractSubject(original, undefined);
  const drawnShares = mapDrawnShares(bytes, ownGround);
  const eyes = findBearer(bytes, drawnShares)?.eyes;
  if (!eyes || eyes.distance === 0) return undefined;
  const { labels, regions } = lookOfBytes(bytes, drawnShares);
  const isInZone = (cell: number): boolean => {
    const below = (2 * (Math.floor(cell / lookSide) + 0.5)) / lookSide - 1 - eyes.y;
    return place === "head"
      ? below < -zones.head * eyes.distance
      : Math.abs(below) < zones.eyes * eyes.distance;
  };
  const counts = new Map(regions.map(({ slot, pixels }) => [slot, { pixels, inZone: 0 }]));
  labels.forEach((slot, cell) => {
    const count = counts.get(slot);
    if (count && isInZone(cell)) count.inZone++;
  });
  const worn = new Set(
    [...counts].filter(([, { pixels, inZone }]) => inZone >= inside * pixels).map(([slot]) => slot),
  );
  const marked = Uint8Array.from(labels, (slot) => (worn.has(slot) ? 1 : 0));
  const group = findLargestGroup(marked, ((eyes.x + 1) / 2) * lookSide);
  const ink = regions.reduce((sum, { pixels }) => sum + pixels, 0);
  if (group.length < least * ink) return undefined;
  // One cell more on each side, for the mixed pixels of its edge.
  const isWorn = new Uint8Array(labels.length);
  for (const cell of group) {
    const column = cell % lookSide;
    isWorn[cell] = 1;
    if (column > 0) isWorn[cell - 1] = 1;
    if (column < lookSide - 1) isWorn[cell + 1] = 1;
    if (cell >= lookSide) isWorn[cell - lookSide] = 1;
    if (cell + lookSide < isWorn.length) isWorn[cell + lookSide] = 1;
  }
  const { width, height } = original;
  const side = Math.max(width, height);
  const cellOf = (at: number, length: number): number =>
    Math.floor(((at + 0.5 + (side - length) / 2) * lookSide) / side);
  const columns = Int32Array.from({ length: width }, (_, x) => cellOf(x, width));
  const mask = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    const row = cellOf(y, height) * lookSide;
    for (let x = 0; x < width; x++) mask[y * width + x] = isWorn[row + columns[x]!]!;
  }
  return mask;
}
