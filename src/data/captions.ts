import type { Random } from "../tensor/index.js";

/** What a caption can say about a picture. */
export interface Captioned {
  readonly label: string;
  readonly tags: readonly string[];
  readonly group: string;
  readonly subgroup: string;
  readonly style: string;
}

/** A random caption of a picture: mostly its label, with its style, tags or group at times. */
export function captionFor(item: Captioned, random: Random): string {
  const { label, tags, group, subgroup, style } = item;
  const roll = random.uniform();
  const tag = (): string => tags[random.integer(tags.length)] ?? label;
  if (roll < 0.2) return label;
  if (roll < 0.3) return `an emoji of ${label}`;
  if (roll < 0.65) return `${label}, ${style}`;
  if (roll < 0.75) {
    if (tags.length === 0) return label;
    const count = Math.min(tags.length, 1 + random.integer(3));
    const order = random.permutation(tags.length);
    return [label, ...Array.from({ length: count }, (_, index) => tags[order[index]!]!)].join(", ");
  }
  if (roll < 0.83) return `${tag()}, ${subgroup}`;
  if (roll < 0.9) return `${label}, ${subgroup}`;
  return `${label} emoji from ${group}, ${style}`;
}

/** Every text that captions are made of, for the tokenizer; the order does not depend on chance. */
export function allCaptions(items: readonly Captioned[]): string[] {
  return items.flatMap(({ label, tags, group, subgroup, style }) => [
    label,
    label,
    `an emoji of ${label}`,
    `${label}, ${style}`,
    [label, ...tags].join(", "),
    `${label} emoji from ${group}, ${style}`,
    `${label}, ${subgroup}`,
  ]);
}
