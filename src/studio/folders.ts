import { lstat, mkdir, open, realpath } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import { InputError } from "../errors.js";
import { cleanFolder } from "../files/index.js";
import { NotFoundError, TooLargeError } from "./routes.js";

/** Folders that the studio reads and writes; requests cannot name others. */
export interface StudioFolders {
  /** Run folders, absolute. */
  readonly out: string;
  /** The studio's own files, in `out`. */
  readonly own: string;
}

/** Folders of the studio's own files, in `own`. */
const parts = ["", "uploads", "bin", "indexes", "prompts", "traces"];

/** Makes the folders, and removes unfinished files that killed processes left in them. @throws {InputError} when they cannot be written. */
export async function openFolders(out: string): Promise<StudioFolders> {
  const folders = { out: resolve(out), own: join(resolve(out), ".studio") };
  try {
    for (const part of ["uploads", "bin", "traces"])
      await mkdir(join(folders.own, part), { recursive: true });
    for (const part of parts) await cleanFolder(join(folders.own, part));
    return { out: await realpath(folders.out), own: await realpath(folders.own) };
  } catch (cause) {
    throw new InputError(`${folders.out}: cannot be written (${(cause as NodeJS.ErrnoException).code})`, {
      reason: "output-folder",
      cause,
    });
  }
}

/** Whether a name is one of a run folder: a number, a dash, and words in any alphabet. */
export function isRunName(name: string): boolean {
  return /^\d{5,15}-[\p{L}\p{N}\p{M}_.-]{1,120}$/u.test(name) && !name.includes("..");
}

/**
 * A run folder by its name.
 * @throws {NotFoundError} for any other name, a link, or a folder that is not there.
 */
export async function runFolder(parent: string, name: string): Promise<string> {
  const missing = (): never => {
    throw new NotFoundError("no such run");
  };
  if (!isRunName(name)) missing();
  const path = join(parent, name);
  const info = await lstat(path).catch(missing);
  if (!info.isDirectory()) missing(); // a link is not followed
  return path;
}

/**
 * Bytes of a plain file in a folder; links are not followed, so that a planted one cannot show other files.
 * @throws {NotFoundError}, {TooLargeError}
 */
export async function readFileIn(
  folder: string,
  name: string,
  limit: number,
): Promise<{ bytes: Buffer; changed: number }> {
  const path = join(folder, name);
  const missing = (): never => {
    throw new NotFoundError("no such file");
  };
  if (dirname(resolve(path)) !== resolve(folder)) missing();
  const info = await lstat(path).catch(missing);
  if (!info.isFile()) missing();
  if (info.size > limit) throw new TooLargeError(`${name}: is larger than ${limit / 1e6} MB`);
  const handle = await open(path, "r").catch(missing);
  try {
    const real = await realpath(path);
    if (!real.startsWith((await realpath(folder)) + sep)) missing();
    return { bytes: await handle.readFile(), changed: info.mtimeMs };
  } finally {
    await handle.close();
  }
}
