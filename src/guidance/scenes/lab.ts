import { type Oklab, oklabDistance, oklabOfRgb } from "../../images/index.js";

const clip = (value: number): number => Math.min(1, Math.max(0, value));

/** Oklab of an sRGB colour, clipped to [0, 1]: fills may lie outside. */
export const labOf = ([red, green, blue]: readonly [number, number, number]): Oklab =>
  oklabOfRgb(clip(red), clip(green), clip(blue));

/** Chroma of a colour. */
export const chromaOf = ([, a, b]: Oklab): number => Math.hypot(a, b);

/** Difference of two colours: 100 times their distance in Oklab, so that 2 is barely visible. */
export const deltaE = (one: Oklab, other: Oklab): number => 100 * oklabDistance(one, other);

/** Whether two colours have the same hue, to within about 30 degrees. Greys match greys only. */
export function sameHue(one: Oklab, other: Oklab): boolean {
  const [own, its] = [chromaOf(one), chromaOf(other)];
  const grey = 0.04;
  if (own < grey || its < grey) return own < grey && its < grey;
  return (one[1] * other[1] + one[2] * other[2]) / (own * its) > 0.87;
}
