import { stat } from "node:fs/promises";
import { readTextFile } from "./text.js";

const largestList = 10e6;

/**
 * Reads the non-blank lines of a text file, trimmed.
 * @param path path of the file.
 * @returns the lines in order.
 * @throws {InputError} when the file is missing, larger than 10 MB or not text.
 */
export async function readLines(path: string): Promise<string[]> {
  const text = await readTextFile(path, {
    maxBytes: largestList,
    expected: "a text file with one entry a line",
  });
  return text
    .split(/\r\n|\r|\n/)
    .map((line) => line.trim())
    .filter(Boolean);
}

/**
 * Splits a text at commas.
 * @param text entries with commas between them.
 * @returns trimmed, non-empty entries.
 */
export function splitList(text: string): string[] {
  return text
    .split(",")
    .map((entry) => entry.trim())
    .filter(Boolean);
}

/**
 * Reads the lines of a file if `text` is the path of one; otherwise splits `text` at commas.
 * @param text path of a file, or entries with commas between them.
 * @returns the entries, and whether they came from a file.
 * @throws as `readLines`.
 */
export async function readList(
  text: string,
): Promise<{ readonly entries: string[]; readonly isFile: boolean }> {
  const isFile = await stat(text).then(
    (info) => info.isFile(),
    () => false,
  );
  return { entries: isFile ? await readLines(text) : splitList(text), isFile };
}
