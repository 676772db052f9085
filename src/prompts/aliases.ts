import { z } from "zod";

/** Known concepts with the names that other languages and emoji give them: what `aliases.json.br` holds. */
export const aliasFileSchema = z.strictObject({
  format: z.literal(1),
  licence: z.string(),
  /** English labels. */
  labels: z.array(z.string()),
  /** English tags of each label. */
  tags: z.array(z.array(z.string())),
  /** Index of a label by emoji: code points in hexadecimal, joined by dashes, without variation selectors and skin tones. */
  emoji: z.record(z.string(), z.int().nonnegative()),
  /** Names of each label by language, several separated by `|`; empty where it has none. */
  names: z.record(z.string(), z.array(z.string())),
});

/** Contents of an alias file. */
export type AliasFile = z.infer<typeof aliasFileSchema>;

/** An alias file, indexed. */
export interface AliasTable {
  readonly labels: readonly string[];
  /** Label by emoji, as in the file. */
  readonly emoji: ReadonlyMap<string, string>;
  /** Label by name in another language, as `nameKey` writes it. */
  readonly names: ReadonlyMap<string, string>;
  /** Most words of a name, and most characters of one in a script without spaces. */
  readonly longest: { readonly words: number; readonly characters: number };
  /** Words of English labels and tags. */
  readonly vocabulary: ReadonlySet<string>;
  /** Labels by a word of their names or tags, in any language. */
  readonly byWord: ReadonlyMap<string, readonly string[]>;
}

/** A text whose aliases are replaced. */
export interface ResolvedText {
  readonly text: string;
  /** What was replaced by what, in the order of the text. */
  readonly replaced: readonly { readonly alias: string; readonly label: string }[];
  /** Emoji that no concept has. */
  readonly unknown: readonly string[];
}

/** Words that say nothing about a picture's language. */
const functionWords = ["a", "an", "and", "at", "in", "of", "on", "the", "to", "with"];
const wordPattern = /[\p{L}\p{N}\p{M}]+/gu;
/** Scripts that are written without spaces. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Khmer}\p{Script=Lao}\p{Script=Myanmar}ー]/u;
/** Characters without width: joiners, marks of direction, variation selectors. */
const invisible = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufe00-\ufe0f]/gu;
const skinTones = /[\u{1f3fb}-\u{1f3ff}]/gu;

/** Words of a text, in lower case. */
export const wordsOf = (text: string): string[] =>
  text.normalize("NFKC").toLowerCase().match(wordPattern) ?? [];

/** A name as aliases are looked up by: its words, separated by single spaces. */
export const nameKey = (name: string): string => wordsOf(name).join(" ");

/** An emoji as aliases are looked up by. */
export const emojiKey = (emoji: string): string =>
  [...emoji.replace(/[\ufe0e\ufe0f]/gu, "").replace(skinTones, "")]
    .map((character) => character.codePointAt(0)!.toString(16).toUpperCase())
    .join("-");

/** Indexes an alias file. A name that several languages give to different things means what the first of them says. */
export function indexAliases({ labels, tags, emoji, names }: AliasFile): AliasTable {
  const vocabulary = new Set([
    ...functionWords,
    ...labels.flatMap(wordsOf),
    ...tags.flat(2).flatMap(wordsOf),
  ]);
  const byName = new Map<string, string>();
  const byWord = new Map<string, Set<string>>();
  const remember = (word: string, label: string): void => {
    byWord.set(word, (byWord.get(word) ?? new Set<string>()).add(label));
  };
  let [words, characters] = [1, 1];
  labels.forEach((label, at) => {
    for (const word of [label, ...(tags[at] ?? [])].flatMap(wordsOf)) remember(word, label);
  });
  for (const list of Object.values(names))
    list.forEach((all, at) => {
      for (const name of all === "" ? [] : all.split("|")) {
        const key = nameKey(name);
        const parts = key.split(" ");
        // English words mean what they mean in English.
        if (key === "" || byName.has(key) || parts.every((word) => vocabulary.has(word))) continue;
        byName.set(key, labels[at]!);
        for (const word of parts) remember(word, labels[at]!);
        words = Math.max(words, parts.length);
        characters = Math.max(characters, key.length);
      }
    });
  return {
    labels,
    emoji: new Map(Object.entries(emoji).map(([key, at]) => [key, labels[at]!])),
    names: byName,
    longest: { words, characters },
    vocabulary,
    byWord: new Map([...byWord].map(([word, known]) => [word, [...known]])),
  };
}

interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly label: string;
}

/** Names of other languages in a text, longest first from the left. */
function namesIn(text: string, table: AliasTable): Replacement[] {
  const spans = [...text.matchAll(wordPattern)].map(({ 0: word, index }) => ({
    word,
    start: index,
    end: index + word.length,
  }));
  const found: Replacement[] = [];
  for (let at = 0; at < spans.length;) {
    const { word, start } = spans[at]!;
    if (unspaced.test(word)) {
      found.push(...namesInRun(word, start, table));
      at++;
      continue;
    }
    let taken = 0;
    for (let count = Math.min(table.longest.words, spans.length - at); count > 0 && taken === 0; count--) {
      const list = spans.slice(at, at + count);
      const label = table.names.get(list.map((each) => each.word.toLowerCase()).join(" "));
      if (label === undefined) continue;
      const { end } = list[count - 1]!;
      // A plain word of Latin letters may be a word of English that the vocabulary lacks: it must stand among no English words.
      const others = spans.filter((each) => !list.includes(each));
      const isDoubtful = count === 1 && /^[a-z0-9]+$/i.test(word);
      if (isDoubtful && others.some((each) => table.vocabulary.has(each.word.toLowerCase()))) continue;
      found.push({ start, end, label });
      taken = count;
    }
    at += Math.max(1, taken);
  }
  return found;
}

/** Names in a run of a script without spaces; single characters only where they are the whole run. */
function namesInRun(run: string, offset: number, { names, longest }: AliasTable): Replacement[] {
  const found: Replacement[] = [];
  for (let at = 0; at < run.length;) {
    let length = Math.min(longest.characters, run.length - at);
    for (; length > 0; length--) {
      const label = names.get(run.slice(at, at + length).toLowerCase());
      if (label === undefined || (length === 1 && run.length > 1)) continue;
      found.push({ start: offset + at, end: offset + at + length, label });
      break;
    }
    at += Math.max(1, length);
  }
  return found;
}

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });
const isEmoji = (grapheme: string): boolean =>
  /[\p{Extended_Pictographic}\p{Regional_Indicator}\u20e3]/u.test(grapheme) && !/^[©®™]$/u.test(grapheme);
const gluedEnd = /[\p{L}\p{N}\p{M}]$/u;
const gluedStart = /^[\p{L}\p{N}\p{M}]/u;

/** Articles and conjunctions of other languages, and what they become beside a name of one. */
const particles: ReadonlyMap<string, string> = new Map([
  ..."ein eine einen einem einer der die das den dem un une le la les el los las una uno il lo gli um uma o os een de het en ett"
    .split(" ")
    .map((word): [string, string] => [word, ""]),
  ..."und et y e och og ja oraz и і と 和 및".split(" ").map((word): [string, string] => [word, "and"]),
  ..."mit avec con com met z med с".split(" ").map((word): [string, string] => [word, "with"]),
  ..."auf sur sobre su op på na на".split(" ").map((word): [string, string] => [word, "on"]),
]);

/** What stands between names of another language, its articles and conjunctions in English. */
const translateParticles = (text: string): string =>
  text.replace(/([\p{L}\p{M}]+)( ?)/gu, (whole, word: string, space: string) => {
    const english = particles.get(word.toLowerCase());
    return english === undefined ? whole : english === "" ? "" : english + space;
  });

/** Text with a replacement put in, set apart from letters beside it. */
const insert = (before: string, label: string, after: string): string =>
  before + (gluedEnd.test(before) ? " " : "") + label + (gluedStart.test(after) ? " " : "");

/**
 * Replaces emoji and names of other languages by English labels: the longest match, at word boundaries. Characters without width are
 * dropped and compatible forms (full-width letters, ligatures) unified. Plain English text stays as it is.
 */
export function resolveAliases(text: string, table: AliasTable): ResolvedText {
  const replaced: { alias: string; label: string }[] = [];
  const unknown: string[] = [];
  let plain = "";
  let follows = false;
  for (const { segment } of graphemes.segment(text)) {
    const emoji = isEmoji(segment);
    const label = emoji ? table.emoji.get(emojiKey(segment)) : undefined;
    if (label !== undefined) {
      plain = insert(plain, label, "");
      replaced.push({ alias: segment, label });
    } else {
      if (emoji) unknown.push(segment);
      const form = emoji ? segment : segment.normalize("NFKC");
      plain += follows && gluedStart.test(form) ? ` ${form}` : form;
    }
    follows = label !== undefined;
  }
  const unified = plain.replace(invisible, "").normalize("NFKC");
  const composed =
    unified !== text &&
    [...graphemes.segment(unified)].some(
      ({ segment }) => isEmoji(segment) && table.emoji.has(emojiKey(segment)),
    );
  if (composed) {
    // An emoji that stood apart by an invisible character, or in a compatibility form.
    const rest = resolveAliases(unified, table);
    return {
      text: rest.text,
      replaced: [...replaced, ...rest.replaced],
      unknown: [...unknown, ...rest.unknown],
    };
  }
  const names = namesIn(unified, table);
  if (names.length === 0) return { text: unified, replaced, unknown };
  let out = "";
  let at = 0;
  for (const { start, end, label } of names) {
    out = insert(out + translateParticles(unified.slice(at, start)), label, unified.slice(end));
    replaced.push({ alias: unified.slice(start, end), label });
    at = end;
  }
  return { text: out + translateParticles(unified.slice(at)), replaced, unknown };
}

/** Edits (insertions, deletions, substitutions, swaps of neighbours) between two words. */
function editDistance(a: string, b: string): number {
  let [older, old]: [number[], number[]] = [[], Array.from({ length: b.length + 1 }, (_, at) => at)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min(row[j - 1]! + 1, old[j]! + 1, old[j - 1]! + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, older[j - 2]! + 1);
      row.push(best);
    }
    [older, old] = [old, row];
  }
  return old[b.length]!;
}

/**
 * The known labels nearest to a word: those with the word among their names or tags, then by common beginnings and edit distance.
 * @param options.count how many; fewer where fewer are known.
 * @param options.accept labels that may be named; default all.
 */
export function nearestConcepts(
  word: string,
  { byWord }: AliasTable,
  { count = 3, accept = () => true }: { count?: number; accept?: (label: string) => boolean } = {},
): string[] {
  const letters = wordsOf(word).join("");
  const distance = (known: string): number => {
    if (known === letters) return 0;
    const shorter = Math.min(known.length, letters.length);
    const longer = Math.max(known.length, letters.length);
    if (shorter >= 3 && (known.startsWith(letters) || letters.startsWith(known)))
      return 0.3 - (0.2 * shorter) / longer;
    return editDistance(known, letters) / longer;
  };
  const best = new Map<string, number>();
  for (const [known, labels] of byWord) {
    // Too different in length to come near.
    if (Math.abs(known.length - letters.length) > Math.max(2, letters.length)) continue;
    const score = distance(known);
    for (const label of labels)
      // Labels of one word are the plainest answer.
      if (score < (best.get(label) ?? Infinity)) best.set(label, score);
  }
  const ranked = [...best].sort(([a, x], [b, y]) => x - y || a.length - b.length || (a < b ? -1 : 1));
  const result: string[] = [];
  for (const [label] of ranked) {
    if (result.length === count) break;
    if (accept(label)) result.push(label);
  }
  return result;
}
