import {
  findOwnBeing,
  kindsOfConcepts,
  misleadingTags,
  misleadingWords,
  listConceptNames,
  thingGroup,
} from "../../data/index.js";
import type { Concept } from "../../prompts/index.js";
import type { StickerSet } from "./batches.js";

/** Maximum number of things that may share a tag that counts as a name. */
const mostSharing = 4;

/**
 * Lists other names of things: tags that few things share and that are no thing's label. A shared tag belongs to the thing whose
 * label has the fewest words, and of those to the one with the fewest tags: "car" is the automobile, not the oncoming one.
 * @param labels of the things; owners are indices into it.
 */
export function listOtherNames(
  { data, rows }: StickerSet,
  labels: readonly string[],
): { readonly names: readonly string[]; readonly owners: readonly number[] } {
  const index = new Map(labels.map((label, at) => [label, at]));
  const tags = new Map<string, readonly string[]>();
  for (const row of rows) {
    const item = data.items[row]!;
    tags.set(item.label, item.tags);
  }
  const sharing = new Map<string, string[]>();
  for (const [label, list] of tags)
    for (const tag of new Set(list.map((each) => each.toLowerCase())))
      if (!index.has(tag)) sharing.set(tag, [...(sharing.get(tag) ?? []), label]);
  const words = (label: string): number => label.split(" ").length;
  const chosen = [...sharing]
    .filter(([, list]) => list.length <= mostSharing)
    .map(([tag, list]): [string, string] => [
      tag,
      [...list].sort(
        (a, b) => words(a) - words(b) || tags.get(a)!.length - tags.get(b)!.length || (a < b ? -1 : 1),
      )[0]!,
    ])
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return { names: chosen.map(([tag]) => tag), owners: chosen.map(([, label]) => index.get(label)!) };
}

/** Labels of emoji that are pictograms, and the labels they get, so that the word is free to name a drawing of the thing. */
const pictograms: Readonly<Record<string, string>> = { family: "family symbol" };

/**
 * Makes the names, tags, kinds and subgroups of concepts, for a pack's vocabulary.
 * @param labels of the concepts, in the order of the pack.
 */
export function makeVocabulary({ data, rows }: StickerSet, labels: readonly string[]): Concept[] {
  const items = new Map(rows.map((row) => [data.items[row]!.label, data.items[row]!]));
  const known = new Set(labels);
  return labels.map((label) => {
    const { tags = [], subgroup } = items.get(label) ?? {};
    return {
      label: pictograms[label] ?? label,
      names: listConceptNames(label, known),
      tags: tags.filter((tag) => !misleadingWords.has(tag) && !misleadingTags[label]?.includes(tag)),
      kinds: kindsOfConcepts[label],
      subgroup: subgroup === thingGroup ? findOwnBeing(label) : subgroup,
    };
  });
}
