import { mkdir, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { explainUnwritable } from "./atomic.js";

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Makes a folder for results. @throws {InputError} when it cannot be made. */
export async function makeOutputFolder(path: string): Promise<void> {
  await makeFolder(path).catch((cause: unknown) => {
    throw explainUnwritable(path, cause);
  });
}

/**
 * Makes a folder and its missing parents. Node's recursive `mkdir` does not terminate below `/proc`, where folders cannot be made.
 * @param mode permissions of the folders that are made.
 * @throws the system's error (`EACCES`, `ENOENT`, `ENOTDIR`, `EROFS`, …) when it cannot be made.
 */
export async function makeFolder(path: string, mode = 0o777): Promise<void> {
  const absolute = resolve(path);
  try {
    await mkdir(absolute, { mode });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const isThere = await stat(absolute).then(
      (info) => info.isDirectory(),
      () => false,
    );
    if (isThere) return;
    const above = dirname(absolute);
    if (code !== "ENOENT" || above === absolute) throw error;
    await makeFolder(above, mode);
    await mkdir(absolute, { mode }).catch(async (again: NodeJS.ErrnoException) => {
      if (again.code !== "EEXIST" || !(await stat(absolute)).isDirectory()) throw again;
    });
  }
}
