import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../errors.js";
import { makeFolder } from "../files/index.js";

const maxSlug = 40;

/**
 * Converts a text to an identifier of letters a to z, digits and single dashes, at most 40 characters; `picture` when none remain.
 * @param text any text, such as a prompt.
 * @returns 1 to 40 characters.
 */
export function slugOf(text: string): string {
  const plain = text
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return plain.slice(0, maxSlug).replace(/-+$/, "") || "picture";
}

/**
 * Converts a text to part of a folder's name: letters of any script, digits and single dashes, at most 40 characters (160 bytes). Accents
 * of Latin letters are removed.
 * @returns `picture` when the text has neither letters nor digits.
 */
export function folderWordsOf(text: string): string {
  const plain = text
    .normalize("NFKD")
    .replace(/(\p{Script=Latin})\p{M}+/gu, "$1")
    .normalize("NFC")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}]+/gu, "-")
    .replace(/^[-\p{M}]+/u, "");
  return [...plain].slice(0, maxSlug).join("").replace(/-+$/, "") || "picture";
}

/** Makes the next numbered folder below `root`, for example `00012-a-red-heart`. @throws {InputError} when `root` cannot be written. */
export async function makeRunFolder(root: string, text: string): Promise<string> {
  const refuse = (cause: unknown): never => {
    throw new InputError(`${root}: cannot be written (${(cause as NodeJS.ErrnoException).code})`, {
      cause,
      reason: "output-folder",
    });
  };
  await makeFolder(root).catch(refuse);
  for (;;) {
    const names = await readdir(root).catch((cause: unknown) => refuse(cause));
    const last = names.reduce((most, name) => Math.max(most, Number(/^(\d{5,15})-/.exec(name)?.[1] ?? 0)), 0);
    const path = join(root, `${String(last + 1).padStart(5, "0")}-${folderWordsOf(text)}`);
    try {
      await mkdir(path);
      return path;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") refuse(error);
    }
  }
}
