import type { Random } from "../tensor/index.js";
import { cutOut, paste } from "./paste.js";
import { type Colour, colours, findDominantHue, nameOfHue, recolour } from "./recolour.js";
import type { EmojiItem } from "./emojiData.js";

/** Labels of a composed picture. */
export interface ComposedItem extends EmojiItem {
  /** A wrong label with the same words in another order: colours or things are exchanged. */
  readonly swapped?: string;
}

/** A thing of a composed picture. */
interface Thing {
  readonly of: number;
  /** Colour that it was painted in; undefined where it has its own. */
  readonly colour?: Colour;
  readonly noun: string;
  readonly pixels: Uint8Array;
}

/** A picture to add, by the item that its set and group come from. */
interface Addition {
  readonly caption: string;
  readonly swapped?: string | undefined;
  readonly of: number;
  readonly pixels: Uint8Array;
}

/** Captioned pictures, RGB bytes `[items, 64, 64, 3]`. */
export interface Composed {
  readonly items: readonly ComposedItem[];
  readonly images: Uint8Array;
}

const pictureSide = 64;
const bytes = pictureSide * pictureSide * 3;
const colourWords = new Set<string>([...colours, "gray", "grey", "light", "dark", "medium"]);

/** Sources by kind: another colour; one item on another; two side by side. */
const shares = { recoloured: 0.35, on: 0.65 };
/** Share of the things in a picture of two that get another colour. */
const paintedShare = 0.4;
/** Things whose names would not be understood in a caption of two things. */
const unfit = /people body|symbols|flags/;

/** Things that sit on top of others. */
const headwear = /\b(?:hat|cap|crown|helmet)\b/;

/** Lists the words of a caption that say something. */
const listContentWords = (text: string): string[] =>
  text
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "" && !/^(?:a|an|the|with|and|on|of)$/.test(word));

const nameOf = ({ colour, noun }: Pick<Thing, "colour" | "noun">): string =>
  colour === undefined ? noun : `${colour} ${noun}`;

/** Returns the names of two things with their colours exchanged; undefined where that says the same or could be true. */
function exchangeColours(one: Thing, other: Thing): [string, string] | undefined {
  if (one.colour === other.colour) return undefined;
  const plain = [one, other].find(({ colour }) => colour === undefined);
  if (plain) {
    const own = findDominantHue(plain.pixels);
    const isAlready = own !== undefined && nameOfHue(own.hue) === (one.colour ?? other.colour);
    if (isAlready || removeColourWords(plain.noun) !== plain.noun) return undefined;
  }
  return [nameOf({ ...one, colour: other.colour }), nameOf({ ...other, colour: one.colour })];
}

/** Removes colour words, and "light", "dark" and "medium", from a label; returns "" if nothing else is in it. */
function removeColourWords(label: string): string {
  return label
    .split(" ")
    .filter((word) => !colourWords.has(word))
    .join(" ");
}

/** Pictures, the other items to combine them with, and the random numbers of their places and colours. */
interface PairSource {
  readonly items: readonly EmojiItem[];
  readonly pictureOf: (item: number) => Uint8Array;
  /** Draws an item of another concept. */
  readonly drawOther: (item: number) => number;
  readonly random: Random;
}

/** Creates the functions that make a pair of additions with an item; they return fewer than two where the drawings do not allow it. */
function createPairs({
  items,
  pictureOf,
  drawOther,
  random,
}: PairSource): Readonly<Record<"inTwoColours" | "thingsOn" | "sideBySide", (of: number) => Addition[]>> {
  return { inTwoColours, thingsOn, sideBySide };

  function painted(of: number, colour: Colour): Thing | undefined {
    const pixels = pictureOf(of);
    const dominant = findDominantHue(pixels);
    if (dominant === undefined || dominant.share < 0.4) return undefined;
    return {
      of,
      colour,
      noun: removeColourWords(items[of]!.label),
      pixels: recolour(pixels, dominant, colour),
    };
  }

  function inTwoColours(of: number): Addition[] {
    const own = findDominantHue(pictureOf(of));
    const ownName = own && own.share > 0.55 ? nameOfHue(own.hue) : undefined;
    const [first, second] = [...random.permute(colours.length)]
      .map((at) => colours[at]!)
      .filter((each) => each !== ownName);
    const noun = removeColourWords(items[of]!.label);
    const isNamed = ownName !== undefined && random.uniform() < 0.35;
    const things = [
      painted(of, first!),
      isNamed ? { of, colour: ownName, noun, pixels: pictureOf(of) } : painted(of, second!),
    ];
    return things.flatMap((each) => (each ? [{ caption: nameOf(each), of, pixels: each.pixels }] : []));
  }

  /** Returns an item by its name, sometimes in another colour. */
  function thing(of: number): Thing {
    const plain = { of, noun: items[of]!.label, pixels: pictureOf(of) };
    if (random.uniform() > paintedShare) return plain;
    return painted(of, colours[random.integer(colours.length)]!) ?? plain;
  }

  function thingsOn(of: number): Addition[] {
    const below = thing(of);
    const [one, two] = [thing(drawOther(of)), thing(drawOther(of))];
    const corner = random.uniform() < 0.4;
    const shift = 0.12 * (random.uniform() - 0.5);
    const place = {
      x: (corner ? 0.72 : 0.5) + 0.08 * (random.uniform() - 0.5),
      y: (corner ? 0.72 : 0.5) + shift,
      size: (corner ? 0.5 : 0.46) + 0.12 * random.uniform(),
    };
    const isReversed = random.uniform() < 0.4;
    return [
      { base: below, top: one },
      isReversed ? { base: one, top: below } : { base: below, top: two },
    ].flatMap(({ base, top }) => {
      const piece = cutOut(top.pixels, pictureSide);
      if (!piece) return [];
      const pixels = Uint8Array.from(base.pixels);
      const isHeadwear = headwear.test(items[top.of]!.label);
      paste(pixels, pictureSide, piece, isHeadwear ? { ...place, x: 0.5, y: 0.2 + shift / 2 } : place);
      const caption = `${nameOf(base)} with ${nameOf(top)}`;
      const swapped = exchangeColours(base, top)?.join(" with ") ?? `${nameOf(top)} with ${nameOf(base)}`;
      return [{ caption, swapped, of: base.of, pixels }];
    });
  }

  function sideBySide(of: number): Addition[] {
    const first = thing(of);
    const size = 0.46 + 0.08 * random.uniform();
    const shift = 0.14 * (random.uniform() - 0.5);
    return [thing(drawOther(of)), thing(drawOther(of))].flatMap((second) => {
      const pieces = [cutOut(first.pixels, pictureSide), cutOut(second.pixels, pictureSide)];
      if (!pieces[0] || !pieces[1]) return [];
      const pixels = new Uint8Array(bytes).fill(255);
      paste(pixels, pictureSide, pieces[0], { x: 0.27, y: 0.5 + shift, size });
      paste(pixels, pictureSide, pieces[1], { x: 0.73, y: 0.5 - shift, size });
      const swapped = exchangeColours(first, second)?.join(" and ");
      return [{ caption: `${nameOf(first)} and ${nameOf(second)}`, swapped, of, pixels }];
    });
  }
}

/**
 * Composes pictures that no icon set has, with captions to match: things in other colours, things on things, things side by
 * side. They come in pairs that share a thing and differ in one word, so that a contrastive batch with both must use that word.
 * @param held Prompts kept for measuring: no caption holds all words of one of them.
 * @returns `count` pictures, an even number; item `2 k` and `2 k + 1` are a pair.
 */
export function compose(
  items: readonly EmojiItem[],
  pictureOf: (item: number) => Uint8Array,
  { count, held: heldTexts, random }: { count: number; held: readonly string[]; random: Random },
): Composed {
  const heldOutWords = heldTexts.map(listContentWords);
  const isHeld = (caption: string): boolean => {
    const words = new Set(listContentWords(caption));
    return heldOutWords.some((list) => list.every((word) => words.has(word)));
  };
  const nameable = items.flatMap(({ label, group }, at) =>
    !unfit.test(group) && label.split(" ").length <= 3 && removeColourWords(label) !== "" ? [at] : [],
  );
  const out: { item: ComposedItem; pixels: Uint8Array }[] = [];
  const images = new Uint8Array(Math.ceil(count / 2) * 2 * bytes);
  const draw = (): number => nameable[random.integer(nameable.length)]!;
  const drawOther = (item: number): number => {
    for (;;) {
      const at = draw();
      if (items[at]!.concept !== items[item]!.concept) return at;
    }
  };
  const { inTwoColours, thingsOn, sideBySide } = createPairs({ items, pictureOf, drawOther, random });
  const add = (pair: readonly Addition[]): void => {
    const captions = new Set(pair.map(({ caption }) => caption));
    if (captions.size < 2 || pair.some(({ caption }) => isHeld(caption))) return;
    for (const { caption, swapped, of, pixels } of pair) {
      images.set(pixels, out.length * bytes);
      const { style, set, group, subgroup, split } = items[of]!;
      const id = `composed/${out.length}`;
      const item: ComposedItem = {
        id,
        set,
        style,
        icon: "",
        hexcode: "",
        concept: caption,
        label: caption,
        tags: [],
        group,
        subgroup,
        split,
        ...(swapped === undefined || captions.has(swapped) ? {} : { swapped }),
      };
      out.push({ item, pixels });
    }
  };
  while (out.length < count) {
    const of = draw();
    const kind = random.uniform();
    if (kind < shares.recoloured) add(inTwoColours(of));
    else if (kind < shares.on) add(thingsOn(of));
    else add(sideBySide(of));
  }
  return { items: out.map(({ item }) => item), images };
}
