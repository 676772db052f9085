import { mkdir, readdir, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { InputError } from "../errors.js";

/** Words of a text as part of a file name, at most 40 characters. */
export function slugOf(text: string): string {
  const plain = text
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return plain.slice(0, 40).replace(/-+$/, "") || "picture";
}

/** Makes a folder and those above it, one by one: Node's own `recursive` never returns on /proc. */
async function makeFolder(path: string): Promise<void> {
  await mkdir(path).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code === "EEXIST" && (await stat(path)).isDirectory()) return;
    const above = dirname(path);
    const found = await stat(above).catch(() => undefined);
    if (error.code !== "ENOENT" || above === path || found) throw error;
    await makeFolder(above);
    await mkdir(path);
  });
}

/** Makes the next numbered folder below `root`: `00012-a-red-heart`. @throws {InputError} when it cannot be written. */
export async function nextRunFolder(root: string, text: string): Promise<string> {
  const refuse = (cause: unknown): never => {
    throw new InputError(
      `${root}: cannot be written (${(cause as NodeJS.ErrnoException).code}); choose another --out`,
      { cause },
    );
  };
  await makeFolder(resolve(root)).catch(refuse);
  for (;;) {
    const names = await readdir(root).catch((cause: unknown) => refuse(cause));
    const last = Math.max(0, ...names.map((name) => Number(/^(\d{5})-/.exec(name)?.[1] ?? 0)));
    const path = join(root, `${String(last + 1).padStart(5, "0")}-${slugOf(text)}`);
    try {
      await mkdir(path);
      return path;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") refuse(error);
    }
  }
}
