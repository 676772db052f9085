import type { Cut, Pose } from "../../gan/index.js";
import type { Eyes } from "./eyes.js";

/** A rectangle of the canvas [−1, 1]², y downwards. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** A similarity transform: canvas point = `scale` · own point + (`x`, `y`). */
export interface Placement {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

/** Alpha of a drawing with the extent of its ink. */
export interface Sprite {
  /** Alpha `[side, side]`, over the square [−1, 1]². */
  readonly alpha: Float32Array;
  readonly side: number;
  /** Extent of the ink. */
  readonly box: Box;
  /** Eyes of the drawing, if any were found. */
  readonly eyes?: Eyes | undefined;
  /** Whether the drawing shows a head alone. */
  readonly isHead?: boolean | undefined;
  /** Extent of the body, if one was added to the drawing. */
  readonly trunk?: Box | undefined;
  /** Whether the drawing shows empty hands at the sides of the trunk. */
  readonly hasHands?: boolean | undefined;
  /** Y coordinate of the chin, for whole upright figures. */
  readonly chin?: number | undefined;
  /** Whether the drawing of a figure ends below its shoulders: there is no space before its chest. False if it shows more of the body. */
  readonly isBust?: boolean | undefined;
  /** The side of a figure that is free, if its drawing holds something in the other hand: −1 is left. */
  readonly freeSide?: -1 | 1 | undefined;
  /** Distance of the centres of the two things of a pair that is worn at both hands or feet of a standing figure. */
  readonly apart?: number | undefined;
  /** Opening of the drawing as a container, and its row of windows. */
  readonly opening?: Box | undefined;
  readonly windows?: Box | undefined;
  /** An entrance or a round window that was added to a closed container. */
  readonly added?: { readonly box: Box; readonly kind: "entrance" | "porthole" } | undefined;
  /** X coordinate of the largest dark region in the lower half: the entrance of a tent. */
  readonly entrance?: number | undefined;
  /** Hole for the face in the hood of a costume. */
  readonly faceHole?: Box | undefined;
  /** Mask of the surface on which a face can be drawn: `[side, side]`, 1 or 0. */
  readonly surface?: { readonly mask: Uint8Array; readonly side: number } | undefined;
}

/** A run of ink in a row of a sprite. */
export interface Run {
  readonly centre: number;
  readonly width: number;
}

/** Side of sprites, in pixels. */
export const spriteSide = 64;
/** Minimum alpha of ink. */
const inkAlpha = 0.5;

/** The identity placement. */
export const identity: Placement = { scale: 1, x: 0, y: 0 };

/** Width of a box. */
export const widthOf = ({ left, right }: Box): number => right - left;
/** Height of a box. */
export const heightOf = ({ top, bottom }: Box): number => bottom - top;
/** Centre of a box. */
export const centreOf = ({ left, top, right, bottom }: Box): { readonly x: number; readonly y: number } => ({
  x: (left + right) / 2,
  y: (top + bottom) / 2,
});

/** Composes placements: `inner` is applied first, then `outer`. */
export const composePlacements = (outer: Placement, inner: Placement): Placement => ({
  scale: outer.scale * inner.scale,
  x: outer.scale * inner.x + outer.x,
  y: outer.scale * inner.y + outer.y,
});

/** Computes the inverse of a placement. */
export const invertPlacement = ({ scale, x, y }: Placement): Placement => ({
  scale: 1 / scale,
  x: -x / scale,
  y: -y / scale,
});

/** Applies a placement to a box. */
export const placeBox = ({ left, top, right, bottom }: Box, { scale, x, y }: Placement): Box => ({
  left: scale * left + x,
  top: scale * top + y,
  right: scale * right + x,
  bottom: scale * bottom + y,
});

/** Applies a placement to a pose. */
export const placePose = ({ x, y, size }: Pose, at: Placement): Pose => ({
  x: at.scale * x + at.x,
  y: at.scale * y + at.y,
  size: at.scale * size,
});

/** Applies a placement to a cut. */
export const placeCut = ({ x, y, half, sag }: Cut, at: Placement): Cut => ({
  x: at.scale * x + at.x,
  y: at.scale * y + at.y,
  half: at.scale * half,
  sag: at.scale * sag,
});

/** Whether a point lies below a cut. */
export const isBelow = ({ x, y, half, sag }: Cut, column: number, row: number): boolean =>
  row > y + sag * Math.max(0, 1 - ((column - x) / half) ** 2);

/** Computes the bounding box of boxes. */
export const joinBoxes = (boxes: readonly Box[]): Box => ({
  left: Math.min(...boxes.map(({ left }) => left)),
  top: Math.min(...boxes.map(({ top }) => top)),
  right: Math.max(...boxes.map(({ right }) => right)),
  bottom: Math.max(...boxes.map(({ bottom }) => bottom)),
});

/** Coordinate of a pixel's left or top edge, in [−1, 1]. */
const edge = (pixel: number, side: number): number => (2 * pixel) / side - 1;

/** Creates a sprite from alpha `[side, side]`. @returns undefined without ink. */
export function spriteOf(alpha: Float32Array, side: number): Sprite | undefined {
  let [left, top, right, bottom] = [side, side, -1, -1];
  alpha.forEach((value, at) => {
    if (value < inkAlpha) return;
    const [column, row] = [at % side, Math.floor(at / side)];
    left = Math.min(left, column);
    right = Math.max(right, column);
    top = Math.min(top, row);
    bottom = Math.max(bottom, row);
  });
  if (right < 0) return undefined;
  const box = {
    left: edge(left, side),
    top: edge(top, side),
    right: edge(right + 1, side),
    bottom: edge(bottom + 1, side),
  };
  return { alpha, side, box };
}

/** Finds the extent of a sprite's ink above a cut; of all ink when none is above. */
export function findInkAbove({ alpha, side, box }: Sprite, cut: Cut): Box {
  const above = Float32Array.from(alpha, (value, at) => {
    const [x, y] = [edge(at % side, side) + 1 / side, edge(Math.floor(at / side), side) + 1 / side];
    return isBelow(cut, x, y) ? 0 : value;
  });
  return spriteOf(above, side)?.box ?? box;
}

const pixelAt = (at: number, side: number): number =>
  Math.min(side - 1, Math.max(0, Math.floor(((at + 1) / 2) * side)));

/** Reads the alpha at a point of a sprite's square; 0 outside. */
export function readAlpha({ alpha, side }: Sprite, x: number, y: number): number {
  if (x < -1 || x >= 1 || y < -1 || y >= 1) return 0;
  return alpha[pixelAt(y, side) * side + pixelAt(x, side)]!;
}

/** Whether there is ink at a point of a sprite's square. */
export const isInkAt = (sprite: Sprite, x: number, y: number): boolean => readAlpha(sprite, x, y) >= inkAlpha;

/** Finds the widest run of ink in a row of a sprite. @param part height of the row in the box: 0 is the top. @returns the box's width without ink. */
export function findWidestRun({ alpha, side, box }: Sprite, part: number): Run {
  const row = pixelAt(box.top + part * heightOf(box), side);
  let best = { from: 0, to: 0 };
  for (let column = 0, from = 0; column <= side; column++) {
    if (column < side && alpha[row * side + column]! >= inkAlpha) continue;
    if (column - from > best.to - best.from) best = { from, to: column };
    from = column + 1;
  }
  if (best.to === best.from) return { centre: centreOf(box).x, width: widthOf(box) };
  const [left, right] = [edge(best.from, side), edge(best.to, side)];
  return { centre: (left + right) / 2, width: right - left };
}

/** Measures the width without ink in a row of a sprite. @param part height of the row in the box: 0 is the top. */
export function measureGap({ alpha, side, box }: Sprite, part: number): number {
  const row = Math.floor(((box.top + part * heightOf(box) + 1) / 2) * side);
  const ink = alpha.subarray(row * side, (row + 1) * side).filter((value) => value > 0.5).length;
  return widthOf(box) - (2 * ink) / side;
}

/** Finds the run of ink that contains `x` in a row of a sprite, else the widest one. @param part height of the row in the box: 0 is the top. */
export function findRunAround(sprite: Sprite, part: number, x: number): Run {
  const { alpha, side, box } = sprite;
  const row = pixelAt(box.top + part * heightOf(box), side);
  const isInk = (column: number): boolean => alpha[row * side + column]! >= inkAlpha;
  let [from, to] = [pixelAt(x, side), pixelAt(x, side) + 1];
  if (!isInk(from)) return findWidestRun(sprite, part);
  while (from > 0 && isInk(from - 1)) from--;
  while (to < side && isInk(to)) to++;
  return { centre: (edge(from, side) + edge(to, side)) / 2, width: edge(to, side) - edge(from, side) };
}

/** Measures the width of the ink of a sprite below a height: its stem or its feet. @param part height in the box: 0 is the top. */
export function measureFoot({ alpha, side, box }: Sprite, part: number): number {
  const top = pixelAt(box.top + part * heightOf(box), side);
  let [left, right] = [side, 0];
  for (let at = top * side; at < alpha.length; at++) {
    if (alpha[at]! < inkAlpha) continue;
    left = Math.min(left, at % side);
    right = Math.max(right, (at % side) + 1);
  }
  return right > left ? (2 * (right - left)) / side : widthOf(box);
}

/** Computes the centroid of a sprite's ink. */
export function computeCentroid({ alpha, side, box }: Sprite): { readonly x: number; readonly y: number } {
  let [sum, x, y] = [0, 0, 0];
  alpha.forEach((value, at) => {
    if (value < inkAlpha) return;
    sum++;
    x += edge(at % side, side) + 1 / side;
    y += edge(Math.floor(at / side), side) + 1 / side;
  });
  return sum > 0 ? { x: x / sum, y: y / sum } : centreOf(box);
}

/** Measures the mean y of the topmost ink over the columns between two x coordinates. */
export function measureTopContour({ alpha, side, box }: Sprite, from: number, to: number): number {
  const tops: number[] = [];
  for (let column = pixelAt(from, side); column <= pixelAt(to, side); column++) {
    let row = 0;
    while (row < side && alpha[row * side + column]! < inkAlpha) row++;
    if (row < side) tops.push(edge(row, side));
  }
  return tops.length > 0 ? tops.reduce((sum, top) => sum + top, 0) / tops.length : box.top;
}

/** A sprite at a placement. */
export interface PlacedSprite {
  readonly sprite: Sprite;
  readonly at: Placement;
}

/** Measures the share of a box that the ink of sprites covers. */
export function measureCover(box: Box, placed: readonly PlacedSprite[]): number {
  const grid = 10;
  let covered = 0;
  for (let row = 0; row < grid; row++)
    for (let column = 0; column < grid; column++) {
      const x = box.left + ((column + 0.5) / grid) * widthOf(box);
      const y = box.top + ((row + 0.5) / grid) * heightOf(box);
      const isInk = placed.some(
        ({ sprite, at }) => readAlpha(sprite, (x - at.x) / at.scale, (y - at.y) / at.scale) > 0.5,
      );
      covered += Number(isInk);
    }
  return covered / grid ** 2;
}

/** Combines placed sprites into one sprite, in the same coordinates. */
export function mergeSprites(placed: readonly PlacedSprite[]): Sprite {
  const side = spriteSide;
  const alpha = new Float32Array(side * side);
  const boxes = placed.map(({ sprite, at }) => placeBox(sprite.box, at));
  for (const { sprite, at } of placed)
    for (let pixel = 0; pixel < alpha.length; pixel++) {
      const x = edge(pixel % side, side) + 1 / side;
      const y = edge(Math.floor(pixel / side), side) + 1 / side;
      const own = readAlpha(sprite, (x - at.x) / at.scale, (y - at.y) / at.scale);
      alpha[pixel] = Math.max(alpha[pixel]!, own);
    }
  return { alpha, side, box: joinBoxes(boxes) };
}
