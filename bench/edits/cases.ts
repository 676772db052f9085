/** The edits of the benchmark: drawings of the held-out style, and texts that are made from their labels by seed. */
import { type StickerData, type StickerItem, heldOutSet, regionSide } from "../../src/data/index.js";
import type { RgbaBytes } from "../../src/images/index.js";
import { oklabDistance, oklabOfRgb } from "../../src/images/index.js";
import { type Concept, type Rgb, takeColour } from "../../src/prompts/index.js";
import { createRandom } from "../../src/tensor/index.js";

/** Kinds of edits. */
export const kinds = ["colour", "object", "add", "style"] as const;
export type Kind = (typeof kinds)[number];

/** One edit. */
export interface Case {
  readonly kind: Kind;
  /** Index of the source into the data's items. */
  readonly item: number;
  readonly from: string;
  readonly to: string;
  /** Words of what the edit names, alone. */
  readonly named: string;
  /** Label of the thing that a copied drawing would show, and its set. */
  readonly target: { readonly label: string; readonly set: string };
  /** Colour that the text names; in changes of colour. */
  readonly colour?: Rgb;
}

/** Side of the sources, in pixels: the data's drawings at half their size, with soft edges. */
export const sourceSide = regionSide / 2;

const colourNames = ["red", "orange", "yellow", "green", "blue", "purple", "pink", "brown", "black"];
const additions: readonly (readonly [phrase: string, label: string])[] = [
  ["wearing a top hat", "top hat"],
  ["with a crown", "crown"],
  ["wearing sunglasses", "sunglasses"],
  ["wearing glasses", "glasses"],
  ["with a red bow", "ribbon"],
  ["wearing a scarf", "scarf"],
  ["holding a balloon", "balloon"],
  ["holding a rose", "rose"],
];
/** Words of an added thing without its relation. */
const thingOf = (phrase: string): string => phrase.replace(/^\w+ /, "");
const styles: readonly (readonly [style: string, set: string])[] = [
  ["noto style", "noto"],
  ["twemoji flat style", "twemoji"],
  ["fluent flat style", "fluent-emoji-flat"],
];
/** Drawings without a thing of their own. */
const unfitGroups = new Set(["symbols", "flags"]);
const bearers = /^(?:animal (?:mammal|bird|amphibian)|face )/;

/** The label of a thing as a sentence says it, without a colour. */
function nounOf(label: string): string {
  const words = label.toLowerCase().split(" ");
  return takeColour([...words]).words.join(" ");
}
const articled = (noun: string): string => `${/^[aeiou]/.test(noun) ? "an" : "a"} ${noun}`;

/**
 * Numbers of the regions that are the thing where another one is larger (windows, wheels, sky, sea), by label; by visual inspection of
 * the reported sources.
 */
const thingRegions: Readonly<Record<string, number>> = {
  bicycle: 2,
  "fishing pole": 2,
  "framed picture": 2,
  "light rail": 3,
  lipstick: 2,
  "oncoming bus": 2,
  "roller coaster": 3,
  ship: 3,
  "shooting star": 2,
  tent: 3,
  tram: 2,
};

/** The region of an edit's thing, with its mean colour, as `mainColour`. */
export const thingColour = (data: StickerData, item: number): ReturnType<typeof mainColour> =>
  mainColour(data, item, thingRegions[data.items[item]!.label]);

/** Mean colour of a region, the largest when absent, sRGB in [0, 1], and its share of the ink. */
export function mainColour(
  data: StickerData,
  item: number,
  given?: number,
): { rgb: Rgb; share: number; region: number } {
  const labels = data.labels(item);
  const { fills } = data.items[item]!;
  const counts = new Array<number>(fills.length + 1).fill(0);
  const sums = fills.map((): [number, number] => [0, 0]);
  labels.forEach((label, at) => {
    counts[label]!++;
    if (label === 0) return;
    sums[label - 1]![0] += ((at % regionSide) + 0.5) * (2 / regionSide) - 1;
    sums[label - 1]![1] += (Math.floor(at / regionSide) + 0.5) * (2 / regionSide) - 1;
  });
  const ink = labels.length - counts[0]!;
  let region = given ?? 1;
  if (given === undefined)
    for (let label = 2; label < counts.length; label++) if (counts[label]! > counts[region]!) region = label;
  const [x, y] = sums[region - 1]!.map((sum) => sum / counts[region]!) as [number, number];
  const fill = fills[region - 1]!;
  const rgb = [0, 1, 2].map((channel) =>
    Math.min(1, Math.max(0, fill[channel]! + fill[3 + channel]! * x + fill[6 + channel]! * y)),
  ) as unknown as Rgb;
  return { rgb, share: counts[region]! / ink, region };
}

/** A drawing with alpha at `sourceSide`: means of 2×2 pixels of its regions. */
export function drawingOf(data: StickerData, item: number): RgbaBytes {
  const labels = data.labels(item);
  const { fills } = data.items[item]!;
  const rgba = new Uint8Array(sourceSide * sourceSide * 4);
  for (let y = 0; y < sourceSide; y++)
    for (let x = 0; x < sourceSide; x++) {
      const sum = [0, 0, 0];
      let count = 0;
      for (const [row, column] of [
        [2 * y, 2 * x],
        [2 * y, 2 * x + 1],
        [2 * y + 1, 2 * x],
        [2 * y + 1, 2 * x + 1],
      ] as const) {
        const fill = fills[labels[row * regionSide + column]! - 1];
        if (!fill) continue;
        count++;
        const [u, v] = [column, row].map((at) => (at + 0.5) * (2 / regionSide) - 1) as [number, number];
        for (let channel = 0; channel < 3; channel++)
          sum[channel]! += Math.min(
            1,
            Math.max(0, fill[channel]! + fill[3 + channel]! * u + fill[6 + channel]! * v),
          );
      }
      const at = (y * sourceSide + x) * 4;
      for (let channel = 0; channel < 3 && count > 0; channel++)
        rgba[at + channel] = Math.round((255 * sum[channel]!) / count);
      rgba[at + 3] = Math.round((255 * count) / 4);
    }
  return { width: sourceSide, height: sourceSide, rgba };
}

/** Number of cases of each kind. */
const perKind = 50;

/** Which cases: those that are reported, or those that settings are chosen on: other drawings, or, of additions, other texts. */
export type CaseSet = "reported" | "development";

/** The first `each` cases of every kind, one of each in turn. Every drawing is used once; a fixed seed chooses. */
export function casesOf(
  data: StickerData,
  vocabulary: readonly Concept[],
  each: number,
  set: CaseSet = "reported",
): Case[] {
  const reported = set === "development" ? casesOf(data, vocabulary, perKind) : [];
  const random = createRandom(set === "development" ? "bench/edits/development" : "bench/edits");
  const known = new Set(vocabulary.map(({ label }) => label));
  const learned = data.items.filter(
    ({ set, split }) => styles.some(([, name]) => name === set) && split === "train",
  );
  const has = (label: string, set: string): boolean =>
    learned.some((item) => item.label === label && item.set === set);
  const order = [...random.stream("order").permute(data.items.length)].filter((at) => {
    const { set, group, label } = data.items[at]!;
    return set === heldOutSet && !unfitGroups.has(group) && label.split(" ").length <= 3;
  });
  const taken = new Set(reported.map(({ item }) => item));
  const used = new Set<number>();
  const draw = random.stream("texts");
  const pick = <T>(list: readonly T[]): T => list[draw.integer(list.length)]!;

  const makers: Readonly<
    Record<Kind, (item: StickerItem, at: number) => Omit<Case, "kind" | "item"> | undefined>
  > = {
    colour(item, at) {
      const { rgb, share } = mainColour(data, at);
      const noun = nounOf(item.label);
      if (share < 0.35 || noun === "" || /^(?:people body|smileys emotion)$/.test(item.group))
        return undefined;
      const own = oklabOfRgb(...rgb);
      const others = colourNames.filter((name) => {
        const colour = takeColour([name, "thing"]).colour!.rgb;
        return oklabDistance(oklabOfRgb(...colour), own) > 0.2 && !item.label.includes(name);
      });
      const name = pick(others);
      const colour = takeColour([name, "thing"]).colour!.rgb;
      const target = { label: item.label, set: "noto" };
      const to = articled(`${name} ${noun}`);
      return { from: articled(noun), to, named: to, target, colour };
    },
    object(item) {
      const near = learned.filter(
        ({ set, subgroup, label }) =>
          set === "noto" &&
          subgroup === item.subgroup &&
          label !== item.label &&
          known.has(label) &&
          label.split(" ").length <= 2,
      );
      if (near.length === 0) return undefined;
      const { label } = pick(near);
      const to = articled(label);
      return { from: articled(item.label), to, named: to, target: { label, set: "noto" } };
    },
    add(item) {
      if (!bearers.test(item.subgroup)) return undefined;
      const [phrase, label] = pick(additions);
      const from = articled(item.label);
      return { from, to: `${from} ${phrase}`, named: thingOf(phrase), target: { label, set: "noto" } };
    },
    style(item) {
      const availableStyles = styles.filter(([, set]) => has(item.label, set));
      if (availableStyles.length === 0 || !known.has(item.label)) return undefined;
      const [style, set] = pick(availableStyles);
      const to = `${item.label}, ${style}`;
      return { from: item.label, to, named: to, target: { label: item.label, set } };
    },
  };
  // Kinds with the fewest fit drawings choose first.
  const byKind = new Map<Kind, Case[]>();
  for (const kind of ["add", "colour", "style", "object"] as const) {
    const list: Case[] = [];
    for (const at of order) {
      if (list.length === perKind) break;
      // Too few bearers are left for other additions.
      if (used.has(at) || (kind !== "add" && taken.has(at))) continue;
      const editCase = makers[kind](data.items[at]!, at);
      if (!editCase) continue;
      used.add(at);
      list.push({ kind, item: at, ...editCase });
    }
    byKind.set(kind, list);
  }
  return Array.from({ length: each }, (_, at) => kinds.flatMap((kind) => byKind.get(kind)![at] ?? [])).flat();
}
