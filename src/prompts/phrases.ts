import { createCategoryReader } from "./categoryReader.js";
import { type NamedColour, colourWords, takeColour } from "./colours.js";
import { formsOf, wordsOf } from "./wordForms.js";
import { findPatterned } from "./patterns.js";
import { articles, containers, fillers, pictureWords, prepositions, relations } from "./phraseWords.js";

/** A concept with drawings in a generator's bank. */
export interface Concept {
  /** Its name, for example `automobile`. */
  readonly label: string;
  /** Other names, unique to this concept: `car`. */
  readonly names: readonly string[];
  /** Related words, which several concepts may share: `vehicle`. */
  readonly tags: readonly string[];
  /** Kinds without a drawing of their own, for which its drawing stands: `coupe`. */
  readonly kinds?: readonly string[] | undefined;
  /** Subgroup of emojibase that it belongs to: `transport ground`. */
  readonly subgroup?: string | undefined;
}

/** A kind of thing without a drawing of its own, and the label of the concept whose drawing stands for it. */
export interface StandIn {
  readonly word: string;
  readonly label: string;
}

/** Concepts and colour of a phrase. */
export interface PhraseMeaning {
  /** Indices of concepts, best first; never empty. */
  readonly concepts: readonly number[];
  /** Whether the phrase, without its colour, is a name of the first concept, or a word for a kind of it. */
  readonly isName: boolean;
  /** Words of a category that the phrase names instead of a thing, such as `winter sport`. The concepts are its members, unordered. */
  readonly category?: string | undefined;
  /** Words of the phrase without a drawing of their own, and the concept that stands for it: `spaniel` and `dog`. */
  readonly kind?: StandIn | undefined;
  /** Requested colour of the thing; absent when it is part of the concept's name. */
  readonly colour?: NamedColour | undefined;
}

/** Maps phrases to concepts. */
export interface PhraseReader {
  /** Finds the concepts of a phrase. @returns undefined when no concept matches the phrase's main word. */
  read(phrase: string): PhraseMeaning | undefined;
  /** Tells whether a phrase is a name of a concept. */
  isName(phrase: string): boolean;
}

/** Maximum number of concepts of a phrase. */
const mostConcepts = 6;
/** Concepts with at least this fraction of the best score are returned. */
const nearBest = 0.9;
/** Minimum score of a phrase's best concept, and the minimum for a phrase that names several things. */
const leastScore = 0.3;
const leastScoreOfSeveral = 0.8;
/** Factor of the main word's weight. */
const mainWeight = 2;
/** Number of words from which a name is not read word by word. */
const leastWordsOfPhrase = 3;
/** Maximum number of words of a name inside a phrase. */
const longestName = 3;
/** Maximum number of words of a phrase that is read in parts. */
const longestPhrase = 40;
/** Minimum numbers of letters of the two halves of a compound. */
const shortestPart = { first: 3, second: 4 };
/** Maximum number of letters of a compound. */
const longestCompound = 24;
/** Factor of a word's weight when it is a tag and not part of the label. */
const tagShare = 0.8;

/**
 * Makes a reader of phrases such as `a dark blue car`, `a slice of pizza` and `an angry cat` for a generator's concepts.
 * An exact name wins. Otherwise the colour is removed, and concepts are scored by the share of the phrase's words in their label and
 * tags, weighted by inverse document frequency.
 */
export function createPhraseReader(concepts: readonly Concept[]): PhraseReader {
  const byName = new Map<string, number>();
  concepts.forEach(({ label }, at) => byName.set(wordsOf(label).join(" "), at));
  concepts.forEach(({ names }, at) => {
    for (const name of names) {
      const words = wordsOf(name);
      // Articles of a phrase are not read: "a sunset over the sea".
      for (const key of [words.join(" "), words.filter((word) => !articles.has(word)).join(" ")])
        if (!byName.has(key)) byName.set(key, at);
    }
  });
  const byKind = new Map(
    concepts.flatMap(({ kinds = [] }, at) => kinds.map((kind) => [wordsOf(kind).join(" "), at] as const)),
  );
  // Names by their letters alone: "light house" is the lighthouse, "teapot" the tea pot.
  const byLetters = new Map([...byName].map(([name, at]) => [name.replace(/ /g, ""), at]));
  // A long name is a phrase to be recognised as a whole: "wall" is no word for a person climbing a wall.
  const isPhrase = (name: string): boolean => wordsOf(name).length >= leastWordsOfPhrase;
  const labelWords = concepts.map(
    ({ label, names }) => new Set([label, ...names.filter((name) => !isPhrase(name))].flatMap(wordsOf)),
  );
  const byWord = new Map<string, Set<number>>();
  concepts.forEach(({ tags }, at) => {
    for (const word of [...labelWords[at]!, ...tags.flatMap(wordsOf)])
      byWord.set(word, (byWord.get(word) ?? new Set<number>()).add(at));
  });

  /** Returns the concept with the given name, in singular or plural. */
  const findName = (names: ReadonlyMap<string, number>, words: readonly string[]): number | undefined => {
    if (words.length === 0) return undefined;
    const leadingWords = words.slice(0, -1);
    for (const form of formsOf(words[words.length - 1]!)) {
      const at = names.get([...leadingWords, form].join(" "));
      if (at !== undefined) return at;
    }
    return undefined;
  };
  const exactName = (words: readonly string[]): number | undefined =>
    findName(byName, words) ?? (words.length > 2 ? undefined : findName(byLetters, [words.join("")]));
  const labelOf = (at: number): string => wordsOf(concepts[at]!.label).join(" ");
  const conceptNamed = (words: readonly string[]): number | undefined =>
    exactName(words) ?? findPatterned(words, exactName, labelOf);
  const conceptsWith = (word: string): ReadonlySet<number> | undefined => {
    for (const form of formsOf(word)) {
      const matches = byWord.get(form);
      if (matches) return matches;
    }
    return undefined;
  };
  const rarity = (word: string): number =>
    Math.log(1 + concepts.length / (1 + (conceptsWith(word)?.size ?? concepts.length / 30)));

  const isConnective = (word: string): boolean => prepositions.has(word) || relations.has(word);
  /** Returns where the main words of a phrase are: the last name or kind before the first preposition, else the last word before it. */
  const findMainWords = (words: readonly string[]): readonly [first: number, end: number] => {
    // "A tall pile of books" is books.
    const of = words.indexOf("of");
    if (of > 0)
      for (let last = Math.min(words.length, of + 1 + longestName); last > of + 1; last--)
        for (let first = Math.max(0, of - longestName); first < of; first++)
          if (conceptNamed(words.slice(first, last)) !== undefined) return [first, last];
    if (of > 0 && containers.has(words[of - 1]!)) {
      const [first, end] = findMainWords(words.slice(of + 1));
      return [of + 1 + first, of + 1 + end];
    }
    const stop = words.findIndex((word, at) => at > 0 && isConnective(word));
    const end = stop < 0 ? words.length : stop;
    for (let last = end; last > 0; last--)
      for (let first = Math.max(0, last - longestName); first < last; first++) {
        const name = words.slice(first, last);
        if ((conceptNamed(name) ?? findName(byKind, name)) !== undefined) return [first, last];
      }
    return [end - 1, end];
  };
  const mainWords = (words: readonly string[]): readonly string[] => words.slice(...findMainWords(words));

  /** Tells whether a concept matches any word of a phrase other than the main words. */
  const tagsCover = (at: number, words: readonly string[], main: readonly string[]): boolean =>
    words.some((word) => !main.includes(word) && !isConnective(word) && conceptsWith(word)?.has(at));

  /** Ranks the concepts that match all main words by the share of the words' weight that they cover. */
  const rankByCoverage = (words: readonly string[]): number[] => {
    const main = mainWords(words);
    const named = conceptNamed(main);
    const [first, ...others] = main.map((word) => conceptsWith(word) ?? new Set<number>());
    const candidates = new Set([...first!].filter((at) => others.every((each) => each.has(at))));
    // Named by another form of the word: "sock" is a word of windsocks, but socks are meant.
    if (named !== undefined) candidates.add(named);
    if (candidates.size === 0) return [];
    // If the main words are a name, a concept with further words in its label is a different thing: "hot dog" for "dog"; one that has them among its tags alone is another
    // thing too: "wing" for "flying bird".
    const isOther = (at: number): boolean =>
      named !== undefined &&
      at !== named &&
      (!main.every((word) => formsOf(word).some((form) => labelWords[at]!.has(form))) ||
        wordsOf(concepts[at]!.label).some(
          (word) =>
            word !== "face" &&
            !words.some((each) => formsOf(each).includes(word)) &&
            !tagsCover(at, words, main),
        ));
    const contentWords = [...new Set(words.filter((word) => !isConnective(word)))];
    const weights = new Map(
      contentWords.map((word) => [word, rarity(word) * (main.includes(word) ? mainWeight : 1)]),
    );
    const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
    const scored = [...candidates]
      .filter((at) => !isOther(at))
      .map((at): [at: number, score: number] => {
        const label = labelWords[at]!;
        const covered = [...weights].reduce((sum, [word, weight]) => {
          if (formsOf(word).some((form) => label.has(form))) return sum + weight;
          return conceptsWith(word)?.has(at) ? sum + tagShare * weight : sum;
        }, 0);
        // Further words in the label lower the score: "house" is preferred to "derelict house".
        const extra = wordsOf(concepts[at]!.label).filter(
          (word) => !contentWords.some((each) => formsOf(each).includes(word)),
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

  /**
   * Returns the concept that stands for words: that of which they are a kind, or the second half of a compound of known words
   * (`birdhouse`).
   */
  const standInOf = (words: readonly string[]): number | undefined => {
    const kind = findName(byKind, words);
    const [word] = words;
    if (kind !== undefined || words.length > 1 || word!.length > longestCompound) return kind;
    for (let cut = shortestPart.first; cut <= word!.length - shortestPart.second; cut++) {
      const at = conceptNamed([word!.slice(cut)]);
      if (at !== undefined && byWord.has(word!.slice(0, cut))) return at;
    }
    return undefined;
  };
  /** Replaces the main words by the label of the concept that stands for them: `angry spaniel` becomes `angry dog`. */
  const withStandIn = (words: readonly string[]): { words: readonly string[]; kind?: StandIn } => {
    const [first, end] = findMainWords(words);
    const main = words.slice(first, end);
    const at = conceptNamed(main) === undefined ? standInOf(main) : undefined;
    if (at === undefined) return { words };
    const { label } = concepts[at]!;
    const known = [...words.slice(0, first), ...wordsOf(label), ...words.slice(end)];
    return { words: known, kind: { word: main.join(" "), label } };
  };

  const readCategory = createCategoryReader(
    concepts,
    conceptsWith,
    (words) => conceptNamed(words) !== undefined,
  );
  const withoutFillers = (phrase: string): string[] => {
    let words = wordsOf(phrase).filter((word) => !fillers.has(word));
    if (words.length > 2 && pictureWords.has(words[0]!) && words[1] === "of") words = words.slice(2);
    // Of two colours the first one counts: "red and yellow parrot".
    const join = words.indexOf("and");
    const isColour = (at: number): boolean => colourWords.has(words[at] ?? "");
    return isColour(join - 1) && isColour(join + 1) ? words.filter((_, at) => at !== join && at !== join + 1) : words; // prettier-ignore
  };
  const meaningOf = (words: readonly string[]): Omit<PhraseMeaning, "colour"> | undefined => {
    if (words.length === 0) return undefined;
    const name = conceptNamed(words);
    if (name !== undefined) return { concepts: [name], isName: true };
    const content =
      words.length > 2 && containers.has(words[0]!) && words[1] === "of" ? words.slice(2) : words;
    const contained = content === words ? undefined : conceptNamed(content);
    if (contained !== undefined) return { concepts: [contained], isName: true };
    const { words: known, kind } = withStandIn(content);
    const standIn = kind === undefined ? undefined : conceptNamed(known);
    if (standIn !== undefined) return { concepts: [standIn], isName: true, kind };
    const ranked = rankByCoverage(known);
    if (ranked.length > 0) return { concepts: ranked, isName: false, kind };
    // An unknown main word: what follows the preposition is better than nothing, "a logo for a bakery" than "a logo".
    const stop = content.findIndex((word, at) => at > 0 && prepositions.has(word));
    const rest = stop < 0 || content.length > longestPhrase ? undefined : meaningOf(content.slice(stop + 1));
    return rest && { ...rest, isName: false };
  };
  return {
    read(phrase) {
      const all = wordsOf(phrase);
      const words = withoutFillers(phrase);
      const whole = conceptNamed(all) ?? conceptNamed(words);
      if (whole !== undefined) return { concepts: [whole], isName: true };
      if (words.length === 0) return undefined;
      const { words: rest, colour } = takeColour(words);
      const category =
        findName(byKind, rest) === undefined
          ? readCategory(all.filter((word) => !articles.has(word)))
          : undefined;
      if (category) return { ...category, isName: false };
      const meaning = meaningOf(rest);
      return meaning && { ...meaning, colour };
    },
    isName: (phrase) =>
      conceptNamed(wordsOf(phrase)) !== undefined || conceptNamed(withoutFillers(phrase)) !== undefined,
  };
}
