import type { Token } from "./tokens.js";

const sides = new Map([
  ["left", "left"],
  ["right", "right"],
  ["top", "above"],
  ["bottom", "below"],
]);
const opposites = new Map([
  ["left", "right"],
  ["right", "left"],
  ["above", "below"],
  ["below", "above"],
]);

/** A side that words name, and how many words do. */
interface FoundSide {
  readonly side: string;
  readonly length: number;
}

/** Finds the side of the picture that is named at a token: "on the left", "to its right side", but no "left of". */
function findSide(tokens: readonly Token[], at: number): FoundSide | undefined {
  const preposition = /^(?:on|at|to|in)$/.test(tokens[at]?.word ?? "");
  const side = sides.get(tokens[at + 1]?.word ?? "");
  if (!preposition || side === undefined || !tokens[at + 1]!.article) return undefined;
  const length = tokens[at + 2]?.word === "side" ? 3 : 2;
  const next = tokens[at + length];
  return next === undefined || next.article || /^(?:,|;|and|with)$/.test(next.word)
    ? { side, length }
    : undefined;
}

/** Words that relate a thing to the one that follows it. */
const relate = (side: string): Token[] =>
  (side === "left" || side === "right" ? [side, "of"] : [side]).map((word) => ({
    word,
    definite: false,
    article: false,
    possessive: false,
  }));

const joins = /^(?:,|;|and|with)$/;

/**
 * Relates two things of which one is said to be on a side of the picture: "a cat on the left and a dog on the right" is "a cat left of
 * a dog".
 */
export function relateSides(tokens: readonly Token[]): Token[] {
  const at = tokens.findIndex((_, index) => findSide(tokens, index));
  if (at < 0) return [...tokens];
  const { side, length } = findSide(tokens, at)!;
  const rest = tokens.slice(at + length);
  const second = rest.findIndex((_, index) => findSide(rest, index));
  const skip = second < 0 ? 0 : findSide(rest, second)!.length;
  /** The text after the second side is of no thing that is placed by it. */
  const withoutSecond = second < 0 ? rest : [...rest.slice(0, second), ...rest.slice(second + skip)];
  if (at === 0) {
    // "On the left a cat, on the right a dog."
    const end = second < 0 ? rest.findIndex(({ word }) => joins.test(word)) : second;
    if (end < 1) return [...tokens];
    const first = rest.slice(0, end).filter(({ word }, index) => index > 0 || word !== ",");
    while (joins.test(first.at(-1)?.word ?? "")) first.pop();
    const other = rest.slice(end + skip).filter(({ word }, index) => index > 0 || !joins.test(word));
    return other.length > 0 && first.length > 0 ? [...first, ...relate(side), ...other] : [...tokens];
  }
  const start = withoutSecond.findIndex(({ word }) => !joins.test(word));
  if (start > 0) return [...tokens.slice(0, at), ...relate(side), ...withoutSecond.slice(start)];
  // "A house with a tree on the left": the tree is.
  const join = tokens.findLastIndex(({ word }, index) => index < at && joins.test(word));
  if (join < 1 || rest.length > 0) return [...tokens];
  return [...tokens.slice(0, join), ...relate(opposites.get(side)!), ...tokens.slice(join + 1, at)];
}
