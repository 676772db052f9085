import {
  type Oklab,
  type RgbaBytes,
  oklabDistance,
  oklabOfRgb,
  rgbOfOklabColour,
  toByte,
} from "../../images/index.js";
import type { Rgb } from "../../prompts/index.js";
import { mapDrawnShares } from "./drawn.js";
import {
  type ColourChange,
  type Fill,
  planColourChange,
  findFills,
  findMainFill,
  selectPartFills,
  selectServedFills,
} from "./fills.js";
import { type Ground, groundColoursOf } from "./ground.js";
import { weighFills } from "./salience.js";
import { reduceMask, reducePicture, reducedSizeOf } from "./workingCopy.js";

/** Longest side of the copy that fills are found on. */
const searched = 256;
/** Distance in Oklab within which a pixel has a fill's colour. */
const pure = 0.03;
/** Pixels around an edge pixel whose fills it may be a mixture of. */
const reach = 2;
/** Largest part of an edge pixel, of 1, that a mixture of two fills leaves unexplained. */
const unexplained = 0.15;
/** Label of the paper, and of a pixel whose colour is no fill's. */
const paper = -1;
const mixed = -2;
/** Rows that are changed at a time: between two strips other work has its turn, and the signal is checked. */
const stripRows = 64;

/** A colour before and after, sRGB in [0, 1]. */
interface Recoloured {
  readonly rgb: Rgb;
  readonly after: Rgb;
}

/** A change, and the degree to which a colour takes part in it, 0 to 1. */
interface PartialChange {
  readonly change: ColourChange;
  readonly share: number;
}

/** How a recolouring is limited. */
export interface RecolourOptions {
  readonly ground: Ground;
  /** Where the picture may change, `[height, width]` in [0, 1]; everywhere when absent. */
  readonly mask?: Float32Array | undefined;
  /** Colour that the picture's text names, sRGB in [0, 1]: the parts in it are changed. The main colour when absent. */
  readonly named?: Rgb | undefined;
  /** Whether the picture shows food in a cup or a cone: the food gets the colour. */
  readonly served?: boolean | undefined;
  /** Strength of the change, from 0 (none) to 1 (the whole change). */
  readonly strength: number;
  readonly signal?: AbortSignal | undefined;
}

const mix = (a: Rgb, b: Rgb, part: number): Rgb => [
  a[0] + part * (b[0] - a[0]),
  a[1] + part * (b[1] - a[1]),
  a[2] + part * (b[2] - a[2]),
];

/** Creates a function that finds the fill of a colour (8-bit sRGB); results are stored for cells of 4³ colours. */
function createFillFinder(fills: readonly Fill[]): (red: number, green: number, blue: number) => number {
  const known = new Int8Array(64 ** 3).fill(-128);
  return (red, green, blue) => {
    const key = (red >> 2) * 4096 + (green >> 2) * 64 + (blue >> 2);
    if (known[key] !== -128) return known[key]!;
    const lab = oklabOfRgb(red / 255, green / 255, blue / 255);
    let [best, least] = [mixed, pure];
    fills.forEach((fill, at) => {
      const apart = oklabDistance(fill.lab, lab);
      if (apart < least) [best, least] = [at, apart];
    });
    return (known[key] = best);
  };
}

/** Projects `colour` onto the line from `a` to `b`: the position on it (0 at `a`, 1 at `b`), and the residual. */
function betweenOf(colour: Rgb, a: Rgb, b: Rgb): { part: number; rest: Rgb; size: number } {
  let [along, length] = [0, 0];
  for (let channel = 0; channel < 3; channel++) {
    const way = b[channel]! - a[channel]!;
    along += (colour[channel]! - a[channel]!) * way;
    length += way * way;
  }
  const part = length === 0 ? 0 : Math.min(1, Math.max(0, along / length));
  const mixture = mix(a, b, part);
  const rest: Rgb = [colour[0] - mixture[0], colour[1] - mixture[1], colour[2] - mixture[2]];
  return { part, rest, size: Math.hypot(...rest) };
}

/** Largest share of a drawing that a mask covers when it selects a part of it. */
const largestPartShare = 0.7;

/** Fills of a reduced picture. */
interface ReducedFills {
  readonly small: RgbaBytes;
  /** Drawn share of each pixel. */
  readonly drawnShares: Float32Array;
  readonly mask?: Float32Array | undefined;
  /** Those inside the mask. */
  readonly fills: readonly Fill[];
}

/** Finds the fills of a picture on a reduced copy. */
function findReducedFills(original: RgbaBytes, ground: Ground, mask?: Float32Array): ReducedFills {
  const small = reducePicture(original, searched);
  const drawnShares = mapDrawnShares(small, ground);
  const smallMask = mask && reduceMask(mask, original, searched);
  return { small, drawnShares, mask: smallMask, fills: findFills(small, drawnShares, smallMask) };
}

/**
 * Selects the fills whose colours and shades change: the main one; if a mask covers at most 70 % of the drawing, every main fill of that
 * part. A named colour always selects one.
 * @param named colour to be replaced.
 */
function selectMainFills(
  { small, fills, drawnShares, mask }: ReducedFills,
  named: Rgb | undefined,
): readonly Fill[] {
  const main = findMainFill(named || mask ? fills : weighFills(small, drawnShares, fills), named);
  if (!main) return [];
  if (named || !mask) return [main];
  let [maskedInk, ink] = [0, 0];
  drawnShares.forEach((share, pixel) => {
    maskedInk += share * mask[pixel]!;
    ink += share;
  });
  return maskedInk > largestPartShare * ink ? [main] : selectPartFills(fills);
}

/** Selects the fills of food above its cup or cone: those of the upper half of the drawing, and those of the cup or cone. */
function selectFood(small: RgbaBytes, drawnShares: Float32Array): ReturnType<typeof selectServedFills> {
  const { width, height } = small;
  const inked = Array.from({ length: height }, (_, y) =>
    drawnShares.subarray(y * width, (y + 1) * width).some((share) => share > 0.5),
  );
  const middle = (inked.indexOf(true) + inked.lastIndexOf(true)) / 2;
  const half = (isUpper: boolean): Float32Array =>
    Float32Array.from({ length: width * height }, (_, pixel) =>
      Math.floor(pixel / width) <= middle === isUpper ? 1 : 0,
    );
  return selectServedFills(
    findFills(small, drawnShares, half(true)),
    findFills(small, drawnShares, half(false)),
  );
}

/** Changes a pixel of a fill's colour: by its own shade. */
function recolourShade(colour: Rgb, { change, share }: PartialChange): Rgb {
  return share === 0 ? colour : mix(colour, change.shadeOf(oklabOfRgb(...colour)), share);
}

/** Fills of a picture and their changes. */
interface FillChanges {
  readonly fills: readonly Fill[];
  /** Drawn share of each pixel of the reduced picture. */
  readonly drawnShares: Float32Array;
  /** Returns the change of a colour, and how far it applies; undefined if nothing changes. */
  readonly changeOf: ((lab: Oklab) => PartialChange) | undefined;
}

/** Selects the fills that change, on a reduced picture, and plans their changes. Of served food, the dish stays. */
function planFillChanges(
  original: RgbaBytes,
  goal: Rgb,
  { ground, mask, named, served }: RecolourOptions,
): FillChanges {
  const reduced = findReducedFills(original, ground, mask);
  const { small, drawnShares, fills } = reduced;
  const food = served && !named && !mask ? selectFood(small, drawnShares) : undefined;
  const mains = food?.mains.length ? food.mains : selectMainFills(reduced, named);
  if (mains.length === 0) return { fills, drawnShares, changeOf: undefined };
  const nearest = (near: readonly Fill[], lab: Oklab): number =>
    Math.min(...near.map((fill) => oklabDistance(fill.lab, lab)));
  const isOther = (lab: Oklab): boolean =>
    food !== undefined && nearest(food.others, lab) < nearest(food.food, lab);
  const changes = mains.map((each) => planColourChange(each, goal, fills, mains[0]));
  const changeOf = (lab: Oklab): PartialChange =>
    changes
      .map((change) => ({ change, share: isOther(lab) ? 0 : change.shareOf(lab) }))
      .reduce((best, each) => (each.share > best.share ? each : best));
  return { fills, drawnShares, changeOf };
}

/**
 * Gives a picture's main colour, the colour that its text names, or the colours of the part that a mask points at, another colour. Only fills change: pixels at an edge between two
 * fills stay the same mixture of them, so that outlines stay; alpha and the ground are unchanged.
 * @param goal sRGB in [0, 1].
 * @throws the signal's reason when it is aborted.
 */
export async function recolourPixels(
  original: RgbaBytes,
  goal: Rgb,
  options: RecolourOptions,
): Promise<RgbaBytes> {
  const { ground, mask, strength, signal } = options;
  const { width, height, rgba } = original;
  const { fills, drawnShares, changeOf } = planFillChanges(original, goal, options);
  const out = rgba.slice();
  if (!changeOf || strength === 0) return { width, height, rgba: out };
  const recoloured = fills.map(({ lab }): Recoloured & PartialChange => {
    const rgb = rgbOfOklabColour(lab);
    const { change, share } = changeOf(lab);
    return { rgb, change, share, after: mix(rgb, change.shadeOf(lab), share) };
  });
  const find = createFillFinder(fills);
  const colours = groundColoursOf(ground, original);
  const { width: columns, height: rows } = reducedSizeOf(original, searched);
  const isDrawn = (x: number, y: number): boolean =>
    drawnShares[Math.floor((y * rows) / height) * columns + Math.floor((x * columns) / width)]! > 0;
  const labels = Array.from({ length: 2 * reach + 1 }, () => new Int8Array(width));
  const labelRow = (y: number): Int8Array => labels[y % labels.length]!;
  const fillRow = (y: number): void => {
    const row = labelRow(y);
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 4;
      if (rgba[at + 3] === 0 || (ground.kind !== "transparent" && isPaper(x, y))) row[x] = paper;
      else row[x] = find(rgba[at]!, rgba[at + 1]!, rgba[at + 2]!);
    }
  };
  const groundAt = (x: number, y: number): Rgb => [
    colours.at(x, y, 0),
    colours.at(x, y, 1),
    colours.at(x, y, 2),
  ];
  const pixelAt = (x: number, y: number): Rgb => {
    const at = (y * width + x) * 4;
    return [rgba[at]! / 255, rgba[at + 1]! / 255, rgba[at + 2]! / 255];
  };
  const isPaper = (x: number, y: number): boolean => {
    if (isDrawn(x, y)) return false;
    return Math.hypot(...betweenOf(pixelAt(x, y), groundAt(x, y), groundAt(x, y)).rest) < 0.1;
  };
  /** Returns the change of a pixel that is no fill's: as the mixture of two fills near it. */
  const recolourEdge = (x: number, y: number, colour: Rgb): Rgb => {
    const near = new Set<number>();
    for (let v = Math.max(0, y - reach); v <= Math.min(height - 1, y + reach); v++)
      for (let u = Math.max(0, x - reach); u <= Math.min(width - 1, x + reach); u++)
        near.add(labelRow(v)[u]!);
    near.delete(mixed);
    const here = groundAt(x, y);
    const ends = [...near]
      .filter((label) => label !== paper || ground.kind !== "transparent")
      .map((label): Recoloured => (label === paper ? { rgb: here, after: here } : recoloured[label]!));
    let best: { result: Rgb; size: number } | undefined;
    ends.forEach((a, at) => {
      for (const b of ends.slice(at + 1)) {
        const { part, rest, size } = betweenOf(colour, a.rgb, b.rgb);
        if (size >= (best?.size ?? unexplained)) continue;
        const [red, green, blue] = mix(a.after, b.after, part);
        best = { result: [red + rest[0], green + rest[1], blue + rest[2]], size };
      }
    });
    return best?.result ?? recolourShade(colour, changeOf(oklabOfRgb(...colour)));
  };
  for (let y = 0; y < Math.min(reach, height); y++) fillRow(y);
  for (let y = 0; y < height; y++) {
    if (y % stripRows === 0) {
      await new Promise((resolve) => void setImmediate(resolve));
      signal?.throwIfAborted();
    }
    if (y + reach < height) fillRow(y + reach);
    for (let x = 0; x < width; x++) {
      const pixel = y * width + x;
      const part = (mask?.[pixel] ?? 1) * strength;
      const label = labelRow(y)[x]!;
      if (part === 0 || label === paper) continue;
      const colour = pixelAt(x, y);
      const after = label === mixed ? recolourEdge(x, y, colour) : recolourShade(colour, recoloured[label]!);
      for (let channel = 0; channel < 3; channel++)
        if (after[channel] !== colour[channel])
          out[pixel * 4 + channel] = toByte(colour[channel]! + part * (after[channel]! - colour[channel]!));
    }
  }
  return { width, height, rgba: out };
}
