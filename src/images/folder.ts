import { readdir, stat } from "node:fs/promises";
import { extname, join } from "node:path";
import { InputError } from "../errors.js";

/** Endings of picture files. */
const endings: ReadonlySet<string> = new Set([".png", ".jpg", ".jpeg", ".webp", ".gif"]);

/**
 * Picture files among paths: a file is taken as it is, a folder is searched to any depth for the known endings, in the order
 * of names. Hidden entries and linked folders are passed over.
 * @throws {InputError} for a path that is not there.
 */
export async function listPictures(paths: readonly string[]): Promise<string[]> {
  const lists = await Promise.all(
    paths.map(async (path) => {
      const info = await stat(path).catch((cause: unknown) => {
        throw new InputError(`${path}: no such file or folder; check the path`, { cause });
      });
      return info.isDirectory() ? below(path) : [path];
    }),
  );
  return [...new Set(lists.flat())];
}

async function below(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw new InputError(`${folder}: cannot be read (${(cause as NodeJS.ErrnoException).code})`, { cause });
  });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  const found: string[] = [];
  for (const entry of entries) {
    if (entry.name.startsWith(".")) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) found.push(...(await below(path)));
    else if (endings.has(extname(entry.name).toLowerCase())) found.push(path);
  }
  return found;
}
