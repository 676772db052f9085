import type { Hit } from "./query.js";
import type { VectorIndex } from "./indexFile.js";

/**
 * Cosines that 1 % of the pairs of a picture and a text that is wrong for it reach, by the fingerprints of the CLIPs. Measured by
 * bench/noMatch.ts on drawings that the CLIPs were not trained on.
 */
const chanceScores: Readonly<Record<string, number>> = {
  // stickers: guide-a
  "7d665093c55867e18e2ccdb9bb3095f7d268d35f172a47be833d3e7e4f81d6a1": 0.502,
  // stickers: guide-b
  d58616c0bfc80f0ef8c033bcb7ad074f775d54fe419aa4207c10cae0aeb22a89: 0.576,
  // stickers: judge
  "33da6af3fe52dbf470113874a705e446a67dca49066a763ac26db73acaf95b05": 0.57,
  // stickers: all
  "7d665093c55867e18e2ccdb9bb3095f7d268d35f172a47be833d3e7e4f81d6a1 d58616c0bfc80f0ef8c033bcb7ad074f775d54fe419aa4207c10cae0aeb22a89 33da6af3fe52dbf470113874a705e446a67dca49066a763ac26db73acaf95b05": 0.53,
};

/**
 * Explains why a search by one text has probably found nothing: no picture scores above what 1 % of wrong pictures reach by
 * chance.
 * @param index an index, whose header names the CLIPs.
 * @param hits hits of that search, best first.
 * @returns undefined when there is a picture above it, none at all, or nothing was measured for the
 * index's CLIPs.
 */
export function explainDoubt(
  { header }: Pick<VectorIndex, "header">,
  hits: readonly Hit[],
): string | undefined {
  const chance = chanceScores[header.clips.map(({ hash }) => hash).join(" ")];
  const best = hits[0]?.score;
  if (chance === undefined || best === undefined || best >= chance) return undefined;
  return `probably nothing: the best score is ${best.toFixed(3)}, and one wrong picture in a hundred reaches ${chance.toFixed(3)}`;
}
