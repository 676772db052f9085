import type { RgbaBytes } from "./picture.js";

/** Parses `white`, `#rgb` or `#rrggbb` to R, G and B; undefined for other texts. */
export function parseColour(text: string): readonly [number, number, number] | undefined {
  if (text === "white") return [255, 255, 255];
  const [, digits] = /^#((?:[0-9a-f]{3}){1,2})$/i.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const whole = digits.length === 3 ? digits.replace(/./g, "$&$&") : digits;
  const byte = (at: number): number => parseInt(whole.slice(at, at + 2), 16);
  return [byte(0), byte(2), byte(4)];
}

/** Composites a picture over a plain colour. The result is opaque. */
export function compositeOverColour(
  { width, height, rgba }: RgbaBytes,
  colour: readonly [number, number, number],
): RgbaBytes {
  const out = new Uint8Array(rgba.length);
  for (let at = 0; at < rgba.length; at += 4) {
    const alpha = rgba[at + 3]! / 255;
    for (let channel = 0; channel < 3; channel++)
      out[at + channel] = Math.round(rgba[at + channel]! * alpha + colour[channel]! * (1 - alpha));
    out[at + 3] = 255;
  }
  return { width, height, rgba: out };
}

/** Larger than any squared distance in a picture. */
const unreached = 1e20;

/**
 * Computes squared distances along a line, in place, by the lower envelope of parabolas.
 * Source: Felzenszwalb & Huttenlocher, Distance Transforms of Sampled Functions (2012), §2.1.
 */
function transformLine(
  field: Float32Array,
  { offset, stride, length }: { offset: number; stride: number; length: number },
  scratch: { values: Float64Array; places: Int32Array; bounds: Float64Array },
): void {
  const { values, places, bounds } = scratch;
  let count = 0;
  for (let at = 0; at < length; at++) {
    const value = (values[at] = field[offset + at * stride]!);
    if (value >= unreached) continue;
    let bound = -Infinity;
    while (count > 0) {
      const place = places[count - 1]!;
      bound = (value - values[place]! + at * at - place * place) / (2 * (at - place));
      if (bound > bounds[count - 1]!) break;
      count--;
    }
    if (count === 0) bound = -Infinity;
    places[count] = at;
    bounds[count++] = bound;
  }
  if (count === 0) return;
  for (let at = 0, nearest = 0; at < length; at++) {
    while (nearest + 1 < count && bounds[nearest + 1]! < at) nearest++;
    const place = places[nearest]!;
    field[offset + at * stride] = values[place]! + (at - place) ** 2;
  }
}

/**
 * Computes the squared distance of each pixel from the picture's ink. The alpha of a partly covered pixel gives its distance from
 * the edge, within half a pixel.
 */
function computeSquaredDistances({ width, height, rgba }: RgbaBytes): Float32Array {
  const field = new Float32Array(width * height);
  for (let pixel = 0; pixel < field.length; pixel++) {
    const alpha = rgba[pixel * 4 + 3]! / 255;
    field[pixel] = alpha <= 0 ? unreached : Math.max(0, 0.5 - alpha) ** 2;
  }
  const longest = Math.max(width, height);
  const scratch = {
    values: new Float64Array(longest),
    places: new Int32Array(longest),
    bounds: new Float64Array(longest),
  };
  for (let x = 0; x < width; x++) transformLine(field, { offset: x, stride: width, length: height }, scratch);
  for (let y = 0; y < height; y++)
    transformLine(field, { offset: y * width, stride: 1, length: width }, scratch);
  return field;
}

/**
 * Adds a white border around a picture's ink.
 * @param thickness of the border, in pixels.
 */
export function addBorder(picture: RgbaBytes, thickness: number): RgbaBytes {
  const { width, height, rgba } = picture;
  const distances = computeSquaredDistances(picture);
  const out = new Uint8Array(rgba.length);
  for (let pixel = 0; pixel < distances.length; pixel++) {
    const at = pixel * 4;
    const alpha = rgba[at + 3]! / 255;
    const border = Math.min(1, Math.max(0, thickness + 0.5 - Math.sqrt(distances[pixel]!)));
    const rest = (1 - alpha) * border;
    const whole = alpha + rest;
    if (whole === 0) continue;
    for (let channel = 0; channel < 3; channel++)
      out[at + channel] = Math.round((rgba[at + channel]! * alpha + 255 * rest) / whole);
    out[at + 3] = Math.round(whole * 255);
  }
  return { width, height, rgba: out };
}
