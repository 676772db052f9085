/** A colour in sRGB, each channel in [0, 1]. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** A colour named in a text. */
export interface NamedColour {
  /** The words of the text, for example `dark blue`. */
  readonly name: string;
  readonly rgb: Rgb;
}

const parseHex = (value: number): Rgb => [
  (value >> 16) / 255,
  ((value >> 8) & 255) / 255,
  (value & 255) / 255,
];

/** Typical values in icon sets, a little less saturated than pure sRGB. */
const values: Readonly<Record<string, Rgb>> = {
  red: parseHex(0xdd2e44),
  crimson: parseHex(0xb3122e),
  scarlet: parseHex(0xd81f2f),
  maroon: parseHex(0x7a1f2b),
  orange: parseHex(0xf58a1f),
  yellow: parseHex(0xfcc934),
  gold: parseHex(0xe0a526),
  golden: parseHex(0xe0a526),
  lime: parseHex(0xa2d93a),
  green: parseHex(0x4caf50),
  olive: parseHex(0x7c8a3a),
  turquoise: parseHex(0x2fc4b2),
  teal: parseHex(0x1b8a8a),
  cyan: parseHex(0x35c3e0),
  blue: parseHex(0x2f7fe0),
  navy: parseHex(0x24407e),
  indigo: parseHex(0x4b4bb8),
  violet: parseHex(0x8e5bd0),
  purple: parseHex(0x8e44c4),
  lavender: parseHex(0xb9a3e3),
  lilac: parseHex(0xc4a3dd),
  mauve: parseHex(0xb38bb8),
  magenta: parseHex(0xd43ca8),
  pink: parseHex(0xf48fb1),
  brown: parseHex(0x8d5a3a),
  khaki: parseHex(0xb5a878),
  tan: parseHex(0xd2b48c),
  beige: parseHex(0xe8d9bd),
  black: parseHex(0x2b2f33),
  charcoal: parseHex(0x474c52),
  gray: parseHex(0x9aa5ad),
  grey: parseHex(0x9aa5ad),
  bronze: parseHex(0xb0793a),
  copper: parseHex(0xc06c3e),
  silver: parseHex(0xc3ccd2),
  white: parseHex(0xf7f9fa),
};

/** Modifiers of a colour: interpolation factor towards white (positive) or black (negative). */
const modifiers: Readonly<Record<string, number>> = {
  light: 0.4,
  pale: 0.5,
  bright: 0,
  dark: -0.4,
  deep: -0.3,
};

/** Lightest value of a drawing's main colour: lighter ones are not visible on white. */
const whiteOnPaper: Rgb = parseHex(0xe3e9ef);

/** Returns a colour as it is drawn on white paper: white is a light grey, as icon sets draw white things. */
export const shadeForPaper = (rgb: Rgb): Rgb => (Math.min(...rgb) > 0.93 ? whiteOnPaper : rgb);

/** All colour words. */
export const colourWords: ReadonlySet<string> = new Set(Object.keys(values));

function shadeColour(rgb: Rgb, amount: number): Rgb {
  const goal = amount > 0 ? 1 : 0;
  const mix = (channel: number): number => channel + (goal - channel) * Math.abs(amount);
  return [mix(rgb[0]), mix(rgb[1]), mix(rgb[2])];
}

/**
 * Removes the first colour and its modifier from a list of words. The last word is never a colour, since it names the thing
 * (`an orange`).
 * @param words in lower case.
 * @returns the remaining words, and the colour if there is one.
 * @example takeColour(["dark", "blue", "car"]) // { words: ["car"], colour: { name: "dark blue", rgb: … } }
 */
export function takeColour(words: readonly string[]): { words: readonly string[]; colour?: NamedColour } {
  const at = words.findIndex((word, index) => index < words.length - 1 && Object.hasOwn(values, word));
  if (at < 0) return { words };
  const modifier = at > 0 ? words[at - 1]! : "";
  const isModified = Object.hasOwn(modifiers, modifier);
  const rgb = shadeColour(values[words[at]!]!, isModified ? modifiers[modifier]! : 0);
  const from = isModified ? at - 1 : at;
  return {
    words: [...words.slice(0, from), ...words.slice(at + 1)],
    colour: { name: words.slice(from, at + 1).join(" "), rgb },
  };
}
