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
  const adult = animal.replace(
    /^baby |^(?:mother|father|mama|papa|mum|mom|dad) | (?:cub|calf|pup|chick)$/g,
    "",
  );
  const known = adults.find(([young]) => young.test(adult));
  if (known) return known[1];
  return isBeing(adult) && (!isFigure(adult) || uprightAnimals.test(adult)) ? adult : undefined;
}

/** Tells whether one animal is a young one of the kind of another: a duckling of a duck. */
export const isYoungOf = (young: string, parent: string): boolean =>
  adultOf(young) !== undefined && adultOf(young) !== young && adultOf(young) === adultOf(parent);

/** Tells whether a parent of the last thing before a segment is that of an animal: nobody else is there whose it can be. */
const isOfAnimal = (segments: readonly Segment[], at: number): boolean =>
  segments[at]!.possessive &&
  segments
    .slice(0, at)
    .every(({ text }) => !isFigure(text) || uprightAnimals.test(text.replace(verbsOfBeings, "")));

/** Names the parent and the young of the animal before it: a calf's mother is a cow, a koala's baby a baby koala. */
export const nameFamily = (segments: readonly Segment[]): readonly Segment[] =>
  segments.map((segment, at) => {
    const isParent = /^(?:mother|mum|mom|mommy|mummy|mama|father|dad|daddy|papa|parent)$/.test(segment.text);
    const [, size = "", young] =
      /^(?:(tiny|little|small) )?(bab(?:y|ies)|young|child|children|little ones?)$/.exec(segment.text) ?? [];
    if (at === 0 || !(isParent || young !== undefined) || !isOfAnimal(segments, at)) return segment;
    const before = parseCountedNoun(segments[at - 1]!.text).text;
    const animal = adultOf(singularOf(before) ?? before);
    if (animal === undefined) return segment;
    const plural = young === undefined || singularOf(young) === undefined ? "" : "s";
    const text = isParent ? animal : `${size === "" ? "" : `${size} `}baby ${animal}${plural}`;
    return { ...segment, text };
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

/** Things on which beings sit or lie with what they have. */
const seats = /\b(?:sofa|couch|chair|armchair|deckchair|throne|bench|bed|stool|hammock|swing|beanbag)$/;

/** Finds who or what holds, wears or does what follows a place: the cat in "a cat on a sofa reading a book". @param connectives before what follows. */
export function findDoer(
  parts: readonly string[],
  relations: readonly SceneRelation[],
  place: number,
  connectives: Segment["connectives"],
): number | undefined {
  const isDone = connectives.some((kind) => ["holding", "wearing", "acting"].includes(kind));
  const isHad = connectives.includes("with") && seats.test(parts[place]!);
  const relation = relations.find(({ object }) => object === place);
  if (!relation || isBeing(parts[place]!) || !(isDone || isHad)) return undefined;
  const isPlaced = relation.kind === "in" || relation.kind === "on";
  return isBeing(parts[relation.subject]!) || (isPlaced && isDone) ? relation.subject : undefined;
}
