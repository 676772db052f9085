/** A picture as float32 values in memory. */
export interface Picture {
  /** In pixels, 1 or more. */
  readonly width: number;
  /** In pixels, 1 or more. */
  readonly height: number;
  /** `[height, width, 3]`, sRGB in [0, 1]; over white where the picture is transparent. */
  readonly data: Float32Array;
  /** `[height, width]`, opacity in [0, 1], of previews; absent where it is not known. Operations on pictures drop it. */
  readonly alpha?: Float32Array | undefined;
}

/** Decoded pixels of a picture file: `[height, width, 4]`, sRGB with straight alpha. */
export interface RgbaBytes {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8Array;
}

/** Makes a picture from one batch row of `[batch, height, width, 3]` values, by default in [0, 1]. */
export function toPicture(
  values: Float32Array,
  side: number,
  row = 0,
  range: readonly [low: number, high: number] = [0, 1],
): Picture {
  const size = side * side * 3;
  const [low, high] = range;
  const data = values.slice(row * size, (row + 1) * size);
  if (low !== 0 || high !== 1) for (let at = 0; at < size; at++) data[at] = (data[at]! - low) / (high - low);
  return { width: side, height: side, data };
}

/** Converts a number in [0, 1] to a byte. Numbers outside are clamped. */
export function toByte(value: number): number {
  return Math.round(Math.min(1, Math.max(0, value)) * 255);
}

/** Converts a picture to 8-bit RGB. */
export function toRgbBytes({ data }: Picture): Uint8Array {
  const bytes = new Uint8Array(data.length); // faster than `from` with a function, which makes an intermediate list
  for (let at = 0; at < data.length; at++) bytes[at] = toByte(data[at]!);
  return bytes;
}

/** Converts a picture to 8-bit RGBA with straight alpha, which over white looks like the picture; opaque without an alpha. */
export function toRgbaBytes({ width, height, data, alpha }: Picture): RgbaBytes {
  const rgba = new Uint8Array(width * height * 4).fill(255);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const opacity = alpha ? toByte(alpha[pixel]!) / 255 : 1;
    rgba[pixel * 4 + 3] = opacity * 255;
    for (let channel = 0; channel < 3 && opacity > 0; channel++)
      rgba[pixel * 4 + channel] = toByte((data[pixel * 3 + channel]! - 1 + opacity) / opacity);
  }
  return { width, height, rgba };
}

/** Composites RGBA bytes over white and notes their alpha. */
export function toPreview(picture: RgbaBytes): Picture {
  const alpha = Float32Array.from(
    { length: picture.width * picture.height },
    (_, pixel) => picture.rgba[pixel * 4 + 3]! / 255,
  );
  return { ...compositeOnWhite(picture), alpha };
}

/** Number in [0, 1] for each byte value. */
const shares = Float32Array.from({ length: 256 }, (_, byte) => byte / 255);

/** Converts bytes to numbers in [0, 1]. @param out receives the numbers; by default a new array. */
export function sharesOf(
  bytes: Uint8Array,
  out: Float32Array = new Float32Array(bytes.length),
): Float32Array {
  for (let at = 0; at < bytes.length; at++) out[at] = shares[bytes[at]!]!;
  return out;
}

/** Composites RGBA bytes over white. */
export function compositeOnWhite({ width, height, rgba }: RgbaBytes): Picture {
  const data = new Float32Array(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const alpha = rgba[pixel * 4 + 3]! / 255;
    for (let channel = 0; channel < 3; channel++)
      data[pixel * 3 + channel] = (rgba[pixel * 4 + channel]! / 255) * alpha + 1 - alpha;
  }
  return { width, height, data };
}

/** Position of a picture on a square canvas. */
export interface Placement {
  readonly size: number;
  readonly left: number;
  readonly top: number;
}

/** Centres a picture of any aspect ratio on a white square. */
export function padToSquare(picture: Picture): { picture: Picture; placement: Placement } {
  const { width, height, data } = picture;
  const size = Math.max(width, height);
  const left = Math.floor((size - width) / 2);
  const top = Math.floor((size - height) / 2);
  if (width === height) return { picture, placement: { size, left, top } };
  const out = new Float32Array(size * size * 3).fill(1);
  for (let row = 0; row < height; row++)
    out.set(data.subarray(row * width * 3, (row + 1) * width * 3), ((row + top) * size + left) * 3);
  return { picture: { width: size, height: size, data: out }, placement: { size, left, top } };
}
