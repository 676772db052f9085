/** How a build takes the place of the one before while processes use it. */
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

const list = "files.json";

/** Files of a folder, by their paths in it. */
const filesOf = (/** @type {string} */ folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll("\\", "/"));

/**
 * Moves a build to where it is used. Parts, whose names tell their content, come first and entry points last, each by one rename: a command
 * that starts meanwhile reads an old or a new entry point, and finds its parts. Parts of the last build stay for processes that load them
 * later; those of builds before it are removed.
 * @param {string} from folder of the new build; it is empty afterwards.
 * @param {string} to
 * @param {readonly string[]} entries entry points, and what belongs to them, by their paths in the build.
 */
export function swapBuild(from, to, entries) {
  mkdirSync(to, { recursive: true });
  const last = existsSync(join(to, list)) ? JSON.parse(readFileSync(join(to, list), "utf8")) : filesOf(to);
  const files = filesOf(from);
  const isEntry = new Set(entries);
  for (const file of [
    ...files.filter((each) => !isEntry.has(each)),
    ...files.filter((each) => isEntry.has(each)),
  ]) {
    mkdirSync(dirname(join(to, file)), { recursive: true });
    renameSync(join(from, file), join(to, file));
  }
  const kept = new Set([...files, ...last, list]);
  for (const file of filesOf(to)) if (!kept.has(file)) rmSync(join(to, file), { force: true });
  writeFileSync(join(to, list), JSON.stringify(files));
  rmSync(from, { recursive: true, force: true });
}

/** Removes what only processes of the build before need, as before packing. @param {string} folder */
export function removeOldBuild(folder) {
  if (!existsSync(join(folder, list))) return;
  const files = new Set([...JSON.parse(readFileSync(join(folder, list), "utf8")), list]);
  for (const file of filesOf(folder)) if (!files.has(file)) rmSync(join(folder, file), { force: true });
}
