import type { Random } from "../tensor/index.js";
import { cutOut, paste } from "./paste.js";
import { type Colour, colours, dominantHue, nameOfHue, recolour } from "./recolour.js";
import type { EmojiItem } from "./store.js";

/** Captioned pictures, RGB bytes `[items, 64, 64, 3]`. */
export interface Composed {
  readonly items: readonly EmojiItem[];
  readonly images: Uint8Array;
}

const side = 64;
const bytes = side * side * 3;
const colourWords = new Set<string>([...colours, "gray", "grey", "light", "dark", "medium"]);

/** Sources by kind: another colour; one item on another; two side by side. */
const shares = { recoloured: 0.45, on: 0.85 };
/** Things whose names would not be understood in a caption of two things. */
const unfit = /people body|symbols|flags/;

/** Things that sit on top of others. */
const headwear = /\b(?:hat|cap|crown|helmet)\b/;

/** Words of a caption that say something. */
const wordsOf = (text: string): string[] =>
  text
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "" && !/^(?:a|an|the|with|and|on|of)$/.test(word));

/** A label without its colours. */
function uncoloured(label: string): string {
  return label
    .split(" ")
    .filter((word) => !colourWords.has(word))
    .join(" ");
}

/**
 * Pictures that no icon set has, with captions to match: things in other colours, things on things, things side by side. They
 * come in pairs that share a thing and differ in one word, so that a contrastive batch with both must use that word.
 * @param held Prompts kept for measuring: no caption holds all words of one of them.
 * @returns `count` pictures, an even number; item `2 k` and `2 k + 1` are a pair.
 */
export function compose(
  items: readonly EmojiItem[],
  pictureOf: (item: number) => Uint8Array,
  { count, held: heldTexts, random }: { count: number; held: readonly string[]; random: Random },
): Composed {
  const heldOutWords = heldTexts.map(wordsOf);
  const isHeld = (caption: string): boolean => {
    const words = new Set(wordsOf(caption));
    return heldOutWords.some((list) => list.every((word) => words.has(word)));
  };
  const nameable = items.flatMap(({ label, group }, at) =>
    !unfit.test(group) && label.split(" ").length <= 3 && uncoloured(label) !== "" ? [at] : [],
  );
  const out: { item: EmojiItem; pixels: Uint8Array }[] = [];
  const images = new Uint8Array(Math.ceil(count / 2) * 2 * bytes);
  const draw = (): number => nameable[random.integer(nameable.length)]!;
  const other = (not: number): number => {
    for (;;) {
      const at = draw();
      if (items[at]!.concept !== items[not]!.concept) return at;
    }
  };
  const add = (pair: readonly { caption: string; of: number; pixels: Uint8Array }[]): void => {
    const captions = new Set(pair.map(({ caption }) => caption));
    if (captions.size < 2 || pair.some(({ caption }) => isHeld(caption))) return;
    for (const { caption, of, pixels } of pair) {
      images.set(pixels, out.length * bytes);
      const { style, set, group, subgroup, split } = items[of]!;
      const id = `composed/${out.length}`;
      const item = {
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

  function painted(of: number, colour: Colour): { name: string; pixels: Uint8Array } | undefined {
    const pixels = pictureOf(of);
    const dominant = dominantHue(pixels);
    if (dominant === undefined || dominant.share < 0.4) return undefined;
    return { name: `${colour} ${uncoloured(items[of]!.label)}`, pixels: recolour(pixels, dominant, colour) };
  }

  function inTwoColours(of: number) {
    const own = dominantHue(pictureOf(of));
    const ownName = own && own.share > 0.55 ? nameOfHue(own.hue) : undefined;
    const [first, second] = [...random.permutation(colours.length)]
      .map((at) => colours[at]!)
      .filter((each) => each !== ownName);
    const layers = [painted(of, first!)];
    if (ownName !== undefined && random.uniform() < 0.35)
      layers.push({ name: `${ownName} ${uncoloured(items[of]!.label)}`, pixels: pictureOf(of) });
    else layers.push(painted(of, second!));
    return layers.flatMap((each) => (each ? [{ caption: each.name, of, pixels: each.pixels }] : []));
  }

  /** An item by its name, sometimes in another colour. */
  function thing(of: number): { name: string; pixels: Uint8Array } {
    const plain = { name: items[of]!.label, pixels: pictureOf(of) };
    if (random.uniform() > 0.3) return plain;
    return painted(of, colours[random.integer(colours.length)]!) ?? plain;
  }

  function thingsOn(of: number) {
    const below = thing(of);
    const [one, two] = [other(of), other(of)];
    const corner = random.uniform() < 0.4;
    const shift = 0.12 * (random.uniform() - 0.5);
    const place = {
      x: (corner ? 0.72 : 0.5) + 0.08 * (random.uniform() - 0.5),
      y: (corner ? 0.72 : 0.5) + shift,
      size: (corner ? 0.5 : 0.46) + 0.12 * random.uniform(),
    };
    const reversed = random.uniform() < 0.4;
    return [
      { base: below, baseOf: of, top: one },
      reversed
        ? { base: { name: items[one]!.label, pixels: pictureOf(one) }, baseOf: one, top: of }
        : { base: below, baseOf: of, top: two },
    ].flatMap(({ base, baseOf, top }) => {
      const piece = cutOut(pictureOf(top), side);
      if (!piece) return [];
      const pixels = Uint8Array.from(base.pixels);
      const isHeadwear = headwear.test(items[top]!.label);
      paste(pixels, side, piece, isHeadwear ? { ...place, x: 0.5, y: 0.2 + shift / 2 } : place);
      return [{ caption: `${base.name} with ${items[top]!.label}`, of: baseOf, pixels }];
    });
  }

  function sideBySide(of: number) {
    const first = thing(of);
    const size = 0.46 + 0.08 * random.uniform();
    const shift = 0.14 * (random.uniform() - 0.5);
    return [other(of), other(of)].flatMap((second) => {
      const pieces = [cutOut(first.pixels, side), cutOut(pictureOf(second), side)];
      if (!pieces[0] || !pieces[1]) return [];
      const pixels = new Uint8Array(bytes).fill(255);
      paste(pixels, side, pieces[0], { x: 0.27, y: 0.5 + shift, size });
      paste(pixels, side, pieces[1], { x: 0.73, y: 0.5 - shift, size });
      return [{ caption: `${first.name} and ${items[second]!.label}`, of, pixels }];
    });
  }
}
