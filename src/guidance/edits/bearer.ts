import { type RgbaBytes, oklabDistance, oklabOfRgb, rgbOfOklabColour } from "../../images/index.js";
import { createSpriteOfLook } from "../scenes/drawing.js";
import { type Look, type RegionLook, lookSide } from "../scenes/look.js";
import { type Sprite, centreOf, heightOf, widthOf } from "../scenes/sprite.js";
import { findFills } from "./fills.js";
import { isHeadLike } from "./outline.js";

/** Share of a pixel from which on it is drawn. */
const drawnFrom = 0.5;
/** Typical position of the eyes of a head, as fractions of its width and height. */
const usualEyes = { height: 0.42, distance: 0.4, extent: 0.58 };

/**
 * Returns the first and last pixel of a cell of an axis of `count` pixels that begins at `start` of a square of `side`; empty
 * outside.
 */
function span(
  cell: number,
  side: number,
  start: number,
  count: number,
): readonly [first: number, end: number] {
  const first = Math.floor((cell * side) / lookSide);
  const end = Math.max(first + 1, Math.floor(((cell + 1) * side) / lookSide));
  return [Math.max(0, first - start), Math.min(count, end - start)];
}

/**
 * Converts a picture to pixels with their regions: those of one fill are a region. The picture is in the middle of the square.
 * @param drawnShares `[height, width]`, as `mapDrawnShares`.
 */
export function lookOfBytes(bytes: RgbaBytes, drawnShares: Float32Array): Look {
  const { width, height } = bytes;
  const fills = findFills(bytes, drawnShares);
  const side = Math.max(width, height);
  const [left, top] = [Math.floor((side - width) / 2), Math.floor((side - height) / 2)];
  const rgba = new Float32Array(lookSide * lookSide * 4);
  const labels = new Uint8Array(lookSide * lookSide);
  const counts = new Array<number>(fills.length).fill(0);
  for (let cell = 0; cell < labels.length; cell++) {
    const [firstColumn, endColumn] = span(cell % lookSide, side, left, width);
    const [firstRow, endRow] = span(Math.floor(cell / lookSide), side, top, height);
    const sum = [0, 0, 0, 0];
    let count = 0;
    for (let y = firstRow; y < endRow; y++)
      for (let x = firstColumn; x < endColumn; x++) {
        const pixel = y * width + x;
        const share = drawnShares[pixel]!;
        for (let channel = 0; channel < 3; channel++)
          sum[channel]! += (share * bytes.rgba[pixel * 4 + channel]!) / 255;
        sum[3]! += share;
        count++;
      }
    const share = count > 0 ? sum[3]! / count : 0;
    if (share === 0) continue;
    for (let channel = 0; channel < 4; channel++) rgba[cell * 4 + channel] = sum[channel]! / count;
    if (share < drawnFrom || fills.length === 0) continue;
    const lab = oklabOfRgb(sum[0]! / sum[3]!, sum[1]! / sum[3]!, sum[2]! / sum[3]!);
    let best = 0;
    for (let fill = 1; fill < fills.length; fill++)
      if (oklabDistance(fills[fill]!.lab, lab) < oklabDistance(fills[best]!.lab, lab)) best = fill;
    labels[cell] = best + 1;
    counts[best]!++;
  }
  const regions = fills
    .map(({ lab }, at): RegionLook => ({
      slot: at + 1,
      pixels: counts[at]!,
      rgb: rgbOfOklabColour(lab),
      lab,
    }))
    .filter(({ pixels }) => pixels > 0)
    .sort((a, b) => b.pixels - a.pixels);
  return { side: lookSide, rgba, labels, regions };
}

/** Least overlap of a drawing from the front with its mirror image, and the range of the distance of its eyes / width. */
const front = { symmetry: 0.9, nearest: 0.2, farthest: 0.6 };

/** Measures the overlap of a sprite's ink with its mirror image about the middle of its box, as a share of the ink. */
function measureSymmetry({ alpha, side, box }: Sprite): number {
  const ends = Math.round((centreOf(box).x + 1) * side) - 1;
  let [shared, ink] = [0, 0];
  alpha.forEach((value, at) => {
    if (value < drawnFrom) return;
    ink++;
    const mirrored = ends - (at % side);
    if (mirrored >= 0 && mirrored < side && alpha[at - (at % side) + mirrored]! >= drawnFrom) shared++;
  });
  return ink === 0 ? 0 : shared / ink;
}

/** Adds the second eye of a drawing from the front of which one was found, such as the closed one of a wink: the mirror image of the first. */
function mirrorEye(sprite: Sprite): Sprite {
  const { eyes, box } = sprite;
  if (eyes?.distance !== 0) return sprite;
  const { x } = centreOf(box);
  const distance = 2 * Math.abs(eyes.x - x);
  const part = distance / widthOf(box);
  if (part < front.nearest || part > front.farthest || measureSymmetry(sprite) < front.symmetry)
    return sprite;
  return { ...sprite, eyes: { x, y: eyes.y, distance, extent: distance + eyes.extent } };
}

/**
 * Finds the box, eyes and surface of a picture's drawing, to place things on it. For a head without visible eyes, typical positions of
 * eyes are assumed; of a wink from the front, the second eye is the mirror image of the first.
 * @param drawnShares share of each pixel that is drawn, `[height, width]`, in [0, 1].
 * @returns undefined for a picture without drawn pixels.
 */
export function findBearer(bytes: RgbaBytes, drawnShares: Float32Array): Sprite | undefined {
  const sprite = createSpriteOfLook(lookOfBytes(bytes, drawnShares));
  if (sprite?.eyes) return mirrorEye(sprite);
  if (!sprite || !isHeadLike(sprite)) return sprite;
  const { box } = sprite;
  const width = widthOf(box);
  const eyes = {
    x: centreOf(box).x,
    y: box.top + usualEyes.height * heightOf(box),
    distance: usualEyes.distance * width,
    extent: usualEyes.extent * width,
  };
  return { ...sprite, eyes };
}
