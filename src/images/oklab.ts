/** A colour in Oklab: L in [0, 1], a and b approximately in ±0.3. */
export type Oklab = readonly [lightness: number, a: number, b: number];

const linearOf = (value: number): number =>
  value > 0.04045 ? ((value + 0.055) / 1.055) ** 2.4 : value / 12.92;
const curvedOf = (value: number): number => {
  const inside = Math.min(1, Math.max(0, value));
  return inside > 0.0031308 ? 1.055 * inside ** (1 / 2.4) - 0.055 : inside * 12.92;
};

/**
 * Converts an sRGB colour to Oklab; channels in [0, 1].
 * Source: Ottosson 2020, "A perceptual color space for image processing".
 */
export function oklabOfRgb(red: number, green: number, blue: number): Oklab {
  const [r, g, b] = [linearOf(red), linearOf(green), linearOf(blue)];
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

/** Converts an Oklab colour to sRGB, clipped to [0, 1]. */
export function rgbOfOklabColour([lightness, a, b]: Oklab): [red: number, green: number, blue: number] {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    curvedOf(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    curvedOf(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    curvedOf(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

/** Computes the distance of two Oklab colours. */
export const oklabDistance = (one: Oklab, other: Oklab): number =>
  Math.hypot(one[0] - other[0], one[1] - other[1], one[2] - other[2]);
