import { parseCountedNoun, singularOf } from "./counts.js";
import { findBearing } from "./relations.js";
import type { Segment } from "./segments.js";
import { isBeing } from "./states.js";

/** Connectives of what one has on or in the hands. */
const having = ["wearing", "in", "with", "holding"];

/** Most beings of a number, such as "two bears", of which each gets a thing of its own. */
const mostOwners = 3;

/** Names the beings of a number one by one, each with what all wear: "two bears wearing hats" is a bear with a hat and a bear with a hat. */
function shareAmongCopies(segments: readonly Segment[]): readonly Segment[] {
  const at = segments.findIndex(({ text, connectives }, index) => {
    const before = segments[index - 1];
    const { text: being, count } = parseCountedNoun(before?.text ?? "");
    const isWorn =
      connectives.includes("wearing") ||
      (findBearing(text) !== undefined && connectives.some((kind) => having.includes(kind)));
    return isWorn && count > 1 && count <= mostOwners && isBeing(being) && before?.stateVerb === undefined;
  });
  if (at < 0) return segments;
  const [owners, worn] = [segments[at - 1]!, segments[at]!];
  const { text, count } = parseCountedNoun(owners.text);
  const each = { ...worn, text: nameOne(worn.text) };
  const pairs = Array.from({ length: count }, (_, index): readonly Segment[] => {
    const isLast = index === count - 1;
    const connectives = index === 0 ? owners.connectives : ["and" as const];
    return [
      { ...owners, text, connectives, isShared: !isLast },
      { ...each, isShared: !isLast },
    ];
  });
  return [...segments.slice(0, at - 1), ...pairs.flat(), ...segments.slice(at + 1)];
}

/** Things that are worn in pairs, and others whose names are plurals. */
const pairs =
  /(?:glasses|goggles|boots|shoes|socks|mittens|gloves|slippers|skates|skis|headphones|ear ?muffs|pyjamas|pajamas|shorts|pants|trousers|jeans|trunks|overalls|wings)$/;

/** Names one thing of a plural. Pairs are left as they are. */
const nameOne = (text: string): string => {
  const { text: noun } = parseCountedNoun(text);
  return pairs.test(noun) ? noun : (singularOf(noun) ?? noun);
};

/**
 * Gives both of two beings what they wear or hold: "a cat and a dog, both wearing hats", "a cat and a dog in sunglasses". The first one's
 * gets a segment of its own.
 */
export function shareBoth(segments: readonly Segment[]): readonly Segment[] {
  const isJoined = ({ connectives }: Segment): boolean => connectives.every((kind) => kind === "and");
  const both = segments.findIndex((each) => each.text === "both" && isJoined(each));
  const rest = segments.filter((_, at) => at !== both);
  const at = rest.findIndex(({ text, connectives }, index) => {
    const [first, second] = [rest[index - 2], rest[index - 1]];
    const areTwo = first && second && isJoined(second) && second.connectives.length > 0;
    if (!areTwo || ![first, second].every((each) => isBeing(each.text))) return false;
    const isHad = connectives.some((kind) => having.includes(kind));
    const isWorn = findBearing(text) !== undefined || connectives.includes("wearing");
    return isHad && (both === index || (isWorn && singularOf(text) !== undefined));
  });
  if (at < 0) return shareAmongCopies(rest);
  const shared = rest[at]!;
  const each: Segment = {
    ...shared,
    text: nameOne(shared.text),
    connectives: shared.connectives.filter((kind) => kind !== "and"),
  };
  return [...rest.slice(0, at - 1), { ...each, isShared: true }, rest[at - 1]!, each, ...rest.slice(at + 1)];
}
