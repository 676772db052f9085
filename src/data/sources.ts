/** Changes of a drawing's SVG before it is drawn. */
export type Rewrite =
  /** Other colours, chosen by the icon's name: for sets whose colours say nothing about the thing. */
  | "tint"
  /** Black outlines are brown and half as wide. */
  | "thin-outline";

/** A set of drawings on npm, in Iconify's form. */
export interface IconSet {
  readonly name: string;
  readonly package: string;
  readonly version: string;
  /** How captions call the style. */
  readonly style: string;
  /** Sets of one family draw the same pictures; a split never parts them. */
  readonly family: string;
  readonly license: string;
  readonly attribution: string;
  /** Names end in a size; the largest drawing of each is taken. */
  readonly sizes?: boolean;
  /** Drawings that show no emoji are left out. */
  readonly emojiOnly?: boolean;
  /** Pattern of names that are left out. */
  readonly without?: string;
  /** Pattern of SVG elements that are removed from every drawing. */
  readonly remove?: string;
  /** Icons whose name is what the pattern's group matches; others are left out. Such sets are joined by name, not by code points. */
  readonly names?: string;
  /** Icons whose name has a word that no emoji's label or tag has are left out. */
  readonly emojiWords?: boolean;
  /** How the SVG is changed before it is drawn. */
  readonly rewrite?: Rewrite;
}

const describeIconify = (
  name: string,
  version: string,
  rest: Omit<IconSet, "name" | "package" | "version">,
): IconSet => ({
  name,
  package: `@iconify-json/${name}`,
  version,
  ...rest,
});

const noto = "Noto Emoji © Google, Apache License 2.0, github.com/googlefonts/noto-emoji";
const fluent = "Fluent Emoji © Microsoft Corporation, MIT";

/** The sets used: MIT, Apache and CC BY only. */
export const iconSets: readonly IconSet[] = [
  describeIconify("noto", "1.2.9", {
    style: "noto style",
    family: "noto",
    license: "Apache-2.0",
    attribution: noto,
  }),
  describeIconify("noto-v1", "1.2.5", {
    style: "old noto style",
    family: "noto-v1",
    license: "Apache-2.0",
    attribution: noto,
  }),
  describeIconify("twemoji", "1.2.5", {
    style: "twemoji flat style",
    family: "twemoji",
    license: "CC-BY-4.0",
    attribution:
      "Twemoji © Twitter, Inc and other contributors, CC BY 4.0, github.com/jdecked/twemoji; rasterised",
  }),
  describeIconify("emojione", "1.2.3", {
    style: "emojione style",
    family: "emojione",
    license: "CC-BY-4.0",
    attribution:
      "Emoji artwork by EmojiTwo, originally released as EmojiOne 2.2 by Ranks.com, CC BY 4.0; rasterised",
  }),
  describeIconify("fluent-emoji", "1.2.7", {
    style: "fluent 3d style",
    family: "fluent",
    license: "MIT",
    attribution: fluent,
  }),
  describeIconify("fluent-emoji-flat", "1.2.6", {
    style: "fluent flat style",
    family: "fluent",
    license: "MIT",
    attribution: fluent,
  }),
  describeIconify("fxemoji", "1.2.2", {
    style: "firefox style",
    family: "fxemoji",
    license: "CC-BY-4.0",
    attribution: "FxEmojis © 2015 Mozilla Foundation, CC BY 4.0; rasterised",
  }),
];

const describeStreamline = (title: string): string =>
  `${title} © Streamline, CC BY 4.0, github.com/webalys-hq/streamline-vectors; as regions with fills`;

/**
 * Sets for sticker data only: icons in colour whose names are real words. docs/data.md says what was left out and why. None of them
 * decides a split.
 */
export const stickerIconSets: readonly IconSet[] = [
  describeIconify("streamline-emojis", "1.2.4", {
    style: "streamline style",
    family: "streamline-emojis",
    license: "CC-BY-4.0",
    attribution: describeStreamline("Streamline Emojis"),
    emojiOnly: true,
    // A shadow on the ground, too faint to be a region.
    remove: '<path[^>]* opacity="\\.15"[^>]*/>',
  }),
  describeIconify("flat-color-icons", "1.2.3", {
    style: "flat icon style",
    family: "flat-color-icons",
    license: "MIT",
    attribution: "Flat Color Icons © Icons8, MIT",
  }),
  describeIconify("fluent-color", "1.2.21", {
    style: "fluent icon style",
    family: "fluent-color",
    license: "MIT",
    attribution: "Fluent UI System Color Icons © Microsoft Corporation, MIT",
    sizes: true,
  }),
  describeIconify("streamline-kameleon-color", "1.2.2", {
    style: "round icon style",
    family: "streamline-kameleon-color",
    license: "CC-BY-4.0",
    attribution: describeStreamline("Kameleon color icons"),
    without: "-duo$|^(?:wo)?man-",
    // The coloured disc behind every drawing.
    remove: '<path fill="#[0-9a-f]{6}" d="M2[34](?:\\.\\d+)? 4[78](?:\\.\\d+)?c13\\.255[^>]*/>',
  }),
  describeIconify("streamline-stickies-color", "1.2.2", {
    style: "stickies style",
    family: "streamline-stickies-color",
    license: "CC-BY-4.0",
    attribution: describeStreamline("Stickies color icons"),
    without: "-duo$",
  }),
  describeIconify("flat-ui", "1.2.3", {
    style: "flat ui style",
    family: "flat-ui",
    license: "MIT",
    attribution: "Flat UI Icons © Designmodo, Inc., MIT",
  }),
];

/** Where labels, tags and groups come from. */
export const labelSource = {
  package: "emojibase-data",
  version: "17.0.0",
  license: "MIT",
  attribution: "emojibase-data © 2017-2019 Miles Johnson, MIT; labels derive from Unicode CLDR",
} as const;

/** Set that is held out whole, to test on a style never seen. */
export const heldOutSet = "fxemoji";

/** Icons that are broken at their source. */
export const brokenIcons: ReadonlySet<string> = new Set(["fxemoji/heartblue", "fxemoji/tramcar"]);

/** fxemoji names that mean another emoji than their shortcode says: to its label, or dropped. */
export const renamed: Readonly<Record<string, string | undefined>> = {
  "fxemoji/cat": "cat face",
  "fxemoji/dog": "dog face",
  "fxemoji/pig": "pig face",
  "fxemoji/mouse": "mouse face",
  "fxemoji/tiger": "tiger face",
  "fxemoji/sunglasses": "smiling face with sunglasses",
  ...Object.fromEntries(
    [
      "kiss",
      "kissing",
      "couplekiss",
      "pout",
      "pouting",
      "wave",
      "bow",
      "star",
      "construction",
      "grin",
      "grinning",
    ].map((name) => [`fxemoji/${name}`, undefined]),
  ),
};
