import { lstat, readdir, realpath } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { InputError } from "../errors.js";
import { readFileIn } from "./folders.js";
import { NotFoundError } from "./routes.js";

/** A folder of pictures as requests name it. */
export const pictureFolderSchema = z.object({
  /** `photos`, or `photos/cats` for a folder in it. */
  name: z.string(),
  /** Folders directly in it; those of a labelled set are its labels. */
  folders: z.number(),
});

/** A folder of pictures as requests name it. */
export type PictureFolder = z.infer<typeof pictureFolderSchema>;

/** Folders of pictures, besides the run folders, that the user allowed the page to read. */
export interface PictureFolders {
  /** The folders and those in them, down to three levels. */
  list(): Promise<PictureFolder[]>;
  /** Absolute path of a folder. @throws {NotFoundError} for a name outside of them, or a link. */
  pathOf(name: string): Promise<string>;
  /** A picture's bytes by its path from the folder, with `/`. @throws {NotFoundError}, {TooLargeError} */
  read(name: string, picture: string): Promise<{ bytes: Buffer; path: string; changed: number }>;
}

const maxDepth = 3;
const maxListed = 500;
const largestFile = 256e6;

/** Whether a part of a path names something in its folder that is not hidden. */
const isPlain = (part: string): boolean => part !== "" && !part.startsWith(".") && !/[\\\0]/.test(part);

async function foldersIn(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && isPlain(entry.name) && entry.name !== "node_modules")
    .map(({ name }) => name)
    .sort();
}

/**
 * Opens folders by the names that requests use for them: their last part, with a number where two have the same.
 * @throws {InputError} for a path that is not a folder.
 */
export async function openPictureFolders(paths: readonly string[]): Promise<PictureFolders> {
  const roots = new Map<string, string>();
  for (const path of paths) {
    const real = await realpath(path).catch(() => undefined);
    if (real === undefined || !(await lstat(real)).isDirectory())
      throw new InputError(`${path}: no such folder; give a folder of pictures`);
    const name = basename(real) || "pictures";
    let uniqueName = name;
    for (let count = 2; roots.has(uniqueName); count++) uniqueName = `${name} (${count})`;
    roots.set(uniqueName, real);
  }

  const pathOf = async (name: string): Promise<string> => {
    const [top = "", ...parts] = name.split("/");
    const root = roots.get(top);
    const missing = new NotFoundError("no such folder; start the studio with the folder to read");
    if (root === undefined || !parts.every(isPlain)) throw missing;
    let path = root;
    for (const part of parts) {
      path = join(path, part);
      const info = await lstat(path).catch(() => undefined);
      if (!info?.isDirectory()) throw missing; // a link is not followed
    }
    return path;
  };

  return {
    async list() {
      const found: PictureFolder[] = [];
      const visit = async (name: string, path: string, depth: number): Promise<void> => {
        if (found.length >= maxListed) return;
        const inner = await foldersIn(path);
        found.push({ name, folders: inner.length });
        if (depth < maxDepth)
          for (const each of inner) await visit(`${name}/${each}`, join(path, each), depth + 1);
      };
      for (const [name, path] of roots) await visit(name, path, 0);
      return found;
    },
    pathOf,
    async read(name, picture) {
      const parts = picture.split("/");
      if (!parts.every(isPlain)) throw new NotFoundError("no such picture");
      const folder = await pathOf(name);
      const path = join(folder, ...parts);
      // A link on the way could lead elsewhere.
      if ((await realpath(dirname(path)).catch(() => undefined)) !== dirname(path))
        throw new NotFoundError("no such picture");
      return { ...(await readFileIn(dirname(path), basename(path), largestFile)), path };
    },
  };
}
