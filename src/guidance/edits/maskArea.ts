import { type RgbaBytes, padToSquare, resizePicture } from "../../images/index.js";
import { type Box, wholeBox } from "../objectives/views.js";

/** Margin of the box around the mask on each side, in pixels of the square. */
const margin = 2;

/**
 * Returns the bounding box of the pixels that a mask allows to change, as fractions of the square; the whole square if these are
 * none or all.
 */
export function findMaskBox(mask: Float32Array, side: number): Box {
  let [left, right, top, bottom] = [side, -1, side, -1];
  mask.forEach((value, index) => {
    if (value < 0.5) return;
    const [x, y] = [index % side, Math.floor(index / side)];
    [left, right] = [Math.min(left, x), Math.max(right, x)];
    [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
  });
  if (right < 0) return wholeBox;
  [left, top] = [Math.max(0, left - margin), Math.max(0, top - margin)];
  [right, bottom] = [Math.min(side - 1, right + margin), Math.min(side - 1, bottom + margin)];
  return {
    left: left / side,
    top: top / side,
    width: (right - left + 1) / side,
    height: (bottom - top + 1) / side,
  };
}

/**
 * Resizes a picture's mask (one value per pixel, 0 to 1, 1 may change) to the generator's square, `[side · side]`, in steps of 1/255; 0
 * outside the picture.
 */
export async function fitMaskToSquare(
  mask: Float32Array,
  { width, height }: Pick<RgbaBytes, "width" | "height">,
  side: number,
): Promise<Float32Array> {
  const data = Float32Array.from(
    { length: width * height * 3 },
    (_, index) => 1 - mask[Math.floor(index / 3)]!,
  );
  const { picture } = padToSquare({ width, height, data }); // inverted, because the padding is white (1), which then becomes 0
  const small = await resizePicture(picture, side, side);
  return Float32Array.from({ length: side * side }, (_, pixel) => 1 - small.data[pixel * 3]!);
}
