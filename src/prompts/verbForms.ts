import { singularOf } from "./counts.js";
import { connectives, nounConnectives, placingVerbs } from "./relations.js";
import { isBeing, stateOf } from "./states.js";
import type { Token } from "./tokens.js";

/** Further participles of what beings do. */
const others =
  "barking baking building chasing cooking crawling crossing cutting dancing feeding fighting fishing following galloping hiding hopping jogging " +
  "jumping kicking kissing knitting leaping looking making meeting painting pouring pulling pushing racing running singing skating sneaking stirring stealing " +
  "surfing throwing visiting walking washing watching waving writing";

/** Participles that are read as what beings do. */
const participles: ReadonlySet<string> = new Set(
  [
    ...[...connectives, ...nounConnectives].flatMap(({ words }) => words),
    ...placingVerbs,
    ...others.split(" "),
  ].filter((word) => /.{2}ing$/.test(word)),
);

/** Tells whether a word is a participle of what beings do. */
export const isParticiple = (word: string): boolean =>
  participles.has(word) || (/.{2}ing$/.test(word) && stateOf(word) !== undefined);

/** Participles by irregular verbs in the past tense. */
const pastForms: ReadonlyMap<string, string> = new Map(
  Object.entries({
    eating: "ate",
    sleeping: "slept",
    drinking: "drank",
    running: "ran",
    holding: "held",
    sitting: "sat",
    flying: "flew",
    riding: "rode",
    wearing: "wore",
    standing: "stood",
    catching: "caught",
    lying: "lay",
    swimming: "swam",
    singing: "sang",
    driving: "drove",
    blowing: "blew",
    throwing: "threw",
    writing: "wrote",
    fighting: "fought",
    hiding: "hid",
    biting: "bit",
    building: "built",
    hanging: "hung",
    leaping: "leapt",
    stealing: "stole",
    feeding: "fed",
    making: "made",
    reading: "read",
    having: "had",
    meeting: "met",
  }).map(([participle, past]) => [past, participle]),
);

/** Returns the participle of a verb in the past tense; undefined for other words, and before "by". */
function participleOfPast(word: string, next: Token | undefined): string | undefined {
  if (next?.word === "by") return undefined;
  const irregular = pastForms.get(word);
  const isSeveral = irregular === "reading" || irregular === "having" || irregular === "making";
  if (irregular !== undefined) return isSeveral && !next?.article ? undefined : irregular;
  // "A dog covered in mud" is no verb with an object.
  if (!/.{3}ed$/.test(word) || !next?.article) return undefined;
  const stems = [word.slice(0, -2), word.slice(0, -1), word.slice(0, -3), word.replace(/ied$/, "y")];
  return stems.flatMap((stem) => participlesOf(stem)).find((form) => participles.has(form));
}

/** Verbs in the third person whose objects need no article. None of them is a plural that follows the name of a being. */
const havingForms =
  /^(?:wears|eats|holds|carries|wields|reads|chases|feeds|bakes|sells|catches|pulls|rides|juggles|throws)$/;

/** Words after which a verb may be followed by its place: "swings from a vine". */
const placeWord =
  /^(?:on|in|at|from|over|under|up|down|to|into|through|across|behind|around|along|with|off|after|between|towards?|near|and|while|happily|fast|quickly|away)$/;

/** Returns the participles that a verb may have, the likely ones first: "riding" and "rideing" of "ride". */
const participlesOf = (verb: string): readonly string[] => [
  ...(/[^eo]e$/.test(verb) ? [`${verb.slice(0, -1)}ing`] : []),
  `${verb}ing`,
  ...(/[^aeiou][aeiou][^aeiouwxy]$/.test(verb) ? [`${verb}${verb.at(-1)}ing`] : []),
];

/** Returns the base forms that a verb in the third person may have: "carry" of "carries", "catch" and "catche" of "catches". */
const basesOf = (verb: string): readonly string[] => [
  ...(verb.endsWith("ies") ? [`${verb.slice(0, -3)}y`] : []),
  ...(/(?:ch|sh|ss|x|z|o)es$/.test(verb) ? [verb.slice(0, -2)] : []),
  verb.slice(0, -1),
];

/** Returns the participle of a verb in the present tense. @param isOpen whether the verb may be one that no table has. */
function participleOf(bases: readonly string[], isOpen: boolean): string | undefined {
  const forms = bases.flatMap((base) => participlesOf(base));
  const known = forms.find((form) => participles.has(form) || stateOf(form) !== undefined);
  return known ?? (isOpen ? forms[0] : undefined);
}

/**
 * Replaces verbs in the present tense after a being by participles: "an owl reads a book" is read as "an owl reading a book". A word after
 * which no article comes must be a known verb: a bear's claws are none.
 * @param tokens the words of a prompt. @param isName whether a phrase is a name, such as "monkey bars".
 */
export function useParticiples(tokens: readonly Token[], isName: (phrase: string) => boolean): Token[] {
  // "The goose has a bonnet on."
  const end = tokens.at(-1)?.word === "on" && tokens.some(({ word }) => word === "has") ? -1 : tokens.length;
  return tokens.slice(0, end).map((token, at) => {
    // "A unicorn that dances".
    const subject = /^(?:that|who|which)$/.test(tokens[at - 1]?.word ?? "") ? at - 2 : at - 1;
    const [before, next] = [tokens[subject]?.word, tokens[at + 1]];
    if (before === undefined || token.article || token.word.length < 3) return token;
    const singular = singularOf(before);
    const isOne = isBeing(before);
    const isSeveral = singular !== undefined && isBeing(singular) && !isOne;
    const past = isOne || isSeveral ? participleOfPast(token.word, next) : undefined;
    if (past !== undefined) return { ...token, word: past };
    const isThirdPerson = /.{2}[^s]s$|^has$/.test(token.word);
    if (!(isOne ? isThirdPerson : isSeveral && !isThirdPerson)) return token;
    if (token.word === "has") return { ...token, word: tokens.at(-1)!.word === "on" ? "wearing" : "having" };
    const hasObject = next?.article ?? false;
    const isClause = subject < at - 1;
    // "The wizard wears pink slippers", but no verb in "a wizard hats shop".
    const isHaving = isOne && havingForms.test(token.word);
    if (!hasObject && !isClause && !isHaving && next !== undefined && !placeWord.test(next.word))
      return token;
    if (!hasObject && !isClause && isName(`${before} ${token.word}`)) return token;
    const participle = participleOf(isOne ? basesOf(token.word) : [token.word], hasObject && isOne);
    return participle === undefined ? token : { ...token, word: participle };
  });
}
