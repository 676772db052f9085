import { isBeing } from "./states.js";
import { tokenize } from "./tokens.js";
import { useParticiples } from "./verbForms.js";

const jumping = /\b(?:running|dancing|jumping)\b/;
/** Verbs that a drawing of a being in motion, a sign or a setting shows, and what of a scene shows them; no part shows the others. */
const verbs: readonly (readonly [verbs: string, shown: RegExp | undefined])[] = [
  ["running jogging sprinting galloping racing fleeing trotting rushing", /\brunning\b/],
  ["dancing twirling cheering celebrating", /\b(?:dancing|tutu|ballet)\b/],
  ["jumping leaping hopping bounding", jumping],
  ["sleeping napping dozing snoring snoozing", /\b(?:sleeping|zzz)\b/],
  [
    "barking meowing roaring howling growling yawning sneezing stretching crouching kneeling crawling digging kicking fighting wrestling boxing sneaking clapping bowing screaming shouting pointing begging spinning limping stomping",
    undefined,
  ],
];
const byVerb = new Map(
  verbs.flatMap(([words, shown]) => words.split(" ").map((word) => [word, shown] as const)),
);
const auxiliary = /^(?:is|are|that|who|which|happily|quickly)$/;

/**
 * Lists the verbs of beings in a text that its scene does not show: a generator may have no `dancing ballerina`.
 * @param shown texts of the parts of the scene, and labels of their drawings.
 * @param isName whether a phrase is a name, such as "boxing glove".
 * @param isAlive whether a word names a being, beside those that are known as such.
 */
export function findUnshownVerbs(
  text: string,
  shown: readonly string[],
  isName: (phrase: string) => boolean,
  isAlive: (word: string) => boolean = () => false,
): readonly string[] {
  const tokens = useParticiples(tokenize(text), isName);
  const wordAt = (at: number): string => tokens[at]?.word ?? "";
  const isAliveAt = (at: number): boolean =>
    wordAt(at) !== "" &&
    (isBeing(wordAt(at)) || isBeing(wordAt(at).replace(/s$/, "")) || isAlive(wordAt(at)));
  return tokens.flatMap(({ word }, at) => {
    // "A whale jumping out of the sea" is in it.
    if (!byVerb.has(word) || wordAt(at + 1) === "out" || isName(`${word} ${wordAt(at + 1)}`)) return [];
    const subject = auxiliary.test(wordAt(at - 1)) ? at - 2 : at - 1;
    // "A dancing brown bear".
    if (!isAliveAt(subject) && !isAliveAt(at + 1) && !isAliveAt(at + 2)) return [];
    const pattern = byVerb.get(word);
    return pattern && shown.some((each) => pattern.test(each)) ? [] : [word];
  });
}
