import { stat } from "node:fs/promises";
import { readTextFile } from "./text.js";

const largestList = 10e6;

/** Lines of a text file that are not blank, trimmed. @throws {InputError} when it is missing, over 10 MB or not text. */
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

/** Entries of a text between commas, trimmed, without empty ones. */
export function splitList(text: string): string[] {
  return text
    .split(",")
    .map((entry) => entry.trim())
    .filter(Boolean);
}

/** Lines of the file of that name where there is one, else the entries between commas. @throws as `readLines`. */
export async function readList(
  text: string,
): Promise<{ readonly entries: string[]; readonly isFile: boolean }> {
  const isFile = await stat(text).then(
    (info) => info.isFile(),
    () => false,
  );
  return { entries: isFile ? await readLines(text) : splitList(text), isFile };
}
