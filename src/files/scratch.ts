import { createHash } from "node:crypto";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { isWriterRunning } from "./atomic.js";

const host = createHash("sha256").update(hostname()).digest("hex").slice(0, 8);
const pattern = /^clipsteer-scratch-([0-9a-f]{8})-(\d{1,10})-[A-Za-z0-9]{6}$/;

/** Scratch folders of this process. */
const own = new Set<string>();

/** Removes scratch folders that killed processes of this machine left in a folder. */
export async function removeStaleScratch(root: string): Promise<void> {
  for (const name of await readdir(root).catch(() => [])) {
    const [, machine, pid] = pattern.exec(name) ?? [];
    if (machine !== host) continue;
    const path = join(root, name);
    const changed = (await stat(path).catch(() => undefined))?.mtimeMs ?? Infinity;
    if (!own.has(path) && !isWriterRunning({ pid: Number(pid), changed }))
      await rm(path, { recursive: true, force: true }).catch(() => undefined); // another user's
  }
}

/**
 * Makes a folder of this process, which only the user can read. Folders that killed processes of this machine left there are removed first.
 * @param root folder to make it in; by default the system's temporary folder.
 * @returns its path; the caller removes it.
 */
export async function createScratchFolder(root: string = tmpdir()): Promise<string> {
  await removeStaleScratch(root);
  const path = await mkdtemp(join(root, `clipsteer-scratch-${host}-${process.pid}-`));
  own.add(path);
  return path;
}
