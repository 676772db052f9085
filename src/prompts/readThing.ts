import {
  type CountedNoun,
  findPluralAlone,
  findUncountedPlural,
  parseCountedNoun,
  singularOf,
} from "./counts.js";
import { type Connective, ornaments } from "./relations.js";
import type { KnownNames } from "./segments.js";
import { type State, isBeing, stateOf } from "./states.js";

/** Number of ornaments where the text gives none: hearts on a tree. */
const usualOrnaments = 3;

/** Reads the thing of a segment and its number. Known names are not counted. Ornaments in the plural are several. */
export function readThing(
  text: string,
  connective: Connective["kind"] | undefined,
  knownNames: KnownNames,
): CountedNoun {
  if (knownNames.has(text)) {
    const singular = connective === "with" ? singularOf(text) : undefined;
    if (singular === undefined || !ornaments.test(singular)) return { text, count: 1 };
  }
  const counted = parseCountedNoun(text);
  const singular = singularOf(text);
  if (counted.count === 1 && connective === "with" && singular !== undefined && ornaments.test(singular))
    return { text: singular, count: usualOrnaments };
  return counted;
}

/** Tells whether a phrase is a known name, or ends in one: red binoculars. */
const endsInName = (text: string, knownNames: KnownNames): boolean =>
  text.split(" ").some((_, at, words) => knownNames.has(words.slice(at).join(" ")));

/** Plurals that are names. */
export interface PluralNames {
  /** Whether a plural is the name of one drawing: "scissors". When absent, a plural alone is one thing. */
  readonly isOwnPlural?: ((phrase: string) => boolean) | undefined;
}

/** Number of things where a plural has no number. */
const usualNumber = 3;

/** Reads a plural without a number as several things. Known names in the plural, such as binoculars, are one drawing. */
export function readPlural(counted: CountedNoun, knownNames: KnownNames): CountedNoun {
  const isOne = counted.count > 1 || endsInName(counted.text, knownNames);
  const several = isOne ? undefined : findUncountedPlural(counted.text);
  return several === undefined ? counted : { text: several, count: usualNumber };
}

/** What one is wished happily: a happy birthday cake has no face. */
const occasions =
  /^(?:birthday|new|easter|halloween|thanksgiving|hanukkah|christmas|holidays?|anniversary|(?:valentine|mother|father)['’]?s['’]?)$/;

/** Reads a prompt that is only a plural as several things. @param names what is a name, and which plurals are names of one drawing. */
export function readPluralAlone(
  counted: CountedNoun,
  { isName, isOwnPlural }: PluralNames & { readonly isName: (phrase: string) => boolean },
): CountedNoun {
  if (!isOwnPlural || counted.count > 1) return counted;
  const singular = findPluralAlone(counted.text, isName, isOwnPlural);
  return singular === undefined ? counted : { text: singular, count: usualNumber };
}

/** Whether a phrase with a word for a state is drawn otherwise than without the word: a crying cat, but no dizzy cat. */
export type HasDrawing = (phrase: string, without: string) => boolean;

/** Reads a thing, and the state that a sign must show. */
export function readState(
  text: string,
  verb: string | undefined,
  knownNames: KnownNames,
  hasDrawing: HasDrawing | undefined,
): { text: string; state?: State | undefined } {
  if (!hasDrawing) return { text };
  const isDrawn = (phrase: string, without: string): boolean =>
    knownNames.has(phrase) || hasDrawing(phrase, without);
  const words = text.split(" ");
  const at = words.findIndex(
    (word, index) => index < words.length - 1 && stateOf(word) && !occasions.test(words[index + 1]!),
  );
  const ofWord = at < 0 ? undefined : stateOf(words[at]!);
  // An angry dog that lies is drawn angry, not asleep. Beings that lie have drawings of their own, by other names.
  const ofVerb = verb === undefined || (ofWord && !ofWord.isLying) ? undefined : stateOf(verb);
  if (ofVerb?.isMutual && isBeing(singularOf(text) ?? text)) return { text, state: ofVerb };
  if (verb !== undefined && ofVerb) {
    const whole = `${verb} ${text}`;
    return (ofVerb.isLying ? knownNames.has(whole) : isDrawn(whole, text))
      ? { text: whole }
      : { text, state: ofVerb };
  }
  const without = words.filter((_, index) => index !== at).join(" ");
  // "A cook asleep at a table" is more than a cook: no drawing shows it.
  if (!ofWord || /\bfaces?$| at /.test(text)) return { text };
  if (ofWord.isLying && isBeing(without) ? knownNames.has(text) : isDrawn(text, without)) return { text };
  return { text: without, state: ofWord };
}
