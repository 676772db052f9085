/** A colour in sRGB, each channel in [0, 1]. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** A colour named in a text. */
export interface NamedColour {
  /** The words of the text, for example `dark blue`. */
  readonly name: string;
  readonly rgb: Rgb;
}

const hex = (value: number): Rgb => [(value >> 16) / 255, ((value >> 8) & 255) / 255, (value & 255) / 255];

/** Typical values in icon sets, a little less saturated than pure sRGB. */
const values: Readonly<Record<string, Rgb>> = {
  red: hex(0xdd2e44),
  crimson: hex(0xb3122e),
  maroon: hex(0x7a1f2b),
  orange: hex(0xf58a1f),
  yellow: hex(0xfcc934),
  gold: hex(0xe0a526),
  golden: hex(0xe0a526),
  lime: hex(0xa2d93a),
  green: hex(0x4caf50),
  olive: hex(0x7c8a3a),
  turquoise: hex(0x2fc4b2),
  teal: hex(0x1b8a8a),
  cyan: hex(0x35c3e0),
  blue: hex(0x2f7fe0),
  navy: hex(0x24407e),
  indigo: hex(0x4b4bb8),
  violet: hex(0x8e5bd0),
  purple: hex(0x8e44c4),
  lavender: hex(0xb9a3e3),
  magenta: hex(0xd43ca8),
  pink: hex(0xf48fb1),
  brown: hex(0x8d5a3a),
  tan: hex(0xd2b48c),
  beige: hex(0xe8d9bd),
  black: hex(0x2b2f33),
  gray: hex(0x9aa5ad),
  grey: hex(0x9aa5ad),
  silver: hex(0xc3ccd2),
  white: hex(0xf7f9fa),
};

/** Modifiers of a colour: interpolation factor towards white (positive) or black (negative). */
const modifiers: Readonly<Record<string, number>> = {
  light: 0.4,
  pale: 0.5,
  bright: 0,
  dark: -0.4,
  deep: -0.3,
};

/** All colour words. */
export const colourWords: ReadonlySet<string> = new Set(Object.keys(values));

function shaded(rgb: Rgb, amount: number): Rgb {
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
  const rgb = shaded(values[words[at]!]!, isModified ? modifiers[modifier]! : 0);
  const from = isModified ? at - 1 : at;
  return {
    words: [...words.slice(0, from), ...words.slice(at + 1)],
    colour: { name: words.slice(from, at + 1).join(" "), rgb },
  };
}
