import { captionFor } from "../data/index.js";
import type { HostTensor, Random } from "../tensor/index.js";
import { type Balance, groupsBy } from "./balance.js";
import { type Pictures, type TrainingSet, contrastiveTargets } from "./batches.js";

/** Training data: pictures, and captions drawn for them. */
export interface CaptionedSet extends Pictures {
  /** Key of a picture's concept; a caption is true of all pictures of the concept it was drawn for. */
  concept(item: number): string;
  /** A random caption of a picture. */
  caption(item: number, random: Random): string;
  /** Drawing style of a picture; a caption that ends with it is not true of the concept's pictures in other styles. */
  style?(item: number): string;
  /** Whether a caption drawn for another concept is true of this picture too, as a tag that both have. */
  describes?(item: number, caption: string): boolean;
  /** Group of each picture; present when training balances groups. */
  readonly groups?: readonly string[];
}

/** The emoji data as a captioned set. */
export function emojiCaptions(set: TrainingSet, balance?: Balance): CaptionedSet {
  return {
    ...set,
    groups: balance ? groupsBy(set.items as unknown as Record<string, unknown>[], balance.by) : undefined,
    concept: (item) => set.items[item]!.concept,
    caption: (item, random) => captionFor(set.items[item]!, random),
    style: (item) => set.items[item]!.style,
    describes: (item, caption) => isTagCaption(set.items[item]!, caption),
  };
}

/** Whether a caption consists of a tag and the subgroup of this item, one of the forms of `captionFor`. */
function isTagCaption({ tags, subgroup }: TrainingSet["items"][number], caption: string): boolean {
  const end = `, ${subgroup}`;
  return caption.endsWith(end) && tags.includes(caption.slice(0, -end.length));
}

/** Targets of a batch: which of its captions are true of which of its pictures. */
export function captionTargets(
  set: CaptionedSet,
  batch: readonly number[],
  texts: readonly string[],
): HostTensor {
  const concepts = batch.map((at) => set.concept(at));
  const styles = batch.map((at) => set.style?.(at));
  const named = styles.map((style, at) => (style && texts[at]!.endsWith(style) ? style : undefined));
  return contrastiveTargets(batch.length, (picture, text) =>
    concepts[picture] === concepts[text]
      ? (named[text] ?? styles[picture]) === styles[picture]
      : (set.describes?.(batch[picture]!, texts[text]!) ?? false),
  );
}
