import { z } from "zod";
import { splitGraphemes } from "./graphemes.js";

/** Schema of `aliases.json.br`: known concepts with their emoji and their names in other languages. */
export const aliasFileSchema = z.strictObject({
  format: z.literal(1),
  licence: z.string(),
  /** English labels. */
  labels: z.array(z.string()),
  /** English tags of each label. */
  tags: z.array(z.array(z.string())),
  /** Index of a label by emoji: code points in hexadecimal, joined by dashes, without variation selectors and skin tones. */
  emoji: z.record(z.string(), z.int().nonnegative()),
  /** Names of each label by language, separated by `|`; empty for a label without names. */
  names: z.record(z.string(), z.array(z.string())),
});

/** Contents of an alias file. */
export type AliasFile = z.infer<typeof aliasFileSchema>;

/** An indexed alias file. */
export interface AliasTable {
  readonly labels: readonly string[];
  /** Label by emoji key, in the form of `emojiKeyOf`. */
  readonly emoji: ReadonlyMap<string, string>;
  /** Label by name in another language, in the form of `nameKeyOf`. */
  readonly names: ReadonlyMap<string, string>;
  /** Label by name for each language. */
  readonly byLanguage: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Maximum number of words of a name, and of characters of a name. */
  readonly longest: { readonly words: number; readonly characters: number };
  /** Words of English labels and tags, and English function words. A name that consists only of them is no alias. */
  readonly vocabulary: ReadonlySet<string>;
  /** Labels by each word of their names and tags, in any language. */
  readonly byWord: ReadonlyMap<string, readonly string[]>;
}

/** A text with its aliases replaced. */
export interface ResolvedText {
  readonly text: string;
  /** Replaced aliases with their labels. Emoji come first, then names, each in the order of the text. */
  readonly replaced: readonly { readonly alias: string; readonly label: string }[];
  /** Emoji without a known concept. */
  readonly unknown: readonly string[];
}

/** English function words. They are added to the vocabulary, so that they are never aliases. */
const functionWords = ["a", "an", "and", "at", "in", "of", "on", "the", "to", "with"];
const wordPattern = /[\p{L}\p{N}\p{M}]+/gu;
/** Scripts that are written without spaces. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Khmer}\p{Script=Lao}\p{Script=Myanmar}ー]/u;
/** Zero-width characters: joiners, direction marks, variation selectors. */
const invisible = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufe00-\ufe0f]/gu;
const skinTones = /[\u{1f3fb}-\u{1f3ff}]/gu;

/** Splits a text into words, in lower case. */
export const splitWords = (text: string): string[] =>
  text.normalize("NFKC").toLowerCase().match(wordPattern) ?? [];

/** Returns the lookup key of a name: its words, separated by single spaces. */
export const nameKeyOf = (name: string): string => splitWords(name).join(" ");

/** Returns the lookup key of an emoji: code points in hexadecimal, without variation selectors and skin tones. */
export const emojiKeyOf = (emoji: string): string =>
  [...emoji.replace(/[\ufe0e\ufe0f]/gu, "").replace(skinTones, "")]
    .map((character) => character.codePointAt(0)!.toString(16).toUpperCase())
    .join("-");

/** Indexes an alias file. If a name has different meanings in several languages, the first language in the file wins. */
export function indexAliases({ labels, tags, emoji, names }: AliasFile): AliasTable {
  const vocabulary = new Set([
    ...functionWords,
    ...labels.flatMap(splitWords),
    ...tags.flat().flatMap(splitWords),
  ]);
  const byName = new Map<string, string>();
  const byWord = new Map<string, Set<string>>();
  const addWord = (word: string, label: string): void => {
    byWord.set(word, (byWord.get(word) ?? new Set<string>()).add(label));
  };
  let [words, characters] = [1, 1];
  labels.forEach((label, at) => {
    for (const word of [label, ...(tags[at] ?? [])].flatMap(splitWords)) addWord(word, label);
  });
  for (const list of Object.values(names))
    list.forEach((joined, at) => {
      for (const name of joined === "" ? [] : joined.split("|")) {
        const key = nameKeyOf(name);
        const parts = key.split(" ");
        // A name that consists of English words keeps its English meaning.
        if (key === "" || byName.has(key) || parts.every((word) => vocabulary.has(word))) continue;
        byName.set(key, labels[at]!);
        for (const word of parts) addWord(word, labels[at]!);
        words = Math.max(words, parts.length);
        characters = Math.max(characters, key.length);
      }
    });
  const namesOf = (list: readonly string[]): Map<string, string> =>
    new Map(
      list.flatMap((joined, at) =>
        joined.split("|").map((name): [string, string] => [nameKeyOf(name), labels[at]!]),
      ),
    );
  return {
    labels,
    byLanguage: new Map(Object.entries(names).map(([language, list]) => [language, namesOf(list)])),
    emoji: new Map(Object.entries(emoji).map(([key, at]) => [key, labels[at]!])),
    names: byName,
    longest: { words, characters },
    vocabulary,
    byWord: new Map([...byWord].map(([word, wordLabels]) => [word, [...wordLabels]])),
  };
}

interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly label: string;
}

/** Finds names in other languages in a text, from left to right. At each position the longest name wins. */
function findNames(text: string, table: AliasTable, isOwnName: (phrase: string) => boolean): Replacement[] {
  const spans = [...text.matchAll(wordPattern)].map(({ 0: word, index }) => ({
    word,
    start: index,
    end: index + word.length,
  }));
  const englishWords = spans.filter(({ word }) => table.vocabulary.has(word.toLowerCase())).length;
  const replacements: Replacement[] = [];
  for (let at = 0; at < spans.length;) {
    const { word, start } = spans[at]!;
    if (unspaced.test(word)) {
      replacements.push(...findNamesInRun(word, start, table));
      at++;
      continue;
    }
    let matchedWords = 0;
    for (
      let count = Math.min(table.longest.words, spans.length - at);
      count > 0 && matchedWords === 0;
      count--
    ) {
      const list = spans.slice(at, at + count);
      const name = list.map((each) => each.word.toLowerCase()).join(" ");
      const label = table.names.get(name);
      if (label === undefined || isOwnName(name)) continue;
      const { end } = list[count - 1]!;
      // A single ASCII word may be an English word outside the vocabulary, so it is replaced only in a text without English words.
      const isDoubtful = count === 1 && /^[a-z0-9]+$/i.test(word);
      if (isDoubtful && englishWords > Number(table.vocabulary.has(word.toLowerCase()))) continue;
      replacements.push({ start, end, label });
      matchedWords = count;
    }
    at += Math.max(1, matchedWords);
  }
  return replacements;
}

/** Finds names in a run of a script without spaces. A single character matches only if it is the whole run. */
function findNamesInRun(run: string, offset: number, { names, longest }: AliasTable): Replacement[] {
  const replacements: Replacement[] = [];
  for (let at = 0; at < run.length;) {
    let length = Math.min(longest.characters, run.length - at);
    for (; length > 0; length--) {
      const label = names.get(run.slice(at, at + length).toLowerCase());
      if (label === undefined || (length === 1 && run.length > 1)) continue;
      replacements.push({ start: offset + at, end: offset + at + length, label });
      break;
    }
    at += Math.max(1, length);
  }
  return replacements;
}

const isEmoji = (grapheme: string): boolean =>
  /[\p{Extended_Pictographic}\p{Regional_Indicator}\u20e3]/u.test(grapheme) && !/^[©®™]$/u.test(grapheme);
const gluedEnd = /[\p{L}\p{N}\p{M}]$/u;
const gluedStart = /^[\p{L}\p{N}\p{M}]/u;

/** Articles, conjunctions and prepositions of other languages, with their English translations; empty for articles. */
const particles: ReadonlyMap<string, string> = new Map([
  ..."ein eine einen einem einer der die das den dem un une le la les el los las una uno il lo gli um uma o os een de het en ett"
    .split(" ")
    .map((word): [string, string] => [word, ""]),
  ..."und et y e och og ja oraz и і と 和 및".split(" ").map((word): [string, string] => [word, "and"]),
  ..."mit avec con com met z med с".split(" ").map((word): [string, string] => [word, "with"]),
  ..."auf sur sobre su op på na на".split(" ").map((word): [string, string] => [word, "on"]),
]);

/** Translates the particles in the text between names of another language. */
const translateParticles = (text: string): string =>
  text.replace(/([\p{L}\p{M}]+)( ?)/gu, (whole, word: string, space: string) => {
    const english = particles.get(word.toLowerCase());
    return english === undefined ? whole : english === "" ? "" : english + space;
  });

/** Adds a label to the pieces of a text, separated from adjacent letters by spaces. @param after the text that follows the label. */
function addLabel(pieces: string[], label: string, after: string): void {
  const before = pieces.findLast((piece) => piece !== "") ?? "";
  if (gluedEnd.test(before)) pieces.push(" ");
  pieces.push(label);
  if (gluedStart.test(after)) pieces.push(" ");
}

/**
 * Replaces the known emoji of a text by labels, and normalises the text between emoji.
 * @returns the new text, the replacements and the unknown emoji, each in the order of the text.
 */
function replaceEmoji(
  text: string,
  table: AliasTable,
): { text: string; replaced: { alias: string; label: string }[]; unknown: string[] } {
  const replaced: { alias: string; label: string }[] = [];
  const unknown: string[] = [];
  const pieces: string[] = [];
  let followsLabel = false;
  for (const grapheme of splitGraphemes(text)) {
    const emoji = isEmoji(grapheme);
    const label = emoji ? table.emoji.get(emojiKeyOf(grapheme)) : undefined;
    if (label !== undefined) {
      addLabel(pieces, label, ""); // the next grapheme adds the space after it
      replaced.push({ alias: grapheme, label });
    } else {
      if (emoji) unknown.push(grapheme);
      const normalised = emoji ? grapheme : grapheme.normalize("NFKC");
      pieces.push(followsLabel && gluedStart.test(normalised) ? ` ${normalised}` : normalised);
    }
    followsLabel = label !== undefined;
  }
  // Emoji alone are things beside each other.
  const isEmojiAlone =
    replaced.length > 1 &&
    text.replace(invisible, "").replace(/\s/gu, "") ===
      replaced.map(({ alias }) => alias.replace(invisible, "")).join("");
  return {
    text: isEmojiAlone ? replaced.map(({ label }) => label).join(" and ") : pieces.join(""),
    replaced,
    unknown,
  };
}

/** Tells whether a text has an emoji with a label. */
function holdsKnownEmoji(text: string, table: AliasTable): boolean {
  for (const grapheme of splitGraphemes(text))
    if (isEmoji(grapheme) && table.emoji.has(emojiKeyOf(grapheme))) return true;
  return false;
}

/**
 * Replaces emoji, and names in other languages, by English labels. The longest name at word boundaries wins. Articles, conjunctions and
 * prepositions between such names are translated too. Zero-width characters are removed, and compatibility forms (full-width letters,
 * ligatures) are normalised. A text of English words in ASCII is unchanged.
 * @param isOwnName whether a phrase is a name that the generator knows; it is no alias: "flip-flops" is German too.
 */
export function resolveAliases(
  text: string,
  table: AliasTable,
  isOwnName: (phrase: string) => boolean = () => false,
): ResolvedText {
  const { text: labelled, replaced, unknown } = replaceEmoji(text, table);
  // The text is normalised as a whole once more: removed characters make others adjacent.
  const cleaned = labelled.replace(invisible, "").normalize("NFKC");
  if (cleaned !== text && holdsKnownEmoji(cleaned, table)) {
    // Cleaning has produced a known emoji: from an unknown one, by removing the joiners between its parts; from code points that an
    // invisible character separated; or from a compatibility form. Unknown emoji that are left are found again.
    const rest = resolveAliases(cleaned, table, isOwnName);
    return { ...rest, replaced: [...replaced, ...rest.replaced] };
  }
  const matches = findNames(cleaned, table, isOwnName);
  if (matches.length === 0) return { text: cleaned, replaced, unknown };
  const pieces: string[] = [];
  let end = 0;
  for (const match of matches) {
    pieces.push(translateParticles(cleaned.slice(end, match.start)));
    end = match.end;
    addLabel(pieces, match.label, cleaned.slice(end));
    replaced.push({ alias: cleaned.slice(match.start, end), label: match.label });
  }
  pieces.push(translateParticles(cleaned.slice(end)));
  return { text: pieces.join(""), replaced, unknown };
}
