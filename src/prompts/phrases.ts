import { type NamedColour, takeColour } from "./colours.js";

/** A concept whose drawings a generator knows. */
export interface Concept {
  /** Its name, for example `automobile`. */
  readonly label: string;
  /** Other names, which belong to no other concept: `car`. */
  readonly names: readonly string[];
  /** Words that have to do with it; concepts share them: `vehicle`. */
  readonly tags: readonly string[];
}

/** What a phrase names. */
export interface PhraseMeaning {
  /** Indices of concepts, the best first; never empty. */
  readonly concepts: readonly number[];
  /** Whether the phrase, without its colour, is a name of the first concept. */
  readonly isName: boolean;
  /** The colour that the thing should have, where its name does not say so already. */
  readonly colour?: NamedColour | undefined;
}

/** Finds what phrases name. */
export interface PhraseReader {
  /** @returns undefined when no concept shares the phrase's main word. */
  read(phrase: string): PhraseMeaning | undefined;
  /** Whether a phrase is a name of a concept. */
  isName(phrase: string): boolean;
}

/** Words without meaning for a picture of one thing. */
const fillers = new Set(
  "a an the some my your his her our their this that one single little small big large tiny huge cute nice pretty beautiful lovely sweet very simple".split(
    " ",
  ),
);
/** Words that say only that a picture is asked for, before `of`. */
const pictureWords = new Set(
  "picture photo photograph drawing image icon emoji sticker illustration painting sketch".split(" "),
);
/** Words before `of` that hold or count what follows. */
const containers = new Set(
  "cup mug glass bottle slice piece bowl plate bunch pair pile jar can box bag loaf scoop stack bouquet".split(
    " ",
  ),
);
const prepositions = new Set("of with in on at and for to from by".split(" "));
/** Words that relate one thing to another: such a phrase is not the name of one thing. */
const relations = new Set(
  "wearing holding riding eating under over behind beside near next above below inside playing carrying".split(
    " ",
  ),
);

/** Most concepts of a meaning. */
const mostConcepts = 6;
/** Concepts within this share of the best score are kept. */
const nearBest = 0.9;
/** Least score of a meaning, and of one that has to speak for several things. */
const leastScore = 0.3;
const leastScoreOfSeveral = 0.8;
/** Weight of the main word beside the same word elsewhere. */
const mainWeight = 2;
/** Most words of a name that is looked for inside a phrase. */
const longestName = 3;
/** Share of a word's weight when it is a tag instead of a part of the label. */
const tagShare = 0.8;

const wordsOf = (text: string): string[] =>
  text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[’']s\b/gu, "")
    .match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];

/** Forms of a word that a label may have: itself, its singular, its plural. */
function formsOf(word: string): string[] {
  const forms = [word];
  if (word.endsWith("ies") && word.length > 4) forms.push(`${word.slice(0, -3)}y`);
  if (/(?:s|x|z|ch|sh|o)es$/.test(word)) forms.push(word.slice(0, -2));
  if (word.endsWith("ves")) forms.push(`${word.slice(0, -3)}f`);
  if (word.endsWith("s") && !word.endsWith("ss") && word.length > 2) forms.push(word.slice(0, -1));
  else forms.push(/(?:s|x|z|ch|sh)$/.test(word) ? `${word}es` : `${word}s`);
  if (/[^aeiou]y$/.test(word)) forms.push(`${word.slice(0, -1)}ies`);
  return forms;
}

/**
 * Makes a reader of phrases such as `a dark blue car`, `a slice of pizza` and `an angry cat` for a generator's concepts.
 * Exact names win; then a colour is taken off; then concepts are scored by how much of the phrase their label and tags cover,
 * weighted by how rare each word is (inverse document frequency).
 */
export function createPhraseReader(concepts: readonly Concept[]): PhraseReader {
  const byName = new Map<string, number>();
  concepts.forEach(({ label }, at) => byName.set(wordsOf(label).join(" "), at));
  concepts.forEach(({ names }, at) => {
    for (const name of names) {
      const key = wordsOf(name).join(" ");
      if (!byName.has(key)) byName.set(key, at);
    }
  });
  const labelWords = concepts.map(({ label, names }) => new Set([label, ...names].flatMap(wordsOf)));
  const byWord = new Map<string, Set<number>>();
  concepts.forEach(({ tags }, at) => {
    for (const word of [...labelWords[at]!, ...tags.flatMap(wordsOf)])
      byWord.set(word, (byWord.get(word) ?? new Set<number>()).add(at));
  });

  /** The concept whose name some words are, in singular or plural. */
  const named = (words: readonly string[]): number | undefined => {
    if (words.length === 0) return undefined;
    const before = words.slice(0, -1);
    for (const form of formsOf(words[words.length - 1]!)) {
      const at = byName.get([...before, form].join(" "));
      if (at !== undefined) return at;
    }
    return undefined;
  };
  const sharing = (word: string): ReadonlySet<number> | undefined => {
    for (const form of formsOf(word)) {
      const found = byWord.get(form);
      if (found) return found;
    }
    return undefined;
  };
  const rarity = (word: string): number =>
    Math.log(1 + concepts.length / (1 + (sharing(word)?.size ?? concepts.length / 30)));

  const joins = (word: string): boolean => prepositions.has(word) || relations.has(word);
  /** The words that say what is shown: the last name before the first preposition, else the last word before it. */
  const mainWords = (words: readonly string[]): readonly string[] => {
    const stop = words.findIndex((word, at) => at > 0 && joins(word));
    const end = stop < 0 ? words.length : stop;
    for (let last = end; last > 0; last--)
      for (let first = Math.max(0, last - longestName); first < last; first++)
        if (named(words.slice(first, last)) !== undefined) return words.slice(first, last);
    return words.slice(end - 1, end);
  };

  /** Whether a concept has to do with any word beside the main ones. */
  const tagsCover = (at: number, words: readonly string[], main: readonly string[]): boolean =>
    words.some((word) => !main.includes(word) && !joins(word) && sharing(word)?.has(at));

  /** Concepts by the share of the words' weight that they cover; all must share the main words. */
  const covering = (words: readonly string[]): number[] => {
    const main = mainWords(words);
    const candidates = main
      .map((word) => sharing(word) ?? new Set<number>())
      .reduce((all, each) => new Set([...all].filter((at) => each.has(at))));
    if (candidates.size === 0) return [];
    // Where the main words are themselves a name, things that are called by it with other words besides are something else: a hot dog.
    const exact = named(main) !== undefined;
    const isOther = (at: number): boolean =>
      exact &&
      at !== named(main) &&
      wordsOf(concepts[at]!.label).some(
        (word) =>
          word !== "face" &&
          !words.some((each) => formsOf(each).includes(word)) &&
          !tagsCover(at, words, main),
      );
    const counted = [...new Set(words.filter((word) => !joins(word)))];
    const weights = new Map(
      counted.map((word) => [word, rarity(word) * (main.includes(word) ? mainWeight : 1)]),
    );
    const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
    const scored = [...candidates]
      .filter((at) => !isOther(at))
      .map((at): [at: number, score: number] => {
        const label = labelWords[at]!;
        const covered = [...weights].reduce((sum, [word, weight]) => {
          if (formsOf(word).some((form) => label.has(form))) return sum + weight;
          return sharing(word)?.has(at) ? sum + tagShare * weight : sum;
        }, 0);
        // Short labels say what is typical: "house" rather than "derelict house".
        const extra = wordsOf(concepts[at]!.label).filter(
          (word) => !counted.some((each) => formsOf(each).includes(word)),
        );
        return [at, covered / total - 0.04 * extra.length];
      });
    const best = Math.max(...scored.map(([, score]) => score));
    if (
      best < (words.some((word) => relations.has(word) || word === "and") ? leastScoreOfSeveral : leastScore)
    )
      return [];
    return scored
      .filter(([, score]) => score >= nearBest * best)
      .sort(([a, x], [b, y]) => y - x || a - b)
      .slice(0, mostConcepts)
      .map(([at]) => at);
  };

  const stripped = (phrase: string): string[] => {
    let words = wordsOf(phrase).filter((word) => !fillers.has(word));
    if (words.length > 2 && pictureWords.has(words[0]!) && words[1] === "of") words = words.slice(2);
    return words;
  };
  const meaningOf = (words: readonly string[]): Omit<PhraseMeaning, "colour"> | undefined => {
    const name = named(words);
    if (name !== undefined) return { concepts: [name], isName: true };
    const content =
      words.length > 2 && containers.has(words[0]!) && words[1] === "of" ? words.slice(2) : words;
    const inner = content === words ? undefined : named(content);
    if (inner !== undefined) return { concepts: [inner], isName: true };
    const found = covering(content);
    return found.length > 0 ? { concepts: found, isName: false } : undefined;
  };
  return {
    read(phrase) {
      const all = wordsOf(phrase);
      const whole = named(all) ?? named(stripped(phrase));
      if (whole !== undefined) return { concepts: [whole], isName: true };
      const words = stripped(phrase);
      if (words.length === 0) return undefined;
      const { words: rest, colour } = takeColour(words);
      const meaning = meaningOf(rest);
      return meaning && { ...meaning, colour };
    },
    isName: (phrase) => named(wordsOf(phrase)) !== undefined || named(stripped(phrase)) !== undefined,
  };
}
