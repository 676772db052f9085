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
import { homedir } from "node:os";
import { join } from "node:path";

/** Set to a folder to keep optimised programs there, or to `off` to keep none. */
export const cacheVariable = "CLIPSTEER_CACHE";

/** Bytes that all kept programs may take together; the ones unused for longest go first. */
const defaultCapacity = 512 << 20;
const digestSize = 32;
const lengthSize = 4;
const suffix = ".program";

/** Folder of the cache, or nothing when it is switched off. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const wanted = environment[cacheVariable];
  if (wanted === "off") return undefined;
  return wanted || join(environment.XDG_CACHE_HOME || join(homedir(), ".cache"), "clipsteer", "programs");
}

const digestOf = (...parts: readonly Uint8Array[]): Buffer =>
  parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest();

/** What a program says of itself beside its optimised model. */
export interface Signature {
  /** Operators before ONNX Runtime's optimisation. */
  readonly nodes: number;
  /** Inputs that the outputs depend on; the others need not be fed. */
  readonly used: readonly string[];
  /** Names of what it gives. */
  readonly returned: readonly string[];
}

/** A program that was kept. */
export interface KeptProgram {
  /** The optimised model, at the beginning of memory of its own. */
  readonly model: Uint8Array<ArrayBuffer>;
  readonly signature: Signature;
}

/** Where a program is kept. */
export interface CacheEntry {
  /** The program; nothing when it is not there, or damaged. */
  read(): Promise<KeptProgram | undefined>;
  /** Path of a file of one's own to write the optimised model to; nothing when the folder cannot be written. */
  reserve(): Promise<string | undefined>;
  /** Takes in the file so written: other processes see all of it or nothing. */
  add(own: string, signature: Signature): Promise<void>;
}

/** The cache's entry of a name (`keys.ts`), or nothing when the cache is off. A file is model, signature, its length, checksum. */
export function cacheEntry(
  key: string,
  { folder = cacheFolder(), capacity = defaultCapacity }: { folder?: string; capacity?: number } = {},
): CacheEntry | undefined {
  if (folder === undefined) return undefined;
  const path = join(folder, key + suffix);
  const remove = (file: string): Promise<void> => rm(file, { force: true });
  return {
    async read() {
      const bytes = await readFile(path).catch(() => undefined);
      if (!bytes) return undefined;
      const content = bytes.subarray(0, Math.max(0, bytes.length - digestSize));
      if (content.length < lengthSize || !digestOf(content).equals(bytes.subarray(content.length))) {
        await remove(path);
        return undefined;
      }
      const now = new Date();
      await utimes(path, now, now).catch(() => undefined); // another process may have just removed it
      const told = content.length - lengthSize;
      const begin = told - content.readUInt32LE(told);
      const signature = JSON.parse(content.toString("utf8", begin, told)) as Signature;
      // `readFile` gives memory of its own.
      return { model: new Uint8Array(bytes.buffer as ArrayBuffer, 0, begin), signature };
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
    async add(own, signature) {
      try {
        const text = Buffer.from(JSON.stringify(signature));
        const length = Buffer.alloc(lengthSize);
        length.writeUInt32LE(text.length);
        const digest = digestOf(await readFile(own), text, length);
        await appendFile(own, Buffer.concat([text, length, digest]));
        await rename(own, path);
        await trim(folder, capacity);
      } catch {
        await remove(own); // a full disk, say: the program runs all the same, and is made again next time
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
