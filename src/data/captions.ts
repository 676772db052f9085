import type { Random } from "../tensor/index.js";

/** What a caption can say about a picture. */
export interface Captioned {
  readonly label: string;
  readonly tags: readonly string[];
  readonly group: string;
  readonly subgroup: string;
  readonly style: string;
}

/** Starts of captions that consist of tags. A tag that is also a label is ambiguous after the first two, but not after the others. */
const tagStarts = ["", "an emoji of ", "something for ", "a picture of something for: "];
const plainStarts = 2;

/**
 * Tells whether a caption consists of tags, or a tag and the subgroup, of a picture: it is true of each picture that has them.
 * @param isLabel whether a text is the label of a concept; a caption that is one means that concept.
 */
export function isTagCaption(
  { tags, subgroup }: Pick<Captioned, "tags" | "subgroup">,
  caption: string,
  isLabel: (text: string) => boolean,
): boolean {
  const form = tagStarts.findLastIndex((start) => caption.startsWith(start));
  const named = caption.slice(tagStarts[form]!.length).split(", ");
  const fits = (text: string): boolean => tags.includes(text) && (form >= plainStarts || !isLabel(text));
  return fits(named[0]!) && named.slice(1).every((text) => text === subgroup || fits(text));
}

/**
 * Draws a random caption of a picture: mostly its label, with its style, tags or group at times, or tags alone.
 * @param isLabel whether a tag is the label of a concept too; default never.
 */
export function drawCaption(
  item: Captioned,
  random: Random,
  isLabel: (text: string) => boolean = () => false,
): string {
  const { label, tags, group, subgroup, style } = item;
  const roll = random.uniform();
  const drawTags = (list: readonly string[], most: number): string[] => {
    const count = Math.min(list.length, 1 + random.integer(most));
    return Array.from(random.permute(list.length).subarray(0, count), (at) => list[at]!);
  };
  const unambiguous = tags.filter((tag) => !isLabel(tag));
  if (roll < 0.18) return label;
  if (roll < 0.26) return `an emoji of ${label}`;
  if (roll < 0.52) return `${label}, ${style}`;
  if (roll < 0.6) return [label, ...drawTags(tags, 3)].join(", ");
  if (roll < 0.78) {
    const form = random.integer(tagStarts.length);
    const named = drawTags(form < plainStarts ? unambiguous : tags, 2);
    return named.length === 0 ? label : `${tagStarts[form]}${named.join(", ")}`;
  }
  if (roll < 0.84) return `${drawTags(unambiguous, 1)[0] ?? label}, ${subgroup}`;
  if (roll < 0.9) return `${label}, ${subgroup}`;
  return `${label} emoji from ${group}, ${style}`;
}

/** Lists every text that captions are made of, for the tokenizer; the order does not depend on chance. */
export function listCaptions(items: readonly Captioned[]): string[] {
  return items.flatMap(({ label, tags, group, subgroup, style }) => [
    label,
    label,
    `an emoji of ${label}`,
    `${label}, ${style}`,
    [label, ...tags].join(", "),
    ...tagStarts.flatMap((start) => (tags[0] === undefined ? [] : [`${start}${tags[0]}`])),
    `${label} emoji from ${group}, ${style}`,
    `${label}, ${subgroup}`,
  ]);
}
