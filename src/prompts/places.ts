import { isBeing } from "./states.js";
import { type Token, joinWords } from "./tokens.js";

/** Where a thing is on its bearer, or in it, by words that follow: "with a bird on its head", "with a candle inside". */
export type Place =
  | "on"
  | "in"
  | "head"
  | "mouth"
  | "shoulder"
  | "hand"
  | "side"
  | "neck"
  | "below"
  | "above"
  | "behind"
  | "front";

/** Parts of a body by where things are that are on them or in them. */
const onBody =
  "backs?|noses?|bell(?:y|ies)|tumm(?:y|ies)|tails?|tongues?|shells?|snouts?|ears?|chests?|wings?|humps?|trunks?|beaks?|feet|foot|legs?|toes?|fur|mane|spikes|quills";
const onHead = "heads?|foreheads?|hair|horns?|antlers?";
const inMouth = "mouth|beak|bill|jaws?|teeth|snout";
const inHands = "paws?|hands?|arms?|claws?|pincers?|tentacles?|trunk|laps?|knees?|cheeks?|pouch|fingers?";

/** Words after a thing that say where it is on its bearer. */
const places: readonly (readonly [pattern: RegExp, place: Place, length: number])[] = [
  [/^(?:on|over) each shoulder(?: |$)/, "shoulder", 3],
  [/^(?:on|over) shoulders?(?: |$)/, "shoulder", 2],
  [/^at (?:side|feet|heels)(?: |$)/, "side", 2],
  [/^on (?:lead|leash)(?: |$)/, "side", 2],
  [/^(?:beside|by) (?:it|her|him|them)$/, "side", 2],
  [/^next to (?:it|her|him|them)$/, "side", 3],
  [/^(?:around|round) neck(?: |$)/, "neck", 2],
  [new RegExp(`^(?:on|over|in|between) (?:${onHead})(?: |$)`), "head", 2],
  [new RegExp(`^(?:on|over) (?:${onBody})(?: |$)`), "on", 2],
  [/^on (?:it|them)(?: |$)/, "on", 2],
  [/^(?:above|over) (?:it|her|him|them)(?: |$)/, "above", 2],
  [/^behind (?:it|her|him|them)(?: |$)/, "behind", 2],
  [/^in front of (?:it|her|him|them)(?: |$)/, "front", 4],
  [/^(?:underneath|beneath|below|under)(?: it| them)?$/, "below", 2],
  [/^on top(?: of it| of them)?$/, "on", 4],
  [new RegExp(`^(?:in|between|inside) (?:${inMouth})(?: |$)`), "mouth", 2],
  [new RegExp(`^(?:in|on|between|under|inside) (?:${inHands})(?: |$)`), "hand", 2],
  [/^(?:inside|out)(?: of it)?$/, "in", 3],
  [/^(?:in|into) (?:it|them)(?: |$)/, "in", 2],
];

/** Parts of things, where others are on them or in them, by the thing. */
const ofThings: readonly (readonly [thing: RegExp, words: RegExp, place: Place])[] = [
  [
    /\b(?:car|taxi|van|bus|truck|lorry|train|tram|house|hut|barn|castle|igloo|shed|cottage|gingerbread house|birthday cake|cake)$/,
    /^on (?:roof|top|hood|bonnet)(?: |$)/,
    "on",
  ],
  [/\b(?:balloon)$/, /^(?:in|inside) basket(?: |$)/, "in"],
  [/\b(?:tree|oak|pine|palm)$/, /^(?:in|on) (?:branches|crown|branch)(?: |$)/, "in"],
];

/** Returns the words that say where the thing before a token is, if any. @param bearer the thing before that one. */
export function placeAt(
  tokens: readonly Token[],
  at: number,
  bearer: string,
): { readonly place: Place; readonly length: number } | undefined {
  const rest = joinWords(tokens.slice(at, at + 5));
  const ofThing = ofThings.find(([thing, words]) => thing.test(bearer) && words.test(rest));
  if (ofThing) return { place: ofThing[2], length: 2 };
  const found = places.find(([pattern]) => pattern.test(rest));
  return found && { place: found[1], length: Math.min(found[2], tokens.length - at) };
}

const part = `${onBody}|${onHead}|${inMouth}|${inHands}`;
const ofOwner = new RegExp(`^(.+?)['’]s? (?:\\w+ )?(${part})$`);
const ofOwnerAfter = new RegExp(`^(${part}) of (.+)$`);

/** Returns whose part of a body a phrase after a preposition names, and where a thing is there: on "a hippo's back", on "the back of a hippo". */
export function findOwner(
  text: string,
  preposition: string,
): { readonly owner: string; readonly place: Place } | undefined {
  const [, before, own] = ofOwner.exec(text) ?? [];
  const [, other, after] = ofOwnerAfter.exec(text) ?? [];
  const [owner, name] = before === undefined ? [after, other] : [before, own];
  if (owner === undefined || name === undefined || (after !== undefined && !isBeing(after))) return undefined;
  const found = places.find(([pattern]) => pattern.test(`${preposition} ${name}`));
  return found && { owner, place: found[1] };
}
