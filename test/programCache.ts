import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Gives the test files of a run one empty cache of programs, and the processes that they start. @returns what removes it. */
export default async function setup(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "clipsteer-programs-"));
  process.env.CLIPSTEER_CACHE = folder;
  return () => rm(folder, { recursive: true, force: true });
}
