import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../errors.js";
import { makeFolder } from "../files/index.js";

const maxSlug = 40;

/** Words of a text as an identifier: at most 40 letters a to z, digits and single dashes; `picture` when none is left. */
export function slugOf(text: string): string {
  const plain = text
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return plain.slice(0, maxSlug).replace(/-+$/, "") || "picture";
}

/**
 * Words of a text as part of a folder's name: letters, digits and single dashes, at most 40 characters (160 bytes). Letters of any
 * script stay; Latin ones lose their accents.
 * @returns `picture` when the text has no letter and no digit.
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

/** Makes the next numbered folder below `root`: `00012-a-red-heart`. @throws {InputError} when it cannot be written. */
export async function nextRunFolder(root: string, text: string): Promise<string> {
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
