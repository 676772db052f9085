/** What an edit preserved, measured on pictures with alpha of one size. */
import { type StickerData, regionSide } from "../../src/data/index.js";
import type { ReportCard } from "../../src/guidance/edits/report.js";
import type { RgbaBytes } from "../../src/images/index.js";
import type { Rgb } from "../../src/prompts/index.js";
import { labOf } from "../pictures/measures.js";
import { thingColour, sourceSide } from "./cases.js";

const inkAlpha = 0.5;
/** Difference, in ΔE, up to which a pixel is kept. */
const keptWithin = 5;
/** Degrees of hue within which a region is a shade of the main one, and chroma below which a region has no hue. */
const sameHue = 30;
const grey = 12;

/** Measures of one edit. */
export interface Preserved {
  /** Intersection over union of the ink. */
  readonly outline: number;
  /** Share of the source's ink that is kept. */
  readonly kept: number;
  /** Mean ΔE of the regions that are not of the main colour, where both have ink; absent where there is none. */
  readonly others?: number;
  /** ΔE of the mean of the main colour's regions to the named colour. */
  readonly toColour?: number;
}

const alphaOf = ({ rgba }: RgbaBytes, pixel: number): number => rgba[pixel * 4 + 3]! / 255;
const rgbOf = ({ rgba }: RgbaBytes, pixel: number): [number, number, number] => [
  rgba[pixel * 4]! / 255,
  rgba[pixel * 4 + 1]! / 255,
  rgba[pixel * 4 + 2]! / 255,
];
const deltaE = (a: readonly number[], b: readonly number[]): number =>
  Math.hypot(...labOf(a).map((value, at) => value - labOf(b)[at]!));

/** Regions that are shades of the thing's colour: of its hue, or, of a grey, within 15 ΔE. */
function mainRegions(data: StickerData, item: number): Set<number> {
  const { rgb, region } = thingColour(data, item);
  const main = labOf(rgb);
  const hueOf = ([, a, b]: readonly number[]): number => (Math.atan2(b!, a!) * 180) / Math.PI;
  const chromaOf = ([, a, b]: readonly number[]): number => Math.hypot(a!, b!);
  const regions = new Set([region]);
  data.items[item]!.fills.forEach((fill, at) => {
    const lab = labOf(fill.slice(0, 3).map((value) => Math.min(1, Math.max(0, value))));
    const turn = Math.abs(((hueOf(lab) - hueOf(main) + 540) % 360) - 180);
    const isShade =
      chromaOf(main) < grey
        ? Math.hypot(...lab.map((value, axis) => value - main[axis]!)) < 15
        : chromaOf(lab) >= grey && turn < sameHue;
    if (isShade) regions.add(at + 1);
  });
  return regions;
}

/** What an edit says about itself: where the source's drawing went, and the boxes of what was added, in parts of the sides. */
export type Stated = Pick<ReportCard, "moved" | "added">;

/** A result with the source's drawing back at its place. Pixels are interpolated, colours weighted by alpha. */
function movedBack(result: RgbaBytes, { scale, right, down }: NonNullable<Stated["moved"]>): RgbaBytes {
  const { width, height } = result;
  const rgba = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const u = (0.5 + scale * ((x + 0.5) / width - 0.5) + right) * width - 0.5;
      const v = (0.5 + scale * ((y + 0.5) / height - 0.5) + down) * height - 0.5;
      const sum = [0, 0, 0, 0];
      for (const row of [Math.floor(v), Math.floor(v) + 1])
        for (const column of [Math.floor(u), Math.floor(u) + 1]) {
          if (row < 0 || row >= height || column < 0 || column >= width) continue;
          const pixel = row * width + column;
          const weight =
            (1 - Math.abs(u - column)) * (1 - Math.abs(v - row)) * (result.rgba[pixel * 4 + 3]! / 255);
          for (let channel = 0; channel < 3; channel++)
            sum[channel]! += weight * result.rgba[pixel * 4 + channel]!;
          sum[3]! += weight;
        }
      const to = (y * width + x) * 4;
      for (let channel = 0; channel < 3 && sum[3]! > 0; channel++)
        rgba[to + channel] = Math.round(sum[channel]! / sum[3]!);
      rgba[to + 3] = Math.round(255 * sum[3]!);
    }
  return { width, height, rgba };
}

/** Whether each pixel of the source's square is in a box of what was added; the boxes are those of the result. */
function addedPixels({ moved, added = [] }: Stated): Uint8Array {
  const { scale, right, down } = moved ?? { scale: 1, right: 0, down: 0 };
  return Uint8Array.from({ length: sourceSide * sourceSide }, (_, pixel) => {
    const u = 0.5 + scale * (((pixel % sourceSide) + 0.5) / sourceSide - 0.5) + right;
    const v = 0.5 + scale * ((Math.floor(pixel / sourceSide) + 0.5) / sourceSide - 0.5) + down;
    return added.some((box) => u >= box.left && u <= box.right && v >= box.top && v <= box.bottom) ? 1 : 0;
  });
}

/** Measures what a result preserved of a source, outside of what was added, after its drawing is put back where it was. */
export function preservedOf(
  data: StickerData,
  item: number,
  source: RgbaBytes,
  edited: RgbaBytes,
  colour: Rgb | undefined,
  stated: Stated,
): Preserved {
  const result = stated.moved ? movedBack(edited, stated.moved) : edited;
  const isAdded = addedPixels(stated);
  const labels = data.labels(item);
  const main = mainRegions(data, item);
  let [both, either, ink, kept, others, otherCount, mainCount] = [0, 0, 0, 0, 0, 0, 0];
  const mainSum = [0, 0, 0];
  for (let pixel = 0; pixel < sourceSide * sourceSide; pixel++) {
    if (isAdded[pixel]) continue;
    const [a, b] = [alphaOf(source, pixel), alphaOf(result, pixel)];
    both += Math.min(a, b);
    either += Math.max(a, b);
    if (a < inkAlpha) continue;
    ink++;
    const [before, after] = [rgbOf(source, pixel), rgbOf(result, pixel)];
    if (b >= inkAlpha && deltaE(before, after) < keptWithin) kept++;
    const [x, y] = [pixel % sourceSide, Math.floor(pixel / sourceSide)];
    const four = [0, 1, regionSide, regionSide + 1].map(
      (offset) => labels[2 * y * regionSide + 2 * x + offset]!,
    );
    // Pixels at edges belong to no region.
    if (b < inkAlpha || new Set(four).size > 1) continue;
    if (main.has(four[0]!)) {
      mainCount++;
      after.forEach((value, channel) => (mainSum[channel]! += value));
    } else {
      otherCount++;
      others += deltaE(before, after);
    }
  }
  return {
    outline: either === 0 ? 1 : both / either,
    kept: ink === 0 ? 1 : kept / ink,
    ...(otherCount > 0 && { others: others / otherCount }),
    ...(colour &&
      mainCount > 0 && {
        toColour: deltaE(
          mainSum.map((value) => value / mainCount),
          colour,
        ),
      }),
  };
}
