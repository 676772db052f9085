import {
  type Picture,
  type RgbaBytes,
  boxMeans,
  drawnParts,
  guidedFilter,
  onWhite,
  padToSquare,
  resizePicture,
  toByte,
} from "../../images/index.js";
import type { ChangeKind } from "./changeKind.js";

/** Changes up to this (of 1) are left out, so that what should stay does; from twice as much on they are whole. */
const quiet = 0.03;
/** Change, of 1, from which on the generator's drawing counts more than the original's. */
const redrawn = 0.04;
/** Side of the square that a change is fitted on; larger pictures get it enlarged. */
const finest = 512;

const plane = ({ data }: Picture, channel: number): Float32Array =>
  data.filter((_, at) => at % 3 === channel);

/**
 * The change on a square, `[side, side, 3]`. For colours: fitted to the original's colours, and paper stays paper. For shapes: where the
 * generator changed its picture, that picture takes the original's place.
 */
function fitChange(original: Picture, change: Picture, after: Picture, kind: ChangeKind): Float32Array {
  const { width: side, data } = original;
  const size = { width: side, height: side };
  const raw = [0, 1, 2].map((channel) => plane(change, channel).map((value) => (value - 0.5) * 2));
  if (kind === "colour") {
    const fitted = guidedFilter(raw, data, {
      ...size,
      radius: Math.max(1, Math.round(side / 16)),
      flat: 0.001,
    });
    const drawn = drawnParts(original);
    return data.map((_, at) => fitted[at % 3]![Math.floor(at / 3)]! * drawn[Math.floor(at / 3)]!);
  }
  const power = Float32Array.from({ length: side * side }, (_, pixel) =>
    raw.reduce((sum, values) => sum + values[pixel]! ** 2 / 3, 0),
  );
  const smooth = boxMeans(power, side, side, Math.max(1, Math.round(side / 32)));
  return data.map((value, at) => {
    const part = (smooth[Math.floor(at / 3)]! / redrawn ** 2) ** 2;
    return ((after.data[at]! - value) * part) / (part + 1);
  });
}

/**
 * Brings the change between two of the generator's pictures to the original at its own size. Where the mask is 0 the bytes are
 * the original's; alpha is always the original's.
 */
export async function applyChange(
  original: RgbaBytes,
  before: Picture,
  after: Picture,
  options: { kind: ChangeKind; mask?: Float32Array },
): Promise<RgbaBytes> {
  const { width, height } = original;
  const { picture, placement } = padToSquare(onWhite(original));
  const { size, left, top } = placement;
  const side = Math.min(size, finest);
  // A change is carried as a picture around mid-grey, at half its size, to be resized like one.
  const carried = (change: (at: number) => number, length: number): Float32Array =>
    Float32Array.from({ length }, (_, at) => 0.5 + change(at) / 2);
  const { data } = after;
  const change = { ...after, data: carried((at) => data[at]! - before.data[at]!, data.length) };
  const [small, wide, made] = await Promise.all([
    resizePicture(picture, side, side),
    resizePicture(change, side, side, "cubic"),
    resizePicture(after, side, side, "cubic"),
  ]);
  const fitted = fitChange(small, wide, made, options.kind);
  const large =
    side === size
      ? fitted
      : (
          await resizePicture(
            { ...small, data: carried((at) => fitted[at]!, fitted.length) },
            size,
            size,
            "cubic",
          )
        ).data.map((value) => (value - 0.5) * 2);
  const rgba = original.rgba.slice();
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const pixel = y * width + x;
      const part = options.mask?.[pixel] ?? 1;
      const alpha = rgba[pixel * 4 + 3]! / 255;
      if (part === 0 || alpha === 0) continue;
      for (let channel = 0; channel < 3; channel++) {
        const raw = large[((y + top) * size + x + left) * 3 + channel]!;
        const change = raw * Math.min(1, Math.max(0, Math.abs(raw) / quiet - 1)) * part;
        // Over white a colour shows by its alpha.
        if (change !== 0)
          rgba[pixel * 4 + channel] = toByte(rgba[pixel * 4 + channel]! / 255 + change / alpha);
      }
    }
  return { width, height, rgba };
}
