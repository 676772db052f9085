import type { AliasTable } from "../aliases.js";
import type { Language } from "./forms.js";
import { type Entry, type Lexicon, lexiconsOf } from "./lexicon.js";
import { formsOf } from "../wordForms.js";
import { findBearing } from "../relations.js";
import { englishMarks, englishWords, surfaces } from "./words.js";

/** A text in English. */
export interface Translation {
  readonly text: string;
  readonly language: Language;
}

/** A word or phrase of a text, with its entry if it is known. Punctuation is a word without an entry. */
interface Word {
  readonly source: string;
  readonly entry: Entry | undefined;
}

/** Numbers before a plural. */
const numbers = /^(?:two|three|four|five|six|seven|eight|nine|ten|many)$/;
/** Where worn things are. */
const worn = new Set<string>(["head", "eyes", "neck", "body", "feet", "back"]);
/** Least share of known words. */
const leastShare = 0.6;
/** Maximum number of words of a text. */
const longestText = 60;

const isComma = ({ source }: Word): boolean => /^[,;]$/.test(source);
const isWord = ({ source }: Word): boolean => /\p{L}/u.test(source);
const hasRole = (word: Word | undefined, role: Entry["role"]): boolean => word?.entry?.role === role;
const is = (word: Word | undefined, english: string): boolean => word?.entry?.english === english;

/** Splits a text into words in lower case, with elided articles as words of their own, and punctuation. */
function splitText(text: string): string[] {
  const separated = text
    .toLowerCase()
    .replace(/’/g, "'")
    .replace(/(?<!\p{L})(l|d|qu|un|dell|nell|sull|all|dall)'(?=\p{L})/gu, "$1' ");
  return separated.match(/[\p{L}\p{N}\p{M}]+(?:['-][\p{L}\p{N}\p{M}]+)*'?|[,;.!?&]/gu) ?? [];
}

/** Looks all words up, the longest phrases first. */
function lookUp(words: readonly string[], lexicon: Lexicon): Word[] {
  const found: Word[] = [];
  for (let at = 0; at < words.length;) {
    let length = Math.min(lexicon.longest, words.length - at);
    let entry: Entry | undefined;
    for (; length > 0 && !entry; length -= entry ? 0 : 1)
      entry = lexicon.find(words.slice(at, at + length).join(" "));
    const count = Math.max(1, length);
    const isAfterNoun = hasRole(found.at(-1), "noun");
    if (entry?.adjective !== undefined && isAfterNoun)
      entry = { english: entry.adjective, role: "adjective" };
    found.push({ source: words.slice(at, at + count).join(" "), entry });
    at += count;
  }
  return found;
}

/** Tells whether an entry shows that a text is in its language: it is no English word. */
const isMark = ({ source, entry }: Word, { vocabulary }: AliasTable): boolean =>
  entry !== undefined && !formsOf(source).some((form) => englishWords.has(form) || vocabulary.has(form));

/** Reads a text in the language in which most of its words are known; undefined for English and unknown ones. */
function detectLanguage(
  words: readonly string[],
  table: AliasTable,
): { language: Language; words: Word[] } | undefined {
  if (words.length > longestText || words.some((word) => englishMarks.has(word))) return undefined;
  let best: { language: Language; words: Word[]; score: number } | undefined;
  for (const [language, lexicon] of lexiconsOf(table)) {
    const read = lookUp(words, lexicon);
    const all = read.filter(isWord);
    const known = all.filter(({ entry }) => entry);
    const marks = known.filter((word) => isMark(word, table));
    const isPhrase = known.some((word) => !hasRole(word, "noun") && isMark(word, table));
    const hasContent = known.some((word) => hasRole(word, "noun"));
    // "Il re e la regina" has small words that are English ones too.
    const isWhole =
      known.length === all.length &&
      marks.length > 0 &&
      known.filter((word) => hasRole(word, "small")).length > 1;
    if (!(isPhrase || isWhole) || !hasContent || known.length < leastShare * all.length) continue;
    const score = known.length / all.length + marks.length / all.length;
    if (!best || score > best.score) best = { language, words: read, score };
  }
  return best;
}

/** Moves the verb at the end of a German clause to its start: "der ein Buch liest" becomes "reading a book". */
function moveVerbs(words: readonly Word[]): Word[] {
  const result: Word[] = [];
  let isClause = false;
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    const next = words[at + 1];
    const startsClause = isComma(word) && next !== undefined && is(next, "the");
    const followsNoun = is(word, "the") && hasRole(result.at(-1), "noun");
    const joins = isClause && is(word, "and");
    if (startsClause || followsNoun || joins) {
      const start = startsClause ? at + 2 : at + 1;
      const rest = words.slice(start);
      const end = rest.findIndex((each) => isComma(each) || is(each, "and"));
      const clause = end < 0 ? rest : rest.slice(0, end);
      const verb = clause.findLastIndex((each) => hasRole(each, "verb"));
      if (verb >= 0) {
        if (joins) result.push(word);
        result.push(clause[verb]!, ...clause.filter((each, index) => index !== verb && !is(each, "is")));
        at = start + clause.length - 1;
        isClause = true;
        continue;
      }
    }
    result.push(word);
  }
  return result;
}

/** Puts adjectives that follow a noun before it, the last one first: "coche azul oscuro" becomes "dark blue car". */
function moveAdjectives(words: readonly Word[]): Word[] {
  const result: Word[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    result.push(word);
    if (!hasRole(word, "noun")) continue;
    const moved: Word[][] = [];
    for (let next = at + 1; next < words.length; next++) {
      const isJoined = is(words[next], "and") && hasRole(words[next + 1], "adjective") && moved.length > 0;
      if (!isJoined && !hasRole(words[next], "adjective")) break;
      if (isJoined) moved.splice(-1, 1, [...moved.at(-1)!, words[next]!, words[++next]!]);
      else moved.push([words[next]!]);
      at = next;
    }
    result.splice(-1, 1, ...moved.reverse().flat(), word);
  }
  return result;
}

const plurals: ReadonlyMap<string, string> = new Map(
  Object.entries({ mouse: "mice", goose: "geese", child: "children", man: "men", woman: "women", wolf: "wolves", leaf: "leaves", fish: "fish", sheep: "sheep", deer: "deer", children: "children" }), // prettier-ignore
);
const pluralOf = (noun: string): string => {
  const known = plurals.get(noun);
  if (known !== undefined || /s$/.test(noun)) return known ?? noun;
  if (/[^aeiou]y$/.test(noun)) return `${noun.slice(0, -1)}ies`;
  return /(?:x|sh|ch)$/.test(noun) ? `${noun}es` : `${noun}s`;
};

/** Returns the English words for the word at a position. */
function toEnglish(words: readonly Word[], at: number, language: Language): string {
  const [word, before, rest] = [words[at]!, words[at - 1], words.slice(at + 1)];
  const { source, entry } = word;
  if (!entry) return source;
  const { english } = entry;
  const noun = rest.find((each) => hasRole(each, "noun"))?.entry?.english ?? "";
  if (english.startsWith("in/on")) return english.replace("in/on", surfaces.has(noun) ? "on" : "in");
  // "Persiguiendo a un gato": the object of a verb in Spanish.
  if (language === "es" && /^al?$/.test(source) && hasRole(before, "verb"))
    return source === "a" ? "" : "the";
  // "Gato de sombrero", "chat au chapeau".
  if (/^(?:of|at)(?: the)?$/.test(english) && worn.has(findBearing(noun) ?? "on")) return "with";
  if (/^sobre\b/.test(source) && is(before, "flying") && !surfaces.has(noun))
    return english.replace("on", "above");
  // "The bear" in the accusative looks like a plural in German.
  const isOne = is(before, "a") || (language === "de" && /^(?:dem|der|des|den)$/.test(before?.source ?? ""));
  const counted = words.slice(0, at).findLast((each) => !hasRole(each, "adjective"));
  const isCounted = numbers.test(counted?.entry?.english ?? "");
  if (hasRole(word, "noun") && (isCounted || (entry.isPlural && !isOne))) return pluralOf(english);
  const next = rest[0];
  const isAuxiliary = is(word, "is") && hasRole(next, "verb");
  const isRelative = is(word, "that") && next !== undefined && (hasRole(next, "verb") || is(next, "is"));
  return isAuxiliary || isRelative ? "" : english;
}

/**
 * Translates a simple description in German, Spanish, French, Italian or Portuguese: nouns with articles, numbers and adjectives, what
 * they do, and where they are. Unknown words are left as they are.
 * @returns undefined for a text in another language, of which English is one, and for a long text.
 */
export function translate(text: string, table: AliasTable): Translation | undefined {
  const detected = detectLanguage(splitText(text), table);
  if (!detected) return undefined;
  const { language } = detected;
  const ordered = language === "de" ? moveVerbs(detected.words) : moveAdjectives(detected.words);
  const english = ordered
    .map((_, at) => toEnglish(ordered, at, language))
    .filter((word) => word !== "")
    .join(" ")
    .replace(/ ([,;.!?])/g, "$1")
    .replace(/\bat the (?=night|sunset)/g, "at ")
    .replace(/\ba (?=[aeio]|umbrella|ugly)/g, "an ");
  return { text: english, language };
}
