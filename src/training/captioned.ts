import { drawCaption, isTagCaption } from "../data/index.js";
import type { HostTensor, Random } from "../tensor/index.js";
import { type Balance, readGroups } from "./balance.js";
import { type Pictures, type TrainingSet, makeContrastiveTargets } from "./batches.js";

/** Training data: pictures, and captions drawn for them. */
export interface CaptionedSet extends Pictures {
  /** Returns the key of a picture's concept; a caption is true of all pictures of the concept it was drawn for. */
  concept(item: number): string;
  /** Returns a random caption of a picture. */
  caption(item: number, random: Random): string;
  /** Returns the drawing style of a picture; a caption that ends with it is not true of the concept's pictures in other styles. */
  style?(item: number): string;
  /** Tells whether a caption drawn for another concept is true of this picture too, as a tag that both have. */
  describes?(item: number, caption: string): boolean;
  /** Returns the part of a picture's captions that can be swapped, and what makes it wrong; undefined for most pictures. */
  swap?(item: number): { readonly from: string; readonly to: string } | undefined;
  /** Pictures that `swap` knows. */
  readonly swappable?: readonly number[];
  /** Group of each picture; present when training balances groups. */
  readonly groups?: readonly string[];
}

/** Creates a captioned set from the emoji data. */
export function createEmojiCaptions(set: TrainingSet, balance?: Balance): CaptionedSet {
  const labels = new Set(set.items.map(({ label }) => label));
  const isLabel = (text: string): boolean => labels.has(text);
  return {
    ...set,
    groups: balance ? readGroups(set.items as unknown as Record<string, unknown>[], balance.by) : undefined,
    concept: (item) => set.items[item]!.concept,
    caption: (item, random) => drawCaption(set.items[item]!, random, isLabel),
    style: (item) => set.items[item]!.style,
    describes: (item, caption) => isTagCaption(set.items[item]!, caption, isLabel),
    swap(item) {
      const { label, swapped } = set.items[item]!;
      return swapped === undefined ? undefined : { from: label, to: swapped };
    },
    swappable: set.items.flatMap(({ swapped }, at) => (swapped === undefined ? [] : [at])),
  };
}

/** Makes the targets of a batch: which captions match which pictures. */
export function makeCaptionTargets(
  set: CaptionedSet,
  batch: readonly number[],
  texts: readonly string[],
): HostTensor {
  const concepts = batch.map((at) => set.concept(at));
  const styles = batch.map((at) => set.style?.(at));
  const named = styles.map((style, at) => (style && texts[at]!.endsWith(style) ? style : undefined));
  return makeContrastiveTargets(batch.length, (picture, text) =>
    concepts[picture] === concepts[text]
      ? (named[text] ?? styles[picture]) === styles[picture]
      : (set.describes?.(batch[picture]!, texts[text]!) ?? false),
  );
}
