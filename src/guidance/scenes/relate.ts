import type { Cut } from "../../gan/index.js";
import type { Placement, Sprite } from "./sprite.js";

/** Sprites and texts of two parts of a scene. */
export interface Pair {
  readonly subject: Sprite;
  readonly object: Sprite;
  readonly subjectText: string;
  readonly objectText: string;
  /** Number of copies in the object's sprite for each in the subject's; 1 when absent. */
  readonly copies?: number;
}

/** Numbers in [0, 1) that select a layout from a prior. */
export type Dials = readonly [number, number, number, number];

/** Number of dials of each relation. */
export const dialCount = 4;

/** Placement of the object in the subject's coordinates, and the part in front. */
export interface Related {
  readonly object: Placement;
  readonly front: "subject" | "object" | "either";
  /** Curve in the subject's coordinates below which the subject is hidden, because it is inside the object. */
  readonly cut?: Cut | undefined;
  /** Curve in the subject's coordinates below which the object is hidden: trousers end above the feet. */
  readonly objectCut?: Cut | undefined;
}

/** Places an object relative to a subject. The dials select one of the plausible placements. */
export type Prior = (pair: Pair, dials: Dials) => Related;

/** Maps a dial linearly to [`low`, `high`). */
export const lerp = (low: number, high: number, dial: number): number => low + (high - low) * dial;
/** Maps a dial linearly to [−`spread`, `spread`). */
export const jitter = (spread: number, dial: number): number => spread * (2 * dial - 1);

/** Computes the placement with a given scale that moves the point `own` of a sprite to the point `to`. */
export const pinPoint = (
  scale: number,
  own: { x: number; y: number },
  to: { x: number; y: number },
): Placement => ({
  scale,
  x: to.x - scale * own.x,
  y: to.y - scale * own.y,
});
