import { type Island, type Look, countInk, findInkExtent, findIslands } from "./look.js";

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

/**
 * Limits of an eye: lightness, share of the ink, width by height, the share of its bounding box that it fills (an ellipse fills 0.79), and
 * the share of its outline that may lie on the drawing's.
 */
const eye = { lightness: 0.5, most: 0.035, least: 0.0009, narrowest: 0.35, widest: 2, filled: 0.6, open: 0 };
/** Relaxed limits for drawings of beings without such eyes: larger eyes, and eyes on the outline. */
const looseEye = { ...eye, most: 0.12, narrowest: 0.3, filled: 0.5, open: 0.4 };
/** Penalty of a pair of eyes for its distance from the top / ink height. It excludes nostrils, which are below the eyes. */
const lowLoss = 0.8;
/** Limits of a pair of equal regions of any colour: offset from the ink's middle / width, lowest height, and maximum share of the ink. */
const loosePair = { aside: 0.07, lowest: 0.62, most: 0.06 };

interface Candidate extends Island {
  readonly x: number;
  readonly y: number;
}

/** Finds regions that look like eyes: small, dark, round and surrounded by ink. */
function findCandidates(look: Look, limits: typeof eye): Candidate[] {
  const { labels, side, regions } = look;
  const ink = countInk(look);
  // Adjacent dark regions, such as a pupil and its iris, count as one.
  const dark = new Set(regions.filter(({ lab }) => lab[0] < eye.lightness).map(({ slot }) => slot));
  const values = labels.map((slot) => (slot === 0 ? 0 : dark.has(slot) ? 2 : 1));
  return findIslands(values, side)
    .filter(({ value, pixels, left, top, right, bottom, zeroSides }) => {
      const [width, height] = [right - left, bottom - top];
      return (
        value === 2 &&
        zeroSides <= limits.open * 2 * (width + height) &&
        pixels >= Math.max(4, limits.least * ink) &&
        pixels <= limits.most * ink &&
        width / height >= limits.narrowest &&
        width / height <= limits.widest &&
        pixels / (width * height) >= limits.filled
      );
    })
    .map((island) => locate(island, side));
}

const locate = (island: Island, side: number): Candidate => ({
  ...island,
  x: (island.left + island.right) / side - 1,
  y: (island.top + island.bottom) / side - 1,
});

/** Finds the pair of regions with the best score for similarity, size and height. @returns undefined if no two have similar size and height. */
function findBestPair(
  all: readonly Candidate[],
  { look, most }: { look: Look; most: number },
): Eyes | undefined {
  const { top, bottom } = findInkBox(look);
  let best: { eyes: Eyes; score: number } | undefined;
  for (const [index, left] of all.entries())
    for (const right of all.slice(index + 1)) {
      const distance = Math.abs(left.x - right.x);
      const size = (2 * Math.sqrt(Math.max(left.pixels, right.pixels))) / look.side;
      const alike = Math.min(left.pixels, right.pixels) / Math.max(left.pixels, right.pixels);
      const slope = Math.abs(left.y - right.y) / Math.max(distance, 1e-6);
      if (alike < 0.5 || slope > 0.25 || distance < 1.5 * Math.min(size, most) || distance > 1.3) continue;
      const low = ((left.y + right.y) / 2 - top) / (bottom - top);
      const score = alike - slope + size - lowLoss * low;
      if (best && score <= best.score) continue;
      const extent = distance + (left.right - left.left + right.right - right.left) / look.side;
      best = { eyes: { x: (left.x + right.x) / 2, y: (left.y + right.y) / 2, distance, extent }, score };
    }
  return best?.eyes;
}

/** Finds the roundest region in the upper part: the eye of a drawing from the side. */
function findBestSingle(all: readonly Candidate[], lowest: number, side: number): Eyes | undefined {
  const shape = ({ pixels, left, right, top, bottom }: Candidate): number => {
    const [width, height] = [right - left, bottom - top];
    return Math.min(width / height, height / width) + Math.min(1, pixels / 40);
  };
  const [one] = all.filter(({ y }) => y < lowest).sort((a, b) => shape(b) - shape(a));
  return one && { x: one.x, y: one.y, distance: 0, extent: (2 * (one.right - one.left)) / side };
}

/**
 * Finds the eyes of a drawing by its regions: two small, dark, round regions of similar size and height, or else the rounder and larger one of
 * the upper 62 % of its ink. @returns undefined when there is none.
 */
export function findEyes(look: Look): Eyes | undefined {
  const all = findCandidates(look, eye);
  const { top, bottom } = findInkBox(look);
  const lowest = top + 0.62 * (bottom - top);
  return findBestPair(all, { look, most: Infinity }) ?? findBestSingle(all, lowest, look.side);
}

/**
 * Finds eyes that `findEyes` misses, in drawings of beings: large dark ones (an alien), two equal regions of any colour in the upper half
 * (a robot), or one at the outline (a crocodile). @returns undefined when there is none.
 */
export function findLooseEyes(look: Look): Eyes | undefined {
  const { labels, side } = look;
  const all = findCandidates(look, looseEye);
  const { top, bottom, left, right } = findInkBox(look);
  const lowest = top + loosePair.lowest * (bottom - top);
  const dark = findBestPair(
    all.filter(({ y }) => y < lowest),
    { look, most: 0.1 },
  );
  if (dark) return dark;
  const ink = countInk(look);
  const equal = findIslands(labels, side)
    .filter(
      ({ touchesZero, pixels, ...each }) =>
        !touchesZero &&
        pixels >= 4 * eye.least * ink &&
        pixels <= loosePair.most * ink &&
        pixels >= eye.filled * (each.right - each.left) * (each.bottom - each.top),
    )
    .map((island) => locate(island, side));
  const pairs = equal.flatMap((one, at) =>
    equal
      .slice(at + 1)
      .filter(
        (other) =>
          other.value === one.value &&
          one.y < lowest &&
          Math.abs((one.x + other.x - left - right) / 2) < loosePair.aside * (right - left),
      )
      .map((other) => findBestPair([one, other], { look, most: 0.1 })),
  );
  return pairs.find((each) => each !== undefined) ?? findBestSingle(all, bottom, side);
}

/** Finds the extent of the ink, in [−1, 1]. */
function findInkBox(look: Look): { top: number; bottom: number; left: number; right: number } {
  const { left, top, right, bottom } = findInkExtent(look);
  const edge = (pixel: number): number => (2 * pixel) / look.side - 1;
  return { top: edge(top), bottom: edge(bottom), left: edge(left), right: edge(right) };
}
