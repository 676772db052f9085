import { type Concept, type ConceptTable, type Icon, plainLabelOf } from "./join.js";
import type { IconSet } from "./sources.js";

/** Words of a name that say size, variant or number, at its end. */
const variantWords = /^(?:\d+|flat|duo|fill|new)$/;
/** Most words of a label that is no emoji's: longer names describe screens and workflows. */
const mostWords = 2;

/** Trademarks, and what a name cannot be drawn from. */
const leftOut =
  /\b(?:logo|android|apple|app store|bbc|bing|converse|debian|dribbble|facebook|google|icons8|imac|ios|ipad|iphone|linkedin|linux|macbook|magicmouse|medium|microsoft|pinterest|r2d2|reddit|safari|skype|spongebob|stack(?: overflow)?|steam|twitter|vlc|wikipedia|windows|youtube|pacman|mario|pokemon|pokeball|batman|superman|deadpool|darth|vader|minion|kirby|lego|tetris|sonic|tinder|uber|airbnb|amazon|paypal|visa|mastercard|bitcoin|crypto|dropbox|evernote|instagram|whatsapp|telegram|spotify|netflix|nintendo|playstation|xbox|hello kitty|man|woman|boss|dude)\b/;

/** Derives a readable label from an icon's name: words without numbers and variants; undefined for names that make no label. */
export function labelOfName(name: string): string | undefined {
  const words = name.toLowerCase().split(/[-_\s]+/);
  while (words.length > 1 && variantWords.test(words[words.length - 1]!)) words.pop();
  const label = words.join(" ");
  const readable = words.every((word) => /^[a-z]{2,}s?$/.test(word)) && words.length <= mostWords;
  return readable && !leftOut.test(label) && !misspelt.test(label) ? label : undefined;
}

/** Words that are misspelt at their source. */
const misspelt = /\b(?:labtop|reciept|ubmrella|compas|databse|forbiden|lettersymbol|disapointed|earpod)\b/;

/** Lists every word of the emoji's labels and tags. */
const listWords = (table: ConceptTable): ReadonlySet<string> =>
  new Set(
    [...table.byHex.values()].flatMap(({ label, tags }) =>
      [label, ...tags].flatMap((text) => text.split(" ")),
    ),
  );

/** Returns the number at the end of a name, e.g. its size in pixels; 0 without one. */
const sizeOf = (name: string): number => Number(/-(\d+)$/.exec(name)?.[1] ?? 0);

/**
 * Finds the concept of each drawing of a set that is not joined by code points, one drawing a concept: the emoji whose label
 * equals the name (in sets of emoji: or whose shortcode does), else one of its own. Of several sizes of an icon the largest is
 * taken.
 */
export function joinIconSet(
  {
    sizes = false,
    emojiOnly = false,
    without,
    remove,
    names: namePattern,
    emojiWords = false,
  }: Pick<IconSet, "sizes" | "emojiOnly" | "without" | "remove" | "names" | "emojiWords">,
  drawings: readonly Icon[],
  table: ConceptTable,
): { icon: Icon; concept: Concept }[] {
  const excluded = without === undefined ? undefined : new RegExp(without);
  const named = namePattern === undefined ? undefined : new RegExp(namePattern);
  const words = emojiWords ? listWords(table) : undefined;
  const conceptsByCode = new Map<string, { icon: Icon; concept: Concept }>();
  for (const icon of drawings) {
    const iconName = named ? named.exec(icon.name)?.[1] : icon.name;
    if (iconName === undefined || excluded?.test(icon.name)) continue;
    const names = [iconName, iconName.replace(/-\d+$/, "")].map(plainLabelOf);
    const emoji = names
      .map((name) => ({ name, found: table.byName.get(name) }))
      .find(({ name, found }) => found && (emojiOnly || plainLabelOf(found.label) === name))?.found;
    const label = emoji ? emoji.label : emojiOnly ? undefined : labelOfName(iconName);
    if (label === undefined) continue;
    if (words && !label.split(" ").every((word) => words.has(word))) continue;
    const concept: Concept = emoji ?? {
      hexcode: `icon-${label.replace(/ /g, "-")}`,
      label,
      tags: label.includes(" ") ? label.split(" ") : [],
      group: "icons",
      subgroup: "icons",
    };
    const known = conceptsByCode.get(concept.hexcode);
    if (known && !(sizes && sizeOf(icon.name) > sizeOf(known.icon.name))) continue;
    const body = remove === undefined ? icon.body : icon.body.replace(new RegExp(remove, "g"), "");
    conceptsByCode.set(concept.hexcode, { icon: { ...icon, body }, concept });
  }
  return [...conceptsByCode.values()];
}
