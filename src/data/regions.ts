import sharp from "sharp";
import { groupOf, mergeGroups, createSums } from "./fills.js";
import type { Icon } from "./join.js";
import { identifyShapes } from "./shapes.js";

/** Side of the label maps and of the pictures that regions are fitted to. */
export const regionSide = 256;

/** Position of a drawing on its set's canvas: centre and half side of its bounding square, canvas = [−1, 1]². */
export interface Pose {
  readonly x: number;
  readonly y: number;
  readonly size: number;
}

/** A region's fill and where it is. */
export interface Region {
  /** `colour(x, y) = fill[0..2] + fill[3..5]·x + fill[6..8]·y`, sRGB in [0, 1], x and y in [−1, 1] at pixel centres. */
  readonly fill: readonly number[];
  /** Share of the square that it covers. */
  readonly area: number;
  /** Centre of mass, in [−1, 1]. */
  readonly x: number;
  readonly y: number;
}

/** A drawing as regions with fills. */
export interface RegionPicture {
  /** Label of each pixel `[256, 256]`: 0 is transparent, `k` is `regions[k − 1]`. */
  readonly labels: Uint8Array;
  /** Largest first. */
  readonly regions: readonly Region[];
  /** Source pixels, straight-alpha RGBA `[256, 256, 4]`. */
  readonly rgba: Uint8Array;
  readonly pose: Pose;
}

/** Length of the drawing's longer side, as a part of the square's side. */
const drawingShare = 60 / 64;
/** Minimum alpha, of 255, of the pixels that belong to a region. */
const minOpaqueAlpha = 128;

/** Renders an SVG body whose `box` fills the square. @returns straight-alpha RGBA `[side, side, 4]`. */
async function render(body: string, box: readonly number[], side: number): Promise<Uint8Array> {
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" ` +
    `width="${side}" height="${side}" viewBox="${box.join(" ")}">${body}</svg>`;
  return sharp(Buffer.from(svg)).ensureAlpha().raw().toBuffer();
}

/** Finds the bounding box of ink, in pixels: first and last column and row. */
function findInkBox(
  rgba: Uint8Array,
  side: number,
): [left: number, top: number, right: number, bottom: number] | undefined {
  let [left, top, right, bottom] = [side, side, -1, -1];
  for (let at = 0; at < side * side; at++) {
    if (rgba[at * 4 + 3]! < 16) continue;
    const [x, y] = [at % side, Math.floor(at / side)];
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  return right < 0 ? undefined : [left, top, right, bottom];
}

/** Returns the coordinate of a pixel's centre in [−1, 1]. */
export const pixelCentreOf = (at: number, side: number): number => ((at + 0.5) / side) * 2 - 1;

/** Where a drawing is cropped from, and its position on the set's canvas. */
interface Placing {
  /** Bounding square of the ink with a margin, in units of the view box: left, top, width, height. */
  readonly crop: readonly number[];
  readonly pose: Pose;
}

/** Finds the bounding square of a drawing's ink. @returns undefined for a blank drawing. */
async function placeDrawing(
  body: string,
  [left, top, width, height]: Icon["box"],
): Promise<Placing | undefined> {
  const canvas = Math.max(width, height);
  const canvasLeft = left + (width - canvas) / 2;
  const canvasTop = top + (height - canvas) / 2;
  const ink = findInkBox(await render(body, [canvasLeft, canvasTop, canvas, canvas], regionSide), regionSide);
  if (!ink) return undefined;
  const [inkLeft, inkTop, inkRight, inkBottom] = ink;
  const unit = canvas / regionSide;
  const span = (Math.max(inkRight - inkLeft, inkBottom - inkTop) + 1) * unit;
  const centreX = canvasLeft + ((inkLeft + inkRight + 1) / 2) * unit;
  const centreY = canvasTop + ((inkTop + inkBottom + 1) / 2) * unit;
  const square = span / drawingShare;
  return {
    crop: [centreX - square / 2, centreY - square / 2, square, square],
    pose: {
      x: ((centreX - canvasLeft) / canvas) * 2 - 1,
      y: ((centreY - canvasTop) / canvas) * 2 - 1,
      size: square / canvas,
    },
  };
}

/** Returns a function that finds the fill of a pixel by its colour: that of the shape whose colour is nearest. */
function createFillFinder(
  colours: ReturnType<typeof identifyShapes>["colours"],
  fillIndices: readonly number[],
): (red: number, green: number, blue: number) => number {
  const known = new Map<number, number>();
  return (red, green, blue) => {
    const code = (red << 16) | (green << 8) | blue;
    let fill = known.get(code);
    if (fill === undefined) {
      let nearest = Infinity;
      fill = 0;
      for (const [shape, [r, g, b]] of colours.entries()) {
        const distance = (r - red) ** 2 + (g - green) ** 2 + (b - blue) ** 2;
        if (distance < nearest) [nearest, fill] = [distance, fillIndices[shape]!];
      }
      known.set(code, fill);
    }
    return fill;
  };
}

/** Adds a pixel `[red, green, blue]` in [0, 1] at x and y in [−1, 1] to the sums that a fill is fitted to. */
function addPixel(sums: ReturnType<typeof createSums>, x: number, y: number, rgb: readonly number[]): void {
  const { normal, products } = sums;
  normal[0]! += 1;
  normal[1]! += x;
  normal[2]! += y;
  normal[3]! += x * x;
  normal[4]! += x * y;
  normal[5]! += y * y;
  rgb.forEach((value, channel) => {
    products[channel]! += value;
    products[3 + channel]! += value * x;
    products[6 + channel]! += value * y;
    sums.squares += value * value;
  });
  sums.count++;
}

/**
 * Extracts the regions and fills of a drawing from its vector source. Shapes of equal fill are one region; the most similar
 * regions are merged until 15 are left. The drawing is cropped to its bounding square and fills it except for a margin.
 * @returns undefined for a blank drawing.
 */
export async function extractRegions({ body, box }: Icon): Promise<RegionPicture | undefined> {
  const side = regionSide;
  const [left, top, width, height] = box;
  // Clipped to the view box.
  const clip = `<svg x="${left}" y="${top}" width="${width}" height="${height}" viewBox="${box.join(" ")}">`;
  const clipped = (inner: string): string => `${clip}${inner}</svg>`;
  const placing = await placeDrawing(clipped(body), box);
  if (!placing) return undefined;
  const { body: recoloured, colours, fills } = identifyShapes(body);
  const [rgba, coloured] = await Promise.all([
    render(clipped(body), placing.crop, side),
    render(clipped(recoloured), placing.crop, side),
  ]);
  const keys = [...new Set(fills)];
  const findFill = createFillFinder(
    colours,
    fills.map((fill) => keys.indexOf(fill)),
  );
  const fillOfPixel = new Int16Array(side * side).fill(-1);
  const sums = keys.map(createSums);
  if (keys.length === 0) sums.push(createSums());
  for (let at = 0; at < side * side; at++) {
    if (rgba[at * 4 + 3]! < minOpaqueAlpha) continue;
    const fill = findFill(coloured[at * 4]!, coloured[at * 4 + 1]!, coloured[at * 4 + 2]!);
    fillOfPixel[at] = fill;
    const [x, y] = [pixelCentreOf(at % side, side), pixelCentreOf(Math.floor(at / side), side)];
    addPixel(sums[fill]!, x, y, [rgba[at * 4]! / 255, rgba[at * 4 + 1]! / 255, rgba[at * 4 + 2]! / 255]);
  }
  const groups = sums.flatMap((each, index) => (each.count > 0 ? [groupOf([index], each)] : []));
  if (groups.length === 0) return undefined;
  const merged = mergeGroups(groups);
  const labelOfFill = new Uint8Array(sums.length);
  merged.forEach(({ members }, index) => members.forEach((member) => (labelOfFill[member] = index + 1)));
  return {
    labels: Uint8Array.from(fillOfPixel, (fill) => (fill < 0 ? 0 : labelOfFill[fill]!)),
    regions: merged.map(({ fill, count, normal }) => ({
      fill,
      area: count / (side * side),
      x: normal[1]! / count,
      y: normal[2]! / count,
    })),
    rgba,
    pose: placing.pose,
  };
}

/** Side of the blocks of pixels over which `computeRegionPsnr` averages. */
const blockSide = 4;

/**
 * Compares the regions, painted on white, with their source on white. Both are averaged over blocks of 4×4 pixels first.
 * @returns the peak signal-to-noise ratio in dB, at most 100.
 */
export function computeRegionPsnr({ labels, regions, rgba }: RegionPicture): number {
  const side = regionSide;
  const blocksPerSide = side / blockSide;
  let squaredError = 0;
  for (let blockRow = 0; blockRow < blocksPerSide; blockRow++)
    for (let blockColumn = 0; blockColumn < blocksPerSide; blockColumn++) {
      const differenceSums = [0, 0, 0];
      for (let pixel = 0; pixel < blockSide ** 2; pixel++) {
        const y = blockRow * blockSide + Math.floor(pixel / blockSide);
        const x = blockColumn * blockSide + (pixel % blockSide);
        const at = y * side + x;
        const alpha = rgba[at * 4 + 3]! / 255;
        const label = labels[at]!;
        const fill = label === 0 ? undefined : regions[label - 1]!.fill;
        for (let channel = 0; channel < 3; channel++) {
          const source = (rgba[at * 4 + channel]! / 255) * alpha + 1 - alpha;
          const painted = fill
            ? fill[channel]! +
              fill[3 + channel]! * pixelCentreOf(x, side) +
              fill[6 + channel]! * pixelCentreOf(y, side)
            : 1;
          differenceSums[channel]! += Math.min(1, Math.max(0, painted)) - source;
        }
      }
      for (const sum of differenceSums) squaredError += (sum / blockSide ** 2) ** 2;
    }
  const meanSquaredError = squaredError / (blocksPerSide * blocksPerSide * 3);
  return -10 * Math.log10(Math.max(1e-10, meanSquaredError));
}
