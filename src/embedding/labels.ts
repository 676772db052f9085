import { join } from "node:path";
import { ConfigError } from "../errors.js";
import { readList, findUserCacheFolder } from "../files/index.js";

/** Labels for a classification, and repeated ones. */
export interface LabelList {
  /** Two or more, each once. */
  readonly labels: readonly string[];
  /** Number of entries that repeat an earlier one. */
  readonly repeated: number;
  /** The first entry that is repeated. */
  readonly firstRepeated: string | undefined;
}

/**
 * Reads labels from a file with one label on each line, or from a comma-separated text.
 * @param text path of a text file, or labels with commas between them.
 * @returns two or more distinct labels, and the number of repeated entries.
 * @throws {ConfigError} for fewer than two labels; {InputError} as `readLines`.
 */
export async function readLabels(text: string): Promise<LabelList> {
  const { entries, isFile } = await readList(text);
  const labels = [...new Set(entries)];
  const count = labels.length === 0 ? "no" : "one";
  if (labels.length < 2)
    throw new ConfigError(
      isFile
        ? `classify: ${text}: holds ${count} label; give two or more, one a line`
        : `classify: "${text}" is ${count} label and no file; give two or more`,
    );
  const seen = new Set<string>();
  const firstRepeated = entries.find((label) => seen.size === seen.add(label).size);
  return { labels, repeated: entries.length - labels.length, firstRepeated };
}

/**
 * Parses weights of CLIPs from comma-separated numbers.
 * @param text such as `1,0.5`.
 * @param clips number of CLIPs.
 * @returns `clips` numbers of 0 or more, as written.
 * @throws {ConfigError} for another number of weights, a negative weight, zeros only, or a sum that is not finite.
 */
export function parseClipWeights(text: string, clips: number): number[] {
  const weights = text
    .split(",")
    .map((each) => (/^\s*[\d.]+(e[+-]?\d+)?\s*$/i.test(each) ? Number(each) : NaN));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const isPositive = weights.every((weight) => weight >= 0) && sum > 0 && Number.isFinite(sum);
  const usable = weights.length === clips && isPositive;
  if (!usable) throw new ConfigError(`weights "${text}": expected ${clips} numbers from 0 up, one a CLIP`);
  return weights;
}

/**
 * Finds the cache folder for text classifiers; undefined when the user has no home folder.
 * @returns a path below `findUserCacheFolder()`, or undefined.
 */
export function findClassifierCache(): string | undefined {
  const folder = findUserCacheFolder();
  return folder && join(folder, "clipsteer", "classifiers");
}
