import {
  type Oklab,
  type RgbaBytes,
  oklabDistance,
  oklabOfRgb,
  rgbOfOklabColour,
} from "../../images/index.js";
import type { Rgb } from "../../prompts/index.js";

/** A colour that a drawing is filled with. */
export interface Fill {
  readonly lab: Oklab;
  /** Share of the drawing's pixels, weighted by the mask. */
  readonly area: number;
}

/** Largest number of fills, and the smallest share of a drawing that is a fill. */
const most = 24;
const leastShare = 0.002;
/** Distance in Oklab within which colours are one fill. */
const same = 0.045;
/** Largest difference between neighbouring pixels of a fill, of 1; more is an edge. */
const flat = 0.03;
const drawnWholly = 0.9;

/**
 * Finds the fills of a drawing, largest first: colours of pixels that equal their neighbours.
 * @param bytes a small copy of the picture. @param drawnShares `[height, width]`, as `mapDrawnShares`. @param mask where fills count; everywhere when absent.
 */
export function findFills(
  { width, height, rgba }: RgbaBytes,
  drawnShares: Float32Array,
  mask?: Float32Array,
): Fill[] {
  const bins = new Map<number, { sum: [number, number, number]; count: number }>();
  let total = 0;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const pixel = y * width + x;
      const weight = mask?.[pixel] ?? 1;
      if (drawnShares[pixel]! < drawnWholly || weight === 0) continue;
      total += weight;
      const at = pixel * 4;
      const neighbours = [x > 0 ? at - 4 : at, y > 0 ? at - 4 * width : at];
      if (
        neighbours.some((other) =>
          [0, 1, 2].some((channel) => Math.abs(rgba[at + channel]! - rgba[other + channel]!) > flat * 255),
        )
      )
        continue;
      const key = (rgba[at]! >> 3) * 1024 + (rgba[at + 1]! >> 3) * 32 + (rgba[at + 2]! >> 3);
      const bin = bins.get(key) ?? { sum: [0, 0, 0], count: 0 };
      for (let channel = 0; channel < 3; channel++) bin.sum[channel]! += (weight * rgba[at + channel]!) / 255;
      bin.count += weight;
      bins.set(key, bin);
    }
  const colours = [...bins.values()]
    .sort((a, b) => b.count - a.count)
    .map(({ sum, count }) => ({
      lab: oklabOfRgb(sum[0] / count, sum[1] / count, sum[2] / count),
      area: count / Math.max(1, total),
    }));
  const fills: { lab: Oklab; area: number }[] = [];
  for (const { lab, area } of colours) {
    const near = fills.find((fill) => oklabDistance(fill.lab, lab) < same);
    if (near) near.area += area;
    else if (fills.length < most) fills.push({ lab, area });
  }
  return fills.filter(({ area }) => area >= leastShare).sort((a, b) => b.area - a.area);
}

/** Smooth step from 0 to 1 at an edge. */
const stepAbove = (x: number, edge: number, width: number): number =>
  Math.min(1, Math.max(0, (x - edge) / width + 0.5));

const chromaOf = ([, a, b]: Oklab): number => Math.hypot(a, b);
const measureTint = (lab: Oklab): number => stepAbove(chromaOf(lab), 0.05, 0.04);

/** Distance in Oklab at which greys are no longer shades of each other; differences of hue count three times. */
const greyShade = { edge: 0.12, width: 0.05, hue: 3 };
/** Distance up to which a fill is the main one, however weak its tint. */
const sameFill = { edge: 0.06, width: 0.02 };
/** A fill that is darker than the main one and has less than this share of its chroma is another colour: brown, not dark red. */
const dull = { darker: 0.1, chroma: 0.42 };
/** Distance from a named colour at which a fill no longer has that name. */
const namedDistance = 0.12;

/** Measures the degree to which a fill is a shade of another one, 0 to 1. */
function measureShadeShare({ lab: main }: Fill, lab: Oklab): number {
  const [chroma, mainChroma, mainTinted] = [chromaOf(lab), chromaOf(main), measureTint(main)];
  const cosine = (lab[1] * main[1] + lab[2] * main[2]) / (chroma * mainChroma || 1);
  const isDull =
    stepAbove(main[0] - lab[0], dull.darker, 0.08) *
    (1 - stepAbove(chroma / Math.max(1e-6, mainChroma), dull.chroma, 0.1));
  const sameTint = stepAbove(cosine, 0.87, 0.1) * measureTint(lab) * (1 - isDull);
  const { edge, width, hue } = greyShade;
  const apart = Math.hypot(lab[0] - main[0], hue * (lab[1] - main[1]), hue * (lab[2] - main[2]));
  const sameGrey = 1 - stepAbove(apart, edge, width);
  const same = 1 - stepAbove(oklabDistance(lab, main), sameFill.edge, sameFill.width);
  return Math.max(same, sameTint * mainTinted + sameGrey * (1 - mainTinted));
}

/**
 * Finds the main fill of a drawing. It is the largest fill of the colour whose shades cover most, or of the colour nearest to the one that the text names.
 */
export function findMainFill(fills: readonly Fill[], named: Rgb | undefined): Fill | undefined {
  const goal = named && oklabOfRgb(...named);
  const weightOf = ({ lab }: Fill, area: number): number => {
    const isExtreme = Math.max(stepAbove(-lab[0], -0.3, 0.1), stepAbove(lab[0], 0.93, 0.06));
    const plain = area * (1 - 0.65 * isExtreme * (1 - measureTint(lab)));
    return goal ? plain * (0.02 + Math.exp(-((oklabDistance(lab, goal) / namedDistance) ** 2))) : plain;
  };
  const best = (weight: (fill: Fill) => number): Fill | undefined =>
    fills.reduce<{ fill: Fill; weight: number } | undefined>((first, fill) => {
      const own = weight(fill);
      return first && first.weight >= own ? first : { fill, weight: own };
    }, undefined)?.fill;
  const covered = (fill: Fill): number =>
    fills.reduce((sum, { lab, area }) => sum + area * measureShadeShare(fill, lab), 0);
  const colour = best((fill) => weightOf(fill, covered(fill)));
  return colour && best((fill) => weightOf(fill, fill.area * measureShadeShare(colour, fill.lab)));
}

/** Smallest share of a masked part that a colour covers, with its shades, to be one of the part's colours. */
const leastPartShare = 0.2;

/**
 * Finds the colours of a part that a mask points at: the main fill, and every other one that covers a fifth of the part or more. A part is
 * named by its mask and not by a colour, so all of it gets the new one.
 * @param fills the part's fills, as `findFills` gives them for a mask.
 * @returns main fills, the main one of all first; none when there are no fills.
 */
export function selectPartFills(fills: readonly Fill[]): Fill[] {
  const mains: Fill[] = [];
  let left = fills;
  for (;;) {
    const main = findMainFill(left, undefined);
    if (!main) return mains;
    const covered = left.reduce((sum, { lab, area }) => sum + area * measureShadeShare(main, lab), 0);
    if (mains.length > 0 && covered < leastPartShare) return mains;
    mains.push(main);
    left = left.filter((fill) => fill !== main && measureShadeShare(main, fill.lab) < 0.5);
  }
}

/** A change of a drawing's main colour. */
export interface ColourChange {
  /** Returns the degree to which a fill is a shade of the main colour, 0 to 1. */
  shareOf(lab: Oklab): number;
  /** Returns the same shade of the new colour, sRGB in [0, 1]. */
  shadeOf(lab: Oklab): [red: number, green: number, blue: number];
}

/** Part of a shade's difference in lightness to the main fill that it keeps. */
const lightnessKept = 0.85;
/** Part of the difference in lightness between a main fill and the mean of its shades by which the main one misses the new colour. */
const missed = 0.5;

/**
 * Changes the colour `main` to `goal` (sRGB in [0, 1]), as `recolourFills` changes a generator's fills: shades of a tint have its hue, and
 * keep their difference in lightness and their relative chroma. The new colour's lightness is halfway between that of the main fill and
 * the mean of all shades.
 * @param fills of the drawing.
 * @param reference the main fill of a part that gets `goal` itself; a part's other fills keep half of their difference in lightness to it.
 */
export function planColourChange(
  mainOf: Fill,
  goal: Rgb,
  fills: readonly Fill[],
  reference: Fill = mainOf,
): ColourChange {
  const main = mainOf.lab;
  const mainChroma = chromaOf(main);
  const mainTinted = measureTint(main);
  const target = oklabOfRgb(...goal);
  let [area, lightness] = [1e-9, 1e-9 * main[0]];
  for (const fill of fills) {
    const share = fill.area * measureShadeShare(mainOf, fill.lab);
    area += share;
    lightness += share * fill.lab[0];
  }
  const lighter = missed * lightnessKept * (main[0] - lightness / area);
  const ownLightness = target[0] + lighter + 0.5 * (main[0] - reference.lab[0]);
  return {
    shareOf: (lab) => measureShadeShare(mainOf, lab),
    shadeOf(lab) {
      const strength = Math.min(1.3, Math.max(0.5, chromaOf(lab) / Math.max(1e-6, mainChroma)));
      const relative = strength * mainTinted + 1 - mainTinted;
      const own = Math.min(0.99, Math.max(0.08, ownLightness + lightnessKept * (lab[0] - main[0])));
      return rgbOfOklabColour([own, target[1] * relative, target[2] * relative]);
    },
  };
}

/**
 * Finds the colours of the food in a drawing of it in a cup or a cone: fills that lie mainly in the upper half, each with a fifth of the
 * area of all these or more.
 * @param upper, lower fills of the two halves of the drawing.
 * @returns main fills, the main one of all first, none when every fill of the upper half continues below; and the fills of the food and of the
 * cup or cone.
 */
export function selectServedFills(
  upper: readonly Fill[],
  lower: readonly Fill[],
): { mains: Fill[]; food: readonly Fill[]; others: readonly Fill[] } {
  const areaBelow = (lab: Oklab): number =>
    lower.reduce((sum, fill) => sum + (oklabDistance(fill.lab, lab) < same ? fill.area : 0), 0);
  const food = upper.filter(({ lab, area }) => area > areaBelow(lab));
  const total = food.reduce((sum, { area }) => sum + area, 0);
  const mains = selectPartFills(food.map(({ lab, area }) => ({ lab, area: area / total })));
  return {
    mains,
    food,
    others: lower.filter(({ lab }) => food.every((fill) => oklabDistance(fill.lab, lab) >= same)),
  };
}
