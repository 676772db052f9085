import type { AliasTable } from "../aliases.js";
import { type Language, languages, removeAccents, singularsOf, stemsOf } from "./forms.js";
import { nouns } from "./nouns.js";
import { adjectives, prepositions, smallWords, verbs } from "./words.js";

/** What a word is in a phrase. */
export type Role = "noun" | "adjective" | "verb" | "preposition" | "small";

/** A word or phrase of a language with its English translation, which may be empty. */
export interface Entry {
  readonly english: string;
  readonly role: Role;
  /** Whether it is a noun in the plural. */
  readonly isPlural?: boolean;
  /** English adjective, if the noun is one too: "rose". */
  readonly adjective?: string;
}

/** Words of a language. */
export interface Lexicon {
  /** Finds a phrase of one or several words in lower case, separated by spaces. */
  find(phrase: string): Entry | undefined;
  /** Maximum number of words of an entry. */
  readonly longest: number;
}

const tables: readonly (readonly [Role, string])[] = [
  ["small", smallWords],
  ["preposition", prepositions],
  ["verb", verbs],
  ["noun", nouns],
  ["adjective", adjectives],
];
/** Shortest word whose accents and endings may differ. */
const shortestInflected = 3;
/** Number of words of the longest names of emoji that are looked up. */
const longestName = 4;

/** Reads the column of a language: its words, and their English ones with their roles. The first row with a word counts. */
function readTables(language: Language): Map<string, Entry> {
  const column = languages.indexOf(language);
  const entries = new Map<string, Entry>();
  for (const [role, table] of tables)
    for (const row of table.trim().split("\n")) {
      const [, english, rest] = /^([^:]*):(.*)$/.exec(row)!;
      for (const form of rest!.split(";")[column]?.split(",") ?? []) {
        const key = form.trim();
        const known = entries.get(key);
        if (key === "") continue;
        if (!known) entries.set(key, { english: english!, role });
        else if (known.role === "noun" && role === "adjective")
          entries.set(key, { ...known, adjective: english! });
      }
    }
  return entries;
}

/** Makes the lexicon of a language from the tables, and from the names of emoji in this language. */
function makeLexicon(language: Language, names: ReadonlyMap<string, string>): Lexicon {
  const entries = readTables(language);
  const plain = new Map<string, Entry>();
  for (const [key, entry] of entries) {
    const bare = removeAccents(key);
    if (bare.length >= shortestInflected && !plain.has(bare)) plain.set(bare, entry);
  }
  // "Regenschirm im Regen" is an umbrella in the rain, as the tables read it.
  const simple = [...names].filter(([, label]) => !/ (?:with|in|on) /.test(label));
  const labels = new Map(simple.map(([name, label]) => [removeAccents(name), label]));
  const findInflected = (word: string): Entry | undefined => {
    for (const stem of stemsOf(word, language)) {
      const found = plain.get(stem);
      if (found?.role === "adjective" || (found?.role === "noun" && language !== "de")) return found;
    }
    for (const singular of singularsOf(word, language)) {
      const forms = [singular, ...stemsOf(singular, language)];
      const found = forms.map((form) => plain.get(form)).find((each) => each);
      if (found?.role === "adjective") return found;
      if (found?.role === "noun") return { ...found, isPlural: true };
    }
    return undefined;
  };
  const nameOf = (phrase: string): Entry | undefined => {
    // A masculine name is that of a profession: a "bombero" is a "man firefighter" among emoji.
    const label = labels.get(phrase)?.replace(/^man (?!in |with )/, "");
    return label === undefined ? undefined : { english: label, role: "noun" };
  };
  return {
    find(phrase) {
      const exact = entries.get(phrase);
      if (exact) return exact;
      const bare = removeAccents(phrase);
      if (bare.length < shortestInflected) return undefined;
      const found = plain.get(bare) ?? (bare.includes(" ") ? undefined : findInflected(bare)) ?? nameOf(bare);
      if (found) return found;
      const singular = singularsOf(bare, language)
        .map(nameOf)
        .find((each) => each);
      return singular && { ...singular, isPlural: true };
    },
    longest: Math.max(longestName, ...[...entries.keys()].map((key) => key.split(" ").length)),
  };
}

const lexicons = new WeakMap<AliasTable, ReadonlyMap<Language, Lexicon>>();

/** Returns the lexicons of all languages, which are made once for a table of emoji names. */
export function lexiconsOf(table: AliasTable): ReadonlyMap<Language, Lexicon> {
  const known = lexicons.get(table);
  if (known) return known;
  const all = new Map(
    languages.map((language) => [
      language,
      makeLexicon(language, table.byLanguage.get(language) ?? new Map()),
    ]),
  );
  lexicons.set(table, all);
  return all;
}
