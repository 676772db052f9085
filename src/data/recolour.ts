/** Colours that pictures are given and called by: hue in degrees, and how saturation and value change. */
const paints = {
  red: { hue: 2, saturation: 1, value: 0.95 },
  orange: { hue: 28, saturation: 1.05, value: 1 },
  yellow: { hue: 50, saturation: 1, value: 1.05 },
  green: { hue: 125, saturation: 0.95, value: 0.85 },
  blue: { hue: 214, saturation: 1, value: 0.95 },
  purple: { hue: 276, saturation: 0.85, value: 0.9 },
  pink: { hue: 335, saturation: 0.5, value: 1.05 },
  brown: { hue: 24, saturation: 0.85, value: 0.6 },
  black: { hue: 0, saturation: 0.08, value: 0.25 },
  white: { hue: 0, saturation: 0.05, value: 1.1 },
} as const;

/** A colour that a picture can be given. */
export type Colour = keyof typeof paints;

/** All of them. */
export const colours = Object.keys(paints) as Colour[];

/** Converts an RGB pixel in [0, 255] to hue in degrees, saturation and value in [0, 1]. */
function toHsv(red: number, green: number, blue: number): [number, number, number] {
  const high = Math.max(red, green, blue);
  const spread = high - Math.min(red, green, blue);
  if (spread === 0) return [0, 0, high / 255];
  const sixth =
    high === red
      ? (green - blue) / spread
      : high === green
        ? 2 + (blue - red) / spread
        : 4 + (red - green) / spread;
  return [(60 * sixth + 360) % 360, spread / high, high / 255];
}

/** Measures the degrees between two hues, 0 to 180. */
const measureHueDistance = (one: number, other: number): number =>
  Math.abs(((one - other + 540) % 360) - 180);
const clampToRange = (value: number): number => Math.min(1, Math.max(0, value));

/** The hue that most of a picture has. */
export interface Dominant {
  /** Degrees. */
  readonly hue: number;
  /** Fraction of the pixels that are not white and have about this hue. */
  readonly share: number;
}

const bins = 36;
const nearHue = 40;

/** Finds the dominant hue of RGB bytes on white; undefined where there is little colour. */
export function findDominantHue(pixels: Uint8Array): Dominant | undefined {
  const weights = new Float64Array(bins);
  let ink = 0;
  for (let at = 0; at < pixels.length; at += 3) {
    const [hue, saturation, value] = toHsv(pixels[at]!, pixels[at + 1]!, pixels[at + 2]!);
    if (value > 0.94 && saturation < 0.06) continue;
    ink++;
    if (saturation > 0.25 && value > 0.2) weights[Math.floor(hue / (360 / bins))]! += saturation;
  }
  const smooth = Array.from(
    weights,
    (_, bin) => weights[(bin + bins - 1) % bins]! / 2 + weights[bin]! + weights[(bin + 1) % bins]! / 2,
  );
  const best = smooth.indexOf(Math.max(...smooth));
  if (smooth[best] === 0) return undefined;
  const hue = (best + 0.5) * (360 / bins);
  let same = 0;
  for (let at = 0; at < pixels.length; at += 3) {
    const [each, saturation] = toHsv(pixels[at]!, pixels[at + 1]!, pixels[at + 2]!);
    if (saturation > 0.3 && measureHueDistance(each, hue) < nearHue) same++;
  }
  return { hue, share: same / Math.max(1, ink) };
}

/** Paints what has about the dominant hue; the rest stays, so that leaves stay green. RGB bytes in and out. */
export function recolour(pixels: Uint8Array, { hue }: Pick<Dominant, "hue">, colour: Colour): Uint8Array {
  const paint = paints[colour];
  const out = Uint8Array.from(pixels); // a Buffer's slice would share memory
  for (let at = 0; at < pixels.length; at += 3) {
    const [each, saturation, value] = toHsv(pixels[at]!, pixels[at + 1]!, pixels[at + 2]!);
    const weight =
      clampToRange((saturation - 0.04) / 0.12) *
      clampToRange((nearHue + 22 - measureHueDistance(each, hue)) / 22);
    if (weight === 0) continue;
    const turned =
      (paint.hue + (paint.saturation > 0.1 ? ((each - hue + 540) % 360) - 180 : 0) / 2 + 360) % 360;
    const vivid = clampToRange(saturation * paint.saturation);
    const bright = clampToRange(1 - (1 - value) * (colour === "white" ? 0.35 : 1)) * Math.min(1, paint.value);
    // Edges against white hold white already: the less saturated, the less they darken.
    const dark = 1 - (1 - bright / Math.max(value, 1e-6)) * Math.min(1, saturation * 1.6);
    const recoloured = toRgb(turned, vivid, clampToRange(value * dark));
    for (let channel = 0; channel < 3; channel++)
      out[at + channel] = Math.round(pixels[at + channel]! * (1 - weight) + recoloured[channel]! * weight);
  }
  return out;
}

function toRgb(hue: number, saturation: number, value: number): [number, number, number] {
  const part = (offset: number): number => {
    const k = (offset + hue / 60) % 6;
    return 255 * (value - value * saturation * Math.max(0, Math.min(k, 4 - k, 1)));
  };
  return [part(5), part(3), part(1)];
}

/** Returns the colour that a hue is called by, when that is plain; undefined between colours. */
export function nameOfHue(hue: number): Colour | undefined {
  const plain: readonly Colour[] = ["red", "orange", "yellow", "green", "blue", "purple"];
  return plain.find((colour) => measureHueDistance(paints[colour].hue, hue) < 12);
}
