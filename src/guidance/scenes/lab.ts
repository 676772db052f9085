/** A colour in Oklab: lightness in [0, 1], a and b approximately in ±0.3. */
export type LabColour = readonly [lightness: number, a: number, b: number];

const linear = (value: number): number => {
  const inside = Math.min(1, Math.max(0, value));
  return inside > 0.04045 ? ((inside + 0.055) / 1.055) ** 2.4 : inside / 12.92;
};

/** Converts sRGB in [0, 1] to Oklab. Source: Ottosson 2020, "A perceptual color space for image processing". */
export function labOf([red, green, blue]: readonly [number, number, number]): LabColour {
  const [r, g, b] = [linear(red), linear(green), linear(blue)];
  const long = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const middle = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const short = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * long + 0.793617785 * middle - 0.0040720468 * short,
    1.9779984951 * long - 2.428592205 * middle + 0.4505937099 * short,
    0.0259040371 * long + 0.7827717662 * middle - 0.808675766 * short,
  ];
}

/** Chroma of a colour. */
export const chromaOf = ([, a, b]: LabColour): number => Math.hypot(a, b);

/** Difference of two colours: 100 times their distance in Oklab, so that 2 is barely visible. */
export const deltaE = (one: LabColour, other: LabColour): number =>
  100 * Math.hypot(...one.map((value, at) => value - other[at]!));

/** Whether two colours have the same hue, to within about 30 degrees; greys have the same hue as greys alone. */
export function sameHue(one: LabColour, other: LabColour): boolean {
  const [own, its] = [chromaOf(one), chromaOf(other)];
  const grey = 0.04;
  if (own < grey || its < grey) return own < grey && its < grey;
  return (one[1] * other[1] + one[2] * other[2]) / (own * its) > 0.87;
}
