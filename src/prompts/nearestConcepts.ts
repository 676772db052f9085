import { type AliasTable, splitWords } from "./aliases.js";

/** Letters of a word that are compared with labels: the time grows with them, and the longest label has fewer. */
const mostLetters = 64;

/** Counts the edits (insertions, deletions, substitutions, transpositions) between two words. */
function countEdits(a: string, b: string): number {
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

/** Minimum lengths of misspelt words with one and with two wrong letters: shorter ones may be other words. */
const leastLengths = [6, 7] as const;
/** Minimum length of the beginning of a label, and its share of the label, that stand for the label: "giraf". */
const beginning = { length: 5, share: 0.7 };

/**
 * Finds the label of one word that a misspelt word means: the only one that differs by one letter, two in long words, or whose last letters
 * are missing. @param word a word that names nothing.
 */
export function findMisspelt(word: string, labels: readonly string[]): string | undefined {
  const letters = word.toLowerCase();
  const isNear = (label: string): boolean => {
    if (/[^a-z]/.test(label) || Math.abs(label.length - letters.length) > 2) return false;
    if (letters.length >= beginning.length && label.startsWith(letters))
      return letters.length >= beginning.share * label.length;
    const edits = countEdits(label, letters);
    return edits > 0 && edits <= 2 && letters.length >= leastLengths[edits - 1]!;
  };
  const found = letters.length > mostLetters ? [] : labels.filter(isNear);
  return found.length === 1 ? found[0] : undefined;
}

/** Minimum share of the longer word that the shorter one is the beginning of: "robo" of "robot", but not "cat" of "catastrophe". */
const leastPrefix = 0.5;
/** Maximum number of edits, as a share of the longer word, that a misspelling has: one in four letters. */
const mostEdits = 0.25;

/**
 * Finds the labels nearest to a word. Labels with the word in their names or tags come first, then labels with a word that has a common
 * prefix, then those with a word of a small edit distance.
 * @returns up to `count` labels; none for nonsense.
 * @param options.count maximum number of labels.
 * @param options.accept whether a label is allowed; by default all are.
 */
export function findNearestConcepts(
  word: string,
  { byWord }: AliasTable,
  { count = 3, accept = () => true }: { count?: number; accept?: (label: string) => boolean } = {},
): string[] {
  const letters = splitWords(word).join("").slice(0, mostLetters);
  const distance = (candidate: string): number => {
    if (candidate === letters) return 0;
    const shorter = Math.min(candidate.length, letters.length);
    const longer = Math.max(candidate.length, letters.length);
    const isPrefix = candidate.startsWith(letters) || letters.startsWith(candidate);
    if (shorter >= 3 && isPrefix && shorter >= leastPrefix * longer) return 0.3 - (0.2 * shorter) / longer;
    if (longer - shorter > mostEdits * longer) return Infinity; // at least as many edits as the lengths differ by
    const edits = countEdits(candidate, letters) / longer;
    return edits <= mostEdits ? edits : Infinity;
  };
  const best = new Map<string, number>();
  for (const [candidate, labels] of byWord) {
    // A large difference in length rules out a small edit distance.
    if (Math.abs(candidate.length - letters.length) > Math.max(2, letters.length)) continue;
    const score = distance(candidate);
    if (score === Infinity) continue;
    // A misspelt tag, such as "elegant" of "rose" for "elefant", says little about what was meant.
    const isMisspelt = !candidate.startsWith(letters) && !letters.startsWith(candidate);
    const near = isMisspelt ? labels.filter((label) => splitWords(label).includes(candidate)) : labels;
    for (const label of near) if (score < (best.get(label) ?? Infinity)) best.set(label, score);
  }
  const ranked = [...best].sort(([a, x], [b, y]) => x - y || a.length - b.length || (a < b ? -1 : 1));
  const result: string[] = [];
  for (const [label] of ranked) {
    if (result.length === count) break;
    if (accept(label)) result.push(label);
  }
  return result;
}
