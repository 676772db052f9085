import { parseCountedNoun, singularOf } from "./counts.js";
import type { SceneRelation } from "./connected.js";
import type { KnownNames, Segment } from "./segments.js";
import { isFigure } from "./people.js";
import { isBeing } from "./states.js";

/** Young animals, and what their parents are. */
const adults: readonly (readonly [young: RegExp, adult: string])[] = [
  [/\bcalf$/, "cow"],
  [/\bkitten$/, "cat"],
  [/\bpuppy$/, "dog"],
  [/\blamb$/, "sheep"],
  [/\bfoal$/, "horse"],
  [/\bchick$/, "hen"],
  [/\bduckling$/, "duck"],
  [/\bgosling$/, "goose"],
  [/\bpiglet$/, "pig"],
  [/\bfawn$/, "deer"],
  [/\bjoey$/, "kangaroo"],
  [/\bcub$/, "bear"],
  [/\bowlet$/, "owl"],
];
/** Animals that are drawn upright, as persons are. */
const uprightAnimals = /\b(?:penguin|owl|octopus)$/;
/** What a being does, at the end of a phrase. */
const verbsOfBeings = /(?: (?:(?!duckling|gosling)\w{3,}ing|up|along|around|out))+$/;

/** Returns the animal that the parents of an animal are; undefined for what is no animal. */
export function adultOf(text: string): string | undefined {
  const animal = text.replace(verbsOfBeings, "");
  const adult = animal.replace(/^baby | (?:cub|calf|pup|chick)$/, "");
  const known = adults.find(([young]) => young.test(adult));
  if (known) return known[1];
  return isBeing(adult) && (!isFigure(adult) || uprightAnimals.test(adult)) ? adult : undefined;
}

/** Tells whether a parent of the last thing before a segment is that of an animal: nobody else is there whose it can be. */
const isOfAnimal = (segments: readonly Segment[], at: number): boolean =>
  segments[at]!.possessive &&
  segments
    .slice(0, at)
    .every(({ text }) => !isFigure(text) || uprightAnimals.test(text.replace(verbsOfBeings, "")));

/** Names the parent of the animal before it: a calf's mother is a cow. */
export const nameParents = (segments: readonly Segment[]): readonly Segment[] =>
  segments.map((segment, at) => {
    const isParent = /^(?:mother|mum|mom|mommy|mummy|mama|father|dad|daddy|papa|parent)$/.test(segment.text);
    const text = at > 0 && isParent && isOfAnimal(segments, at) ? adultOf(segments[at - 1]!.text) : undefined;
    return text === undefined ? segment : { ...segment, text };
  });

/** Splits the things of "between two trees" in two. */
export function splitFlanks(segments: readonly Segment[]): Segment[] {
  return segments.flatMap((segment, at): Segment[] => {
    const next = segments[at + 1]?.connectives;
    const { text, count } = parseCountedNoun(segment.text);
    if (!segment.connectives.includes("leftFlank") || next?.includes("and")) return [segment];
    const isOwn = /\bparents$/.test(text) && at > 0 && isOfAnimal(segments, at);
    const own = isOwn ? adultOf(segments[at - 1]!.text) : undefined;
    const [mother, father] = own === undefined ? ["mother", "father"] : [own, own];
    if (/\bparents$/.test(text))
      return [
        { ...segment, text: mother },
        { ...segment, text: father, connectives: ["and"] },
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
