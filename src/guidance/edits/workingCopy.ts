import type { RgbaBytes } from "../../images/index.js";

/** Returns the size of a picture whose longer side is `longest` at most, in the same proportions. */
export function reducedSizeOf(
  { width, height }: Pick<RgbaBytes, "width" | "height">,
  longest: number,
): { width: number; height: number } {
  const scale = Math.min(1, longest / Math.max(width, height));
  return {
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
  };
}

/** Lists the first pixel of each of `to` equal parts of an axis of `from` pixels, and `from` at the end; each part has a pixel. */
function listCuts(from: number, to: number): number[] {
  return Array.from({ length: to + 1 }, (_, part) => Math.floor((part * from) / to));
}

/**
 * Returns a picture whose longer side is `longest` pixels at most: means over blocks of pixels, colours weighted by alpha. A
 * picture that is small enough is returned unchanged. Memory does not grow with the picture.
 */
export function reducePicture(bytes: RgbaBytes, longest: number): RgbaBytes {
  const { width, height } = reducedSizeOf(bytes, longest);
  if (width === bytes.width && height === bytes.height) return bytes;
  const [columns, rows] = [listCuts(bytes.width, width), listCuts(bytes.height, height)];
  const out = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      let [red, green, blue, alpha] = [0, 0, 0, 0];
      for (let row = rows[y]!; row < rows[y + 1]!; row++)
        for (let column = columns[x]!; column < columns[x + 1]!; column++) {
          const at = (row * bytes.width + column) * 4;
          const weight = bytes.rgba[at + 3]!;
          red += bytes.rgba[at]! * weight;
          green += bytes.rgba[at + 1]! * weight;
          blue += bytes.rgba[at + 2]! * weight;
          alpha += weight;
        }
      const count = (rows[y + 1]! - rows[y]!) * (columns[x + 1]! - columns[x]!);
      const to = (y * width + x) * 4;
      if (alpha > 0) {
        out[to] = Math.round(red / alpha);
        out[to + 1] = Math.round(green / alpha);
        out[to + 2] = Math.round(blue / alpha);
      }
      out[to + 3] = Math.round(alpha / count);
    }
  return { width, height, rgba: out };
}

/** Returns a mask `[height, width]` of a picture as `reducePicture` reduces the picture: means over the same blocks. */
export function reduceMask(
  mask: Float32Array,
  size: Pick<RgbaBytes, "width" | "height">,
  longest: number,
): Float32Array {
  const { width, height } = reducedSizeOf(size, longest);
  if (width === size.width && height === size.height) return mask;
  const [columns, rows] = [listCuts(size.width, width), listCuts(size.height, height)];
  const out = new Float32Array(width * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let row = rows[y]!; row < rows[y + 1]!; row++)
        for (let column = columns[x]!; column < columns[x + 1]!; column++)
          sum += mask[row * size.width + column]!;
      const count = (rows[y + 1]! - rows[y]!) * (columns[x + 1]! - columns[x]!);
      out[y * width + x] = sum / count;
    }
  return out;
}
