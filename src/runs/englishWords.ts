import { readFile } from "node:fs/promises";
import wordListPath from "word-list";

let loading: Promise<string> | undefined;

/**
 * Tells whether a word is in a list of 274 000 English words with their inflected forms. Such a word is not misspelt.
 * @param word one word without blanks; upper and lower case are the same.
 */
export async function isEnglishWord(word: string): Promise<boolean> {
  const lines = await (loading ??= readFile(wordListPath, "utf8").then((text) => `\n${text}\n`));
  return lines.includes(`\n${word.toLowerCase()}\n`);
}
