import type { Hit } from "./query.js";
import type { VectorIndex } from "./store.js";

/**
 * Cosines that 1 % of the pairs of a picture and a text that is wrong for it reach, by the fingerprints of the CLIPs. Measured by
 * bench/noMatch.ts on drawings that the CLIPs were not trained on.
 */
const chanceScores: Readonly<Record<string, number>> = {
  // stickers: guide-a
  c602605af7d315d8b814d10f8bf5c9f9d085ac1d75118eca7f82188eec185fee: 0.503,
  // stickers: guide-b
  "504a54e581f36f64089f44d5f851da039e328a54aec52d2f34a78052f1d9416f": 0.567,
  // stickers: judge
  "611d65ae60c4617f2629b744c58cdfe9edfbc8f02f21c1e036c971358096554d": 0.561,
  // stickers: all
  "c602605af7d315d8b814d10f8bf5c9f9d085ac1d75118eca7f82188eec185fee 504a54e581f36f64089f44d5f851da039e328a54aec52d2f34a78052f1d9416f 611d65ae60c4617f2629b744c58cdfe9edfbc8f02f21c1e036c971358096554d": 0.523,
};

/**
 * Explains why a search by one text has probably found nothing: no picture scores above what 1 % of wrong pictures reach by
 * chance.
 * @param hits best first. @returns undefined when there is a picture above it, none at all, or nothing was measured for the
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
