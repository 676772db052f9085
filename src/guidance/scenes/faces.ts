import { deltaE, sameHue } from "./lab.js";
import { type Look, countInk, findInkIslands, findIslands, flagSlots } from "./look.js";
import { type Box, type Sprite, heightOf, widthOf } from "./sprite.js";

/** Range of the share of ink that eyes and mouth cover in a drawing of a disc with a face. */
const featureShare = { least: 0.015, most: 0.5 };
/** Regions of the disc's hue that are darker by more than this lightness are features, such as a brown mouth. */
const shading = 0.26;
/** Limits of a disc: ratio of its sides, and range of the share of its box that it fills. A circle fills 0.785. */
const round = { ratio: 1.12, least: 0.73, most: 0.85 };
/** Regions with at most this share of the ink do not interrupt a surface. */
const smallRegion = 0.06;

/** Connected patches with at most this share of the ink do not interrupt a surface. */
const smallPatch = 0.07;

/**
 * Finds the regions that form the disc of a face: the largest region and its shades. The others are eyes and mouth.
 * @param hasHat whether something lies on the disc, so that its outline need not be round.
 * @returns a flag for each of the 15 regions; undefined if the drawing is not a disc with features.
 */
export function findDiscRegions(look: Look, hasHat = false): boolean[] | undefined {
  const { regions } = look;
  const [main] = regions;
  if (!main || !(hasHat || isRound(look))) return undefined;
  const disc = new Set(
    regions
      .filter(({ lab }) => sameHue(lab, main.lab) && lab[0] > main.lab[0] - shading)
      .map(({ slot }) => slot),
  );
  const ink = countInk(look);
  const features = regions.reduce((sum, { slot, pixels }) => (disc.has(slot) ? sum : sum + pixels), 0);
  const most = hasHat ? 1 : featureShare.most;
  if (features < featureShare.least * ink || features > most * ink) return undefined;
  return flagSlots((slot) => disc.has(slot));
}

/** Whether the ink is a disc. The head of a cat is not one: it has ears. */
function isRound(look: Look): boolean {
  const largest = findInkIslands(look).reduce((best, each) => (each.pixels > best.pixels ? each : best));
  const [width, height] = [largest.right - largest.left, largest.bottom - largest.top];
  const filled = largest.pixels / (width * height);
  return (
    Math.max(width / height, height / width) <= round.ratio && filled >= round.least && filled <= round.most
  );
}

/** Finds the surface on which a face can be drawn: the largest region with its shades and small regions. @returns `[side, side]`, 1 or 0. */
export function findSurface(look: Look): Uint8Array {
  const { labels, regions, side } = look;
  const [main] = regions;
  if (!main) return new Uint8Array(labels.length);
  const ink = countInk(look);
  const surface = new Set(
    regions
      .filter(
        ({ lab, pixels }) =>
          deltaE(lab, main.lab) < 12 ||
          (sameHue(lab, main.lab) && deltaE(lab, main.lab) < 25) ||
          pixels < smallRegion * ink,
      )
      .map(({ slot }) => slot),
  );
  const mask = labels.map((slot) => (surface.has(slot) ? 1 : 0));
  // Small patches on the surface do not interrupt it: the seeds of a strawberry.
  for (const { pixels: count, left, top, right, bottom, touchesZero } of findIslands(
    labels.map((slot) => (slot > 0 && !surface.has(slot) ? 2 : slot > 0 ? 1 : 0)),
    side,
  ).filter(({ value }) => value === 2)) {
    if (touchesZero || count > smallPatch * ink) continue;
    for (let row = top; row < bottom; row++)
      for (let column = left; column < right; column++)
        if (labels[row * side + column]! > 0) mask[row * side + column] = 1;
  }
  // Only the largest connected part: the cap of a mushroom, not its stem.
  const islands = findIslands(mask, side);
  const largest = islands.reduce<(typeof islands)[0] | undefined>(
    (best, island) => (best && best.pixels >= island.pixels ? best : island),
    undefined,
  );
  if (!largest) return mask;
  return mask.map((value, pixel) => {
    const [column, row] = [pixel % side, Math.floor(pixel / side)];
    const inside =
      column >= largest.left && column < largest.right && row >= largest.top && row < largest.bottom;
    return inside ? value : 0;
  });
}

/** Weight of the distance from the middle / side against the width / width of the surface. */
const farWeight = 1.6;
/** Minimum share of a face's box that lies on the surface. */
const leastCover = 0.96;

/**
 * Finds a large box of a given aspect on a surface, near its middle.
 * @param aspect width / height. @param rise distance of the preferred place above the middle, in sides.
 * @returns undefined if no box of at least a quarter of the surface's width fits.
 */
export function findLargestBox(surface: Uint8Array, side: number, aspect: number, rise = 0): Box | undefined {
  const sums = new Float64Array((side + 1) * (side + 1));
  let [count, sumX, sumY] = [0, 0, 0];
  let [left, right] = [side, 0];
  for (let row = 0; row < side; row++)
    for (let column = 0; column < side; column++) {
      const value = surface[row * side + column]!;
      const at = (row + 1) * (side + 1) + column + 1;
      sums[at] = value + sums[at - 1]! + sums[at - side - 1]! - sums[at - side - 2]!;
      if (!value) continue;
      count++;
      sumX += column + 0.5;
      sumY += row + 0.5;
      [left, right] = [Math.min(left, column), Math.max(right, column + 1)];
    }
  if (count === 0) return undefined;
  const sum = (top: number, from: number, bottom: number, to: number): number =>
    sums[bottom * (side + 1) + to]! -
    sums[top * (side + 1) + to]! -
    sums[bottom * (side + 1) + from]! +
    sums[top * (side + 1) + from]!;
  const [middleX, middleY] = [sumX / count, sumY / count - rise * side];
  let found: { box: Box; score: number } | undefined;
  for (let width = right - left; width >= (right - left) / 4; width -= 2) {
    const height = Math.max(1, Math.round(width / aspect));
    let best: { column: number; row: number; far: number } | undefined;
    for (let row = 0; row + height <= side; row += 2)
      for (let column = 0; column + width <= side; column += 2) {
        if (sum(row, column, row + height, column + width) < leastCover * width * height) continue;
        const far = Math.hypot(column + width / 2 - middleX, row + height / 2 - middleY);
        if (!best || far < best.far) best = { column, row, far };
      }
    if (best) {
      const score = width / (right - left) - (farWeight * best.far) / side;
      if (found && found.score >= score) continue;
      const edge = (pixel: number): number => (2 * pixel) / side - 1;
      const box = {
        left: edge(best.column),
        top: edge(best.row),
        right: edge(best.column + width),
        bottom: edge(best.row + height),
      };
      found = { box, score };
    }
  }
  return found?.box;
}

/** Aspect of a sprite's ink: width / height. */
export const aspectOf = ({ box }: Sprite): number => widthOf(box) / heightOf(box);
