import { type RgbaBytes, oklabDistance, oklabOfRgb } from "../../images/index.js";
import type { Fill } from "./fills.js";

/** Share of a pixel from which on it is drawn. */
const drawnFrom = 0.5;
/** Width of the outline and of the border of a tile, relative to the longer side of the drawing. */
const bandWidth = 0.04;
/** Outline of a fill, in sides of a square of its area, from which on all of the fill counts; the least part that counts. */
const outlined = { sides: 1.2, least: 0.3 };
/** A drawing that covers this share of its box and of the box's border is a tile: a scene with a backdrop. */
const tile = { box: 0.88, border: 0.85 };
/**
 * Share of a tile's border from which on a fill is backdrop, the part of its area that counts, and the share of the drawing that other,
 * tinted fills must have: a book that fills its box is no scene.
 */
const backdrop = { border: 0.15, part: 0.15, figure: 0.1 };
/** Part of the area of a grey that counts, and the chroma (Oklab) from which on all of a fill counts. */
const vivid = { least: 0.45, from: 0.02, to: 0.12 };
/** Distance from the drawing's centre, relative to half of its box, at which half of a pixel counts. */
const central = 0.75;

/** Extent of drawn pixels, and the fill of each pixel: −1 where nothing is drawn. */
interface LabelledDrawing {
  readonly labels: Int8Array;
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Labels each drawn pixel with the nearest fill. */
function labelPixels(
  { width, rgba }: RgbaBytes,
  drawnShares: Float32Array,
  fills: readonly Fill[],
): LabelledDrawing {
  const labels = new Int8Array(drawnShares.length).fill(-1);
  let [left, top, right, bottom] = [Infinity, Infinity, -1, -1];
  drawnShares.forEach((share, pixel) => {
    if (share < drawnFrom) return;
    const [x, y] = [pixel % width, Math.floor(pixel / width)];
    [left, top] = [Math.min(left, x), Math.min(top, y)];
    [right, bottom] = [Math.max(right, x + 1), Math.max(bottom, y + 1)];
    const lab = oklabOfRgb(rgba[pixel * 4]! / 255, rgba[pixel * 4 + 1]! / 255, rgba[pixel * 4 + 2]! / 255);
    let best = 0;
    fills.forEach((fill, at) => {
      if (oklabDistance(fill.lab, lab) < oklabDistance(fills[best]!.lab, lab)) best = at;
    });
    labels[pixel] = best;
  });
  return { labels, left, top, right, bottom };
}

/** Marks pixels within `reach` rows or columns of a pixel without a label, or of the end of the picture. */
function markOutline(labels: Int8Array, width: number, height: number, reach: number): Uint8Array {
  const spread = (
    from: Uint8Array,
    step: number,
    at: (pixel: number) => number,
    length: number,
  ): Uint8Array =>
    from.map((_, pixel) => {
      for (let by = -reach; by <= reach; by++) {
        const place = at(pixel) + by;
        if (place < 0 || place >= length || from[pixel + by * step]! > 0) return 1;
      }
      return 0;
    });
  const open = Uint8Array.from(labels, (label) => (label < 0 ? 1 : 0));
  const rows = spread(open, 1, (pixel) => pixel % width, width);
  return spread(rows, width, (pixel) => Math.floor(pixel / width), height);
}

/**
 * Weighs the fills of a drawing by how much they are the thing that it shows: vivid colours, fills at the outline and in the middle weigh
 * more than greys, than what other fills enclose (windows, screens), and than the backdrop of a scene.
 * @param bytes a small copy of the picture. @param drawnShares `[height, width]`, as `mapDrawnShares`.
 * @param fills as `findFills` gives them.
 * @returns the fills with their areas times a weight in [0, 1], in the same order.
 */
export function weighFills(bytes: RgbaBytes, drawnShares: Float32Array, fills: readonly Fill[]): Fill[] {
  // A picture of noise or of shading alone has none.
  if (fills.length === 0) return [];
  const { width, height } = bytes;
  const { labels, left, top, right, bottom } = labelPixels(bytes, drawnShares, fills);
  const longer = Math.max(right - left, bottom - top);
  const reach = Math.max(1, Math.round(bandWidth * longer));
  const isOutline = markOutline(labels, width, height, reach);
  const counts = fills.map(() => ({ pixels: 0, outline: 0, border: 0, central: 0 }));
  let [inked, border, borderInk] = [0, 0, 0];
  for (let y = top; y < bottom; y++)
    for (let x = left; x < right; x++) {
      const pixel = y * width + x;
      const isBorder = Math.min(x - left, right - 1 - x, y - top, bottom - 1 - y) < reach;
      if (isBorder) border++;
      const label = labels[pixel]!;
      if (label < 0) continue;
      inked++;
      const count = counts[label]!;
      count.pixels++;
      count.outline += isOutline[pixel]!;
      const away = Math.hypot(
        (2 * (x + 0.5 - left)) / (right - left) - 1,
        (2 * (y + 0.5 - top)) / (bottom - top) - 1,
      );
      count.central += 1 / (1 + (away / central) ** 2);
      if (isBorder) {
        borderInk++;
        count.border++;
      }
    }
  const isTile = inked >= tile.box * (right - left) * (bottom - top) && borderInk >= tile.border * border;
  const tints = fills.map(({ lab }) =>
    Math.min(1, Math.max(0, (Math.hypot(lab[1], lab[2]) - vivid.from) / (vivid.to - vivid.from))),
  );
  const isAtBorder = counts.map((count) => isTile && count.border >= backdrop.border * borderInk);
  const figure = fills.reduce((sum, { area }, at) => sum + (isAtBorder[at] ? 0 : area * tints[at]!), 0);
  return fills.map(({ lab, area }, at) => {
    const { pixels, outline, central: middle } = counts[at]!;
    if (pixels === 0) return { lab, area: 0 };
    const vividness = vivid.least + (1 - vivid.least) * tints[at]!;
    const exposure = isTile
      ? 1
      : Math.min(1, Math.max(outlined.least, outline / (outlined.sides * reach * Math.sqrt(pixels))));
    const isBackdrop = isAtBorder[at] && figure >= backdrop.figure;
    return { lab, area: area * vividness * exposure * (middle / pixels) * (isBackdrop ? backdrop.part : 1) };
  });
}
