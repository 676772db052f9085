import { createHash } from "node:crypto";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { isRunning } from "./atomic.js";

const host = createHash("sha256").update(hostname()).digest("hex").slice(0, 8);
const pattern = /^clipsteer-scratch-([0-9a-f]{8})-(\d{1,10})-[A-Za-z0-9]{6}$/;

/**
 * Makes a folder of this process in the system's temporary folder, which only the user can read. Folders that killed processes of this
 * machine left there are removed first.
 * @returns its path; the caller removes it.
 */
export async function createScratchFolder(root: string = tmpdir()): Promise<string> {
  for (const name of await readdir(root).catch(() => [])) {
    const [, machine, pid] = pattern.exec(name) ?? [];
    if (machine === host && !isRunning(Number(pid)))
      await rm(join(root, name), { recursive: true, force: true }).catch(() => undefined); // another user's
  }
  return mkdtemp(join(root, `clipsteer-scratch-${host}-${process.pid}-`));
}
