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
  burgundy: parseHex(0x6d1f33),
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
  aqua: parseHex(0x45c8d8),
  blue: parseHex(0x2f7fe0),
  navy: parseHex(0x24407e),
  indigo: parseHex(0x4b4bb8),
  violet: parseHex(0x8e5bd0),
  purple: parseHex(0x8e44c4),
  lavender: parseHex(0xb9a3e3),
  lilac: parseHex(0xc4a3dd),
  mauve: parseHex(0xb38bb8),
  magenta: parseHex(0xd43ca8),
  fuchsia: parseHex(0xd63384),
  pink: parseHex(0xf48fb1),
  brown: parseHex(0x8d5a3a),
  ochre: parseHex(0xc48a2c),
  khaki: parseHex(0xb5a878),
  taupe: parseHex(0x8f8073),
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
  neon: 0,
  pastel: 0.45,
  dark: -0.4,
  deep: -0.3,
};

/** Shades of a colour that are named by a thing: interpolation factors, as in `modifiers`. */
const shades: Readonly<Record<string, number>> = {
  "sky blue": 0.4,
  "baby blue": 0.5,
  "ice blue": 0.6,
  "royal blue": -0.15,
  "midnight blue": -0.6,
  "mint green": 0.45,
  "forest green": -0.35,
  "emerald green": -0.15,
  "hot pink": -0.15,
  "baby pink": 0.4,
  "blood red": -0.3,
  "cherry red": -0.1,
  "ruby red": -0.2,
  "lemon yellow": 0.15,
  "rose gold": 0.2,
  "jet black": -0.3,
  "snow white": 0,
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
 * (`an orange`). Of two colours in a row, the first one is a shade of the second (`lime green`).
 * @param words in lower case.
 * @returns the remaining words, and the colour if there is one.
 * @example takeColour(["dark", "blue", "car"]) // { words: ["car"], colour: { name: "dark blue", rgb: … } }
 */
export function takeColour(words: readonly string[]): { words: readonly string[]; colour?: NamedColour } {
  const isColour = (at: number): boolean => at < words.length - 1 && Object.hasOwn(values, words[at]!);
  const at = words.findIndex((_, index) => isColour(index));
  if (at < 0) return { words };
  const modifier = at > 0 ? words[at - 1]! : "";
  const shade = `${modifier} ${words[at]!}`;
  const amount = Object.hasOwn(modifiers, modifier) ? modifiers[modifier] : Object.hasOwn(shades, shade) ? shades[shade] : undefined; // prettier-ignore
  const from = amount === undefined ? at : at - 1;
  const end = isColour(at + 1) && words[at + 1] !== words[at] ? at + 2 : at + 1;
  return {
    words: [...words.slice(0, from), ...words.slice(end)],
    colour: { name: words.slice(from, end).join(" "), rgb: shadeColour(values[words[at]!]!, amount ?? 0) },
  };
}
