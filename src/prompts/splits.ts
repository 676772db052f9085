import { parseCountedNoun, singularOf } from "./counts.js";
import type { SceneRelation } from "./connected.js";
import type { KnownNames, Segment } from "./segments.js";
import { isBeing } from "./states.js";

/** Splits the things of "between two trees" in two. */
export function splitFlanks(segments: readonly Segment[]): Segment[] {
  return segments.flatMap((segment, at): Segment[] => {
    const next = segments[at + 1]?.connectives;
    const { text, count } = parseCountedNoun(segment.text);
    if (!segment.connectives.includes("leftFlank") || next?.includes("and")) return [segment];
    if (/\bparents$/.test(text))
      return [
        { ...segment, text: "mother" },
        { ...segment, text: "father", connectives: ["and"] },
      ];
    if (count !== 2) return [segment];
    return [
      { ...segment, text },
      { ...segment, text, connectives: ["and"] },
    ];
  });
}

/** A container with several things in it: "basket of eggs", but no glass of water. */
const contained =
  /^(.*\b(?:basket|bowl|box|jar|bucket|bag|vase|cart|glass|cup|crate|nest|bathtub|boat|truck|car|tree|tray|plate|platter|shelf)) of (.+)$/;
/** Splits a container with contents in the plural in two segments: "basket of eggs". @param isName whether a phrase is a name. */
export function splitContents(
  segment: Segment,
  knownNames: KnownNames,
  isName: (phrase: string) => boolean,
): Segment[] {
  const [, container, contents] = (!isName(segment.text) && contained.exec(segment.text)) || [];
  if (container === undefined || contents === undefined || knownNames.has(segment.text)) return [segment];
  if (singularOf(contents) === undefined) return [segment];
  return [
    { ...segment, text: container, place: undefined },
    { ...segment, text: contents, definite: false, connectives: ["full"], place: undefined },
  ];
}

/** Finds the being that holds or wears what follows a place: the cat in "a cat on a sofa reading a book". */
export function findDoer(
  parts: readonly string[],
  relations: readonly SceneRelation[],
  place: number,
): number | undefined {
  if (isBeing(parts[place]!)) return undefined;
  const subject = relations.find(({ object }) => object === place)?.subject;
  return subject !== undefined && isBeing(parts[subject]!) ? subject : undefined;
}
