/**
 * What is taken of a change: `colour`, the part that the original's own colours explain, so that its drawing stays; `shape`, what
 * the generator drew in its place.
 */
export type ChangeKind = "colour" | "shape";

const colourWords: ReadonlySet<string> = new Set(
  "red green blue yellow orange purple violet pink brown black white grey gray golden gold silver cyan turquoise light dark pale bright".split(
    " ",
  ),
);

const articles: ReadonlySet<string> = new Set(["a", "an", "the"]);

/** Which kind of change leads from a text to another: of colour where they differ in words for colours (and articles) alone, else of shape. */
export function kindOf(from: string, to: string): ChangeKind {
  const [before, after] = [from, to].map((text) =>
    text
      .toLowerCase()
      .split(/[^\p{L}\p{N}]+/u)
      .filter(Boolean),
  ) as [string[], string[]];
  const things = (words: string[]): string =>
    words.filter((word) => !colourWords.has(word) && !articles.has(word)).join(" ");
  const colours = (words: string[]): string => words.filter((word) => colourWords.has(word)).join(" ");
  return things(before) === things(after) && colours(before) !== colours(after) ? "colour" : "shape";
}
