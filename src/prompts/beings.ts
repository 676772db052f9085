import { singularOf } from "./counts.js";
import { isBeing } from "./states.js";

/** What a generator has names and drawings for. */
export interface BeingNames {
  /** Whether a phrase is the name of a drawing. */
  readonly isName: (phrase: string) => boolean;
  /** Returns the name of the person or animal that a phrase is drawn as; undefined for other things. */
  readonly beingOf: ((phrase: string) => string | undefined) | undefined;
}

/** Nouns that look like verbs of what a being does. */
const nouns = new Set(
  "stocking string railing awning bedding herring spring filling stuffing sibling offspring painting building drawing pudding clothing wedding bunting icing ceiling lightning dumpling duckling gosling starling hatchling viking earring keyring darling".split(
    " ",
  ),
);
/** Words between such a verb and a preposition: "peeking out from behind a curtain". */
const particles = new Set("up out off down away back along around over happily quietly".split(" "));

const reflexive = /^(?:itself|himself|herself|themselves|themself)$/;

/** Tells whether a text names an animal, a person or the like. */
export const isAlive = (text: string, beingOf: BeingNames["beingOf"]): boolean =>
  isBeing(text) || beingOf?.(text) !== undefined;

/**
 * Removes what a being does at the end of a phrase: "a fox hiding" and "a tiger peeking out" are a fox and a tiger. Names are left as
 * they are.
 */
export function removeDoing(text: string, { isName, beingOf }: BeingNames): string {
  if (isName(text)) return text;
  const words = text.split(" ");
  let verb = words.length - 1;
  while (verb > 0 && (particles.has(words[verb]!) || reflexive.test(words[verb]!))) verb--;
  if (verb < 1 || !/.{3}ing$/.test(words[verb]!) || nouns.has(words[verb]!)) return text;
  const being = words.slice(0, verb).join(" ");
  return isAlive(singularOf(being) ?? being, beingOf) || isName(being) ? being : text;
}
