import { compareSizeClasses } from "../guidance/index.js";
import type { LayerPlace } from "../prompts/index.js";
import type { SceneLayer } from "./requests/index.js";

/** Bounds of what a layer shows, on the canvas from −1 to 1. */
export interface LayerBox {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Change of a layer's place. */
export type Move = (layer: SceneLayer) => SceneLayer;

/** Returns the smallest box around boxes. */
export const joinBoxes = (boxes: readonly LayerBox[]): LayerBox => ({
  left: Math.min(...boxes.map(({ left }) => left)),
  top: Math.min(...boxes.map(({ top }) => top)),
  right: Math.max(...boxes.map(({ right }) => right)),
  bottom: Math.max(...boxes.map(({ bottom }) => bottom)),
});

const widthOf = ({ left, right }: LayerBox): number => right - left;
const heightOf = ({ top, bottom }: LayerBox): number => bottom - top;
const middleOf = ({ left, right }: LayerBox): number => (left + right) / 2;

/** Returns the smallest shift that brings an interval into [−1, 1]; 0 for one that is longer. */
export const shiftInside = (low: number, high: number): number =>
  high - low > 2 ? 0 : Math.max(0, -1 - low) + Math.min(0, 1 - high);

/** Returns the part of an interval's length that another one covers. */
const shareCovered = (low: number, high: number, from: number, to: number): number =>
  Math.max(0, Math.min(high, to) - Math.max(low, from)) / Math.max(high - low, 1e-6);

/** Scales about a point of the canvas, then shifts. */
export const scaleAbout =
  (x: number, y: number, factor: number, right = 0, down = 0): Move =>
  (layer) => ({
    ...layer,
    pose: {
      x: x + factor * (layer.pose.x - x) + right,
      y: y + factor * (layer.pose.y - y) + down,
      size: factor * layer.pose.size,
    },
  });

/** Where a thing is brought: its scale, the middle of its feet, and whether it is behind the other thing. */
interface Target {
  readonly factor: number;
  readonly x: number;
  readonly bottom: number;
  readonly isBehind: boolean;
}

/** Gap between things beside each other, and share of a thing by which it overlaps what it is on or behind. */
const gap = 0.04;
const overlaps = { on: 0.1, behind: 0.35, in: 0.4 };
/** Smallest factor by which a thing is reduced to find room. */
const leastFactor = 0.45;

/** Finds the height on which things stand on a support: that of others on it, else near its top. */
function findSurface(support: LayerBox, others: readonly LayerBox[]): number {
  const standing = others.filter(
    (box) =>
      shareCovered(box.left, box.right, support.left, support.right) > 0.6 &&
      box.bottom > support.top &&
      box.bottom < support.top + 0.6 * heightOf(support) &&
      box.top < support.top,
  );
  return standing.length > 0
    ? Math.max(...standing.map(({ bottom }) => bottom))
    : support.top + overlaps.on * heightOf(support);
}

/** Finds where along a support there is most room. */
function findRoom(width: number, support: LayerBox, others: readonly LayerBox[]): number {
  const free = Math.max(0, widthOf(support) - width) / 2;
  const slots = [0, -0.45, 0.45, -0.9, 0.9].map((part) => middleOf(support) + part * free);
  const covered = (x: number): number =>
    others.reduce((sum, box) => sum + shareCovered(x - width / 2, x + width / 2, box.left, box.right), 0);
  return slots.reduce((best, x) => (covered(x) < covered(best) - 0.05 ? x : best));
}

/** Finds the place of a thing at another one. @param others bounds of all other things. */
function findTarget(box: LayerBox, other: LayerBox, at: LayerPlace, others: readonly LayerBox[]): Target {
  const [width, height] = [widthOf(box), heightOf(box)];
  const fit = (room: number, side: number): number => Math.max(leastFactor, Math.min(1, room / side));
  if (at === "on") {
    const bottom = findSurface(other, others);
    const factor = Math.min(fit(bottom + 1, height), fit(1.2 * widthOf(other), width));
    const above = others.filter((each) => each.bottom <= bottom + 0.1 && each.bottom > other.top - 0.1);
    return { factor, x: findRoom(factor * width, other, above), bottom, isBehind: false };
  }
  if (at === "in") {
    const factor = fit(0.75 * widthOf(other), width);
    const bottom = other.bottom - overlaps.in * heightOf(other);
    return { factor, x: middleOf(other), bottom, isBehind: true };
  }
  if (at === "above") {
    const bottom = Math.max(other.top - gap, height / 2 - 1);
    return { factor: fit(bottom + 1, height), x: middleOf(other), bottom, isBehind: false };
  }
  if (at === "under" || at === "before") {
    const x = at === "under" ? findRoom(width, other, others) : middleOf(other);
    const bottom = at === "under" ? other.bottom : Math.min(1, other.bottom + 2 * gap);
    return { factor: at === "under" ? fit(0.6 * heightOf(other), height) : 1, x, bottom, isBehind: false };
  }
  const [left, right] = [other.left + 1, 1 - other.right];
  const isLeft = at === "left" || (at !== "right" && left > right);
  const overlap = at === "behind" ? overlaps.behind * Math.min(width, widthOf(other)) : -gap;
  const factor = fit((isLeft ? left : right) + overlap + 0.35 * width, width);
  const side = (factor * width) / 2 - overlap;
  const x = isLeft ? other.left - side : other.right + side;
  return { factor, x, bottom: other.bottom, isBehind: at === "behind" };
}

/** How a thing is brought to another one. */
export interface Placing {
  readonly move: Move;
  /** Change of everything else, to make room. */
  readonly room: Move;
  /** Whether it is behind the other thing. */
  readonly isBehind: boolean;
}

const stay: Move = (layer) => layer;

/**
 * Moves everything aside where a thing beside another one has no room, and reduces it where it is too wide together.
 * @returns undefined where there is room, or far too little.
 */
function planRoom(
  box: LayerBox,
  other: LayerBox,
  at: LayerPlace,
  others: readonly LayerBox[],
): Placing | undefined {
  if (at !== "beside" && at !== "left" && at !== "right") return undefined;
  const width = widthOf(box);
  const isLeft = at === "left" || (at === "beside" && other.left + 1 > 1 - other.right);
  const left = isLeft ? other.left - gap - width : other.right + gap;
  const all = joinBoxes([other, ...others, { ...other, left, right: left + width }]);
  const factor = Math.min(1, 2 / widthOf(all));
  if (factor < leastFactor || (factor === 1 && shiftInside(all.left, all.right) === 0)) return undefined;
  const [middle, half] = [middleOf(all), (factor * widthOf(all)) / 2];
  const room = scaleAbout(middle, all.bottom, factor, shiftInside(middle - half, middle + half));
  const down = shiftInside(other.bottom - heightOf(box), other.bottom);
  const aside = scaleAbout(0, 0, 1, left - box.left, other.bottom + down - box.bottom);
  return { move: (layer) => room(aside(layer)), room, isBehind: false };
}

/**
 * Plans how a thing is brought to another one, inside the picture.
 * @param box bounds of the thing.
 * @param other bounds of the other thing.
 * @param others bounds of all further things, which it does not cover where there is other room.
 */
export function planPlacing(
  box: LayerBox,
  other: LayerBox,
  at: LayerPlace,
  others: readonly LayerBox[],
): Placing {
  const room = planRoom(box, other, at, others);
  if (room) return room;
  const { factor, x, bottom, isBehind } = findTarget(box, other, at, others);
  const [half, height] = [(factor * widthOf(box)) / 2, factor * heightOf(box)];
  const inside = { x: x + shiftInside(x - half, x + half), y: bottom + shiftInside(bottom - height, bottom) };
  const move = scaleAbout(middleOf(box), box.bottom, factor, inside.x - middleOf(box), inside.y - box.bottom);
  return { move, room: stay, isBehind };
}

/** Things that are in the sky. */
const flying =
  /\b(?:sun|moon|cloud|rain cloud|star|rainbow|bird|kite|balloon|airplane|plane|helicopter|bee|butterfly|snowflake|ufo|rocket|comet)s?$/;
/** Bounds of the sky. */
const sky: LayerBox = { left: -1, top: -1, right: 1, bottom: -0.3 };
/** Bounds of the size of an added thing: half widths of the canvas. */
const addedSizes = { least: 0.16, most: 1.3 };

/**
 * Plans where an added thing is drawn: at another thing, in the sky, or beside the largest thing.
 * @param box bounds of the added thing as it is drawn now.
 * @param things bounds of the scene's things, by their names.
 * @param other index of the thing at which it is drawn.
 */
export function planAddition(
  { name, box }: { readonly name: string; readonly box: LayerBox },
  things: readonly { readonly name: string; readonly box: LayerBox }[],
  at: LayerPlace | undefined,
  other: number,
): Placing {
  const anchor = things[other]!;
  const [area, own] = [widthOf(anchor.box) * heightOf(anchor.box), widthOf(box) * heightOf(box)];
  const ratio = compareSizeClasses(anchor.name, name);
  const extent = Math.max(widthOf(box), heightOf(box));
  const usual = Math.sqrt(area / own) * ratio * (at === "on" || at === "in" ? 0.6 : 0.85);
  const factor = Math.max(addedSizes.least, Math.min(addedSizes.most, usual * extent)) / extent;
  const scale = scaleAbout(middleOf(box), box.bottom, factor);
  const half = (factor * widthOf(box)) / 2;
  const sized = {
    left: middleOf(box) - half,
    right: middleOf(box) + half,
    top: box.bottom - factor * heightOf(box),
    bottom: box.bottom,
  };
  const others = things.filter((_, index) => index !== other).map((thing) => thing.box);
  const isInSky = at === undefined && flying.test(name);
  const all = things.map((thing) => thing.box).filter(({ top }) => top < sky.bottom);
  const placing = isInSky
    ? {
        move: planSkyMove(sized, all),
        room: stay,
        isBehind: false,
      }
    : planPlacing(sized, anchor.box, at ?? "beside", others);
  return { ...placing, move: (layer) => placing.move(scale(layer)) };
}

/** Plans a place in the sky that covers the least of other things. */
function planSkyMove(box: LayerBox, others: readonly LayerBox[]): Move {
  const factor = Math.min(1, 0.6 / heightOf(box), 0.7 / widthOf(box));
  const width = factor * widthOf(box);
  const x = findRoom(width, { ...sky, left: -0.95, right: 0.95 }, others);
  const bottom = -0.93 + factor * heightOf(box);
  return scaleAbout(middleOf(box), box.bottom, factor, x - middleOf(box), bottom - box.bottom);
}
