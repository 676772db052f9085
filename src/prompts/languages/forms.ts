/** Languages that are translated, in the order of the tables' columns. */
export const languages = ["de", "es", "fr", "it", "pt"] as const;

/** Code of a language: ISO 639-1. */
export type Language = (typeof languages)[number];

/** Removes accents: "arbol" is "árbol". */
export const removeAccents = (text: string): string =>
  text.normalize("NFD").replace(/\p{M}/gu, "").replace(/ß/g, "ss");

/** Endings of nouns in the plural, and what they replace, in letters without accents. Empty endings are words with another vowel. */
const pluralEndings: Readonly<Record<Language, readonly (readonly [RegExp, string])[]>> = {
  de: ["en", "n", "e", "er", "ern", "s"].map((ending) => [new RegExp(`${ending}$`), ""]),
  es: [
    [/ces$/, "z"],
    [/es$/, ""],
    [/s$/, ""],
  ],
  fr: [
    [/[sx]$/, ""],
    [/aux$/, "al"],
  ],
  it: [
    [/chi$/, "co"],
    [/ghi$/, "go"],
    [/che$/, "ca"],
    [/ghe$/, "ga"],
    [/i$/, "o"],
    [/i$/, "e"],
    [/i$/, "io"],
    [/e$/, "a"],
  ],
  pt: [
    [/[oa]es$/, "ao"],
    [/ns$/, "m"],
    [/is$/, "l"],
    [/es$/, ""],
    [/s$/, ""],
  ],
};

/** Endings of adjectives and of feminine nouns, and what they replace. */
const genderEndings: Readonly<Record<Language, readonly (readonly [RegExp, string])[]>> = {
  de: [[/(?:e|er|es|en|em)$/, ""]],
  es: [[/a$/, "o"]],
  fr: [[/e$/, ""]],
  it: [[/a$/, "o"]],
  pt: [[/a$/, "o"]],
};

const applyEndings = (word: string, endings: readonly (readonly [RegExp, string])[]): string[] =>
  endings.flatMap(([ending, singular]) => (ending.test(word) ? [word.replace(ending, singular)] : []));

/**
 * Returns the singular that a word in the plural may have, without accents.
 * @param word in lower case, without accents.
 */
export const singularsOf = (word: string, language: Language): readonly string[] =>
  applyEndings(word, pluralEndings[language]);

/** Returns the masculine, or the form without ending, that an inflected word may have, without accents. */
export const stemsOf = (word: string, language: Language): readonly string[] =>
  applyEndings(word, genderEndings[language]);
