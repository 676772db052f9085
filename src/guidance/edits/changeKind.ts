/**
 * Kind of a change. `colour` takes the part of the change that is a function of the original's colours, which keeps its
 * drawing; `shape` replaces the drawing with the generator's.
 */
export type ChangeKind = "colour" | "shape";

/**
 * What an edit is asked to change. `drawing` replaces the picture by a drawing of a known thing, `layer` adds things to it; `auto` is
 * decided by the texts.
 */
export type RequestedChange = ChangeKind | "auto" | "drawing" | "layer";

const colourWords: ReadonlySet<string> = new Set(
  "red green blue yellow orange purple violet pink brown black white grey gray golden gold silver cyan turquoise light dark pale bright".split(
    " ",
  ),
);

const articles: ReadonlySet<string> = new Set(["a", "an", "the"]);

/**
 * Classifies the change between two texts: `colour` if they differ only in words for colours (and articles), else
 * `shape`.
 */
export function classifyChange(from: string, to: string): ChangeKind {
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
