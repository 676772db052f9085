import { type Island, type Look, islandsOf } from "./look.js";

/** Eyes of a drawing, in coordinates of its square [−1, 1]². */
export interface Eyes {
  /** Middle between the eyes, or the one eye of a drawing from the side. */
  readonly x: number;
  readonly y: number;
  /** Distance of the eyes' centres; 0 for one eye. */
  readonly distance: number;
  /** Width from the outer edge of one eye to that of the other. */
  readonly extent: number;
}

/** Limits of an eye: lightness, share of the ink, and width by height. */
const eye = { lightness: 0.5, most: 0.035, least: 0.0009, narrowest: 0.35, widest: 2 };
/** Minimum share of its bounding box that an eye fills; an ellipse fills 0.79. */
const roundness = 0.6;

interface Candidate extends Island {
  readonly x: number;
  readonly y: number;
}

/** Regions that look like eyes: small, dark and round, and surrounded by ink. */
function candidatesOf({ labels, side, regions }: Look): Candidate[] {
  const ink = regions.reduce((sum, { pixels }) => sum + pixels, 0);
  // Regions of one darkness are one: a pupil and its iris.
  const dark = new Set(regions.filter(({ lab }) => lab[0] < eye.lightness).map(({ slot }) => slot));
  const values = labels.map((slot) => (slot === 0 ? 0 : dark.has(slot) ? 2 : 1));
  return islandsOf(values, side)
    .filter(({ value, pixels, left, top, right, bottom, touchesZero }) => {
      const [width, height] = [right - left, bottom - top];
      return (
        value === 2 &&
        !touchesZero &&
        pixels >= Math.max(4, eye.least * ink) &&
        pixels <= eye.most * ink &&
        width / height >= eye.narrowest &&
        width / height <= eye.widest &&
        pixels / (width * height) >= roundness
      );
    })
    .map((island) => ({
      ...island,
      x: (island.left + island.right) / side - 1,
      y: (island.top + island.bottom) / side - 1,
    }));
}

/**
 * Finds the eyes of a drawing without any model: two regions that are small, dark and round, of one size and height; else the roundest one
 * in the upper part. @returns undefined when there is none.
 */
export function findEyes(look: Look): Eyes | undefined {
  const all = candidatesOf(look);
  let best: { eyes: Eyes; score: number } | undefined;
  for (const [index, left] of all.entries())
    for (const right of all.slice(index + 1)) {
      const distance = Math.abs(left.x - right.x);
      const size = (2 * Math.sqrt(Math.max(left.pixels, right.pixels))) / look.side;
      const alike = Math.min(left.pixels, right.pixels) / Math.max(left.pixels, right.pixels);
      const slope = Math.abs(left.y - right.y) / Math.max(distance, 1e-6);
      if (alike < 0.5 || slope > 0.25 || distance < 1.5 * size || distance > 1.3) continue;
      const score = alike - slope + size;
      if (best && score <= best.score) continue;
      const extent = distance + (left.right - left.left + right.right - right.left) / look.side;
      best = { eyes: { x: (left.x + right.x) / 2, y: (left.y + right.y) / 2, distance, extent }, score };
    }
  if (best) return best.eyes;
  const shape = ({ pixels, left, right, top, bottom }: Candidate): number => {
    const [width, height] = [right - left, bottom - top];
    return Math.min(width / height, height / width) + Math.min(1, pixels / 40);
  };
  const lowest = lowestEye(look);
  const upper = all.filter(({ y }) => y < lowest).sort((a, b) => shape(b) - shape(a));
  const [one] = upper;
  return one && { x: one.x, y: one.y, distance: 0, extent: (2 * (one.right - one.left)) / look.side };
}

/** Height above which a single eye is searched for: a little below the middle of the ink. */
function lowestEye({ labels, side }: Look): number {
  const rows = Array.from({ length: side }, (_, row) => row).filter((row) =>
    labels.subarray(row * side, (row + 1) * side).some((slot) => slot > 0),
  );
  const [top = 0, bottom = side] = [rows[0], rows.at(-1)];
  return (2 * (top + 0.62 * (bottom - top))) / side - 1;
}
