import { createHash, randomBytes } from "node:crypto";
import {
  access,
  appendFile,
  constants,
  mkdir,
  readFile,
  readdir,
  rename,
  rm,
  stat,
  utimes,
} from "node:fs/promises";
import { arch, cpus, homedir, platform } from "node:os";
import { join } from "node:path";
import type { OnnxModel } from "./onnx.js";

/** Set to a folder to keep optimised programs there, or to `off` to keep none. */
export const cacheVariable = "CLIPSTEER_CACHE";

/** Bytes that all kept programs may take together; the ones unused for longest go first. */
const defaultCapacity = 512 << 20;
/** Programs with more weights than this are not kept: hashing and writing them costs more than it saves. */
const largestKept = 192 << 20;
const digestSize = 32;
const suffix = ".onnx";

/** Folder of the cache, or nothing when it is switched off. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const wanted = environment[cacheVariable];
  if (wanted === "off") return undefined;
  return wanted || join(environment.XDG_CACHE_HOME || join(homedir(), ".cache"), "clipsteer", "programs");
}

const digestOf = (data: Uint8Array): Buffer => createHash("sha256").update(data).digest();

/** Name of a model's entry: everything that the optimised program depends on. */
function keyOf(model: Pick<OnnxModel, "bytes" | "external">, engine: readonly string[]): string {
  const hash = createHash("sha256");
  const machine = [platform(), arch(), cpus()[0]?.model ?? ""];
  hash.update(JSON.stringify([...engine, ...machine])).update(model.bytes);
  for (const part of model.external) hash.update(part.read());
  return hash.digest("hex");
}

/** Where an optimised program is kept. */
export interface CacheEntry {
  /** The optimised program; nothing when it is not there, or damaged. */
  read(): Promise<Uint8Array | undefined>;
  /** Path of a file of one's own to write the program to; nothing when the folder cannot be written. */
  reserve(): Promise<string | undefined>;
  /** Takes in the file so written: other processes see all of it or nothing. */
  add(own: string): Promise<void>;
}

/**
 * The cache's entry for a model, or nothing when the cache is off or the model too large.
 * @param engine what optimises the model, and its version: another one gets another entry.
 */
export function cacheEntry(
  model: Pick<OnnxModel, "bytes" | "external">,
  engine: readonly string[],
  { folder = cacheFolder(), capacity = defaultCapacity }: { folder?: string; capacity?: number } = {},
): CacheEntry | undefined {
  const size = model.external.reduce((sum, { length }) => sum + length, model.bytes.length);
  if (folder === undefined || size > largestKept) return undefined;
  const path = join(folder, keyOf(model, engine) + suffix);
  const remove = (file: string): Promise<void> => rm(file, { force: true });
  return {
    async read() {
      const bytes = await readFile(path).catch(() => undefined);
      if (!bytes) return undefined;
      const content = bytes.subarray(0, Math.max(0, bytes.length - digestSize));
      if (!digestOf(content).equals(bytes.subarray(content.length))) {
        await remove(path);
        return undefined;
      }
      const now = new Date();
      await utimes(path, now, now).catch(() => undefined); // another process may have just removed it
      return content;
    },
    async reserve() {
      const writable = await mkdir(folder, { recursive: true })
        .then(() => access(folder, constants.W_OK))
        .then(
          () => true,
          () => false,
        );
      return writable ? join(folder, `${randomBytes(8).toString("hex")}.partial`) : undefined;
    },
    async add(own) {
      try {
        await appendFile(own, digestOf(await readFile(own)));
        await rename(own, path);
        await trim(folder, capacity);
      } catch {
        await remove(own); // a full disk, say: the program runs all the same, and is optimised again next time
      }
    },
  };
}

/** Removes the entries unused for longest until the rest fits; what a killed process left behind goes with them. */
async function trim(folder: string, capacity: number): Promise<void> {
  const entries: { path: string; size: number; used: number }[] = [];
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined); // another process may have just removed it
    if (found?.isFile()) entries.push({ path, size: found.size, used: found.mtimeMs });
  }
  entries.sort((a, b) => b.used - a.used);
  let total = 0;
  for (const { path, size } of entries) if ((total += size) > capacity) await rm(path, { force: true });
}
