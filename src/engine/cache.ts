import { createHash } from "node:crypto";
import { appendFile, readFile, readdir, rename, rm, stat, utimes } from "node:fs/promises";
import { join, resolve } from "node:path";
import { cleanFolder, choosePartPath, openCacheFolder, findUserCacheFolder } from "../files/index.js";

/** Set to a folder to cache optimised programs below it, or to `off` for no cache. */
export const cacheVariable = "CLIPSTEER_CACHE";

/** Bytes that all cached programs may take together; the ones unused for longest are removed first. */
const defaultCapacity = 512 << 20;
/**
 * Part of the capacity that a process adds before it looks for programs to remove again. Looking takes time in proportion to all
 * programs: 30 ms for a thousand.
 */
const uncheckedShare = 1 / 16;
/** Bytes that this process has added to a folder since it last looked for programs to remove. */
const uncheckedBytes = new Map<string, number>();
const digestSize = 32;
const lengthSize = 4;
const suffix = ".program";
/** Names of programs. The cache removes only these and the unfinished files of killed processes. */
const programName = /^[0-9a-f]{64}\.program$/;

/**
 * Finds the cache folder for compiled programs.
 * @param environment variables; `CLIPSTEER_CACHE` is a folder, or `off` for no cache.
 * @returns its path; undefined when the cache is off, or the user has no home folder.
 */
export function findProgramCache(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const setting = environment[cacheVariable];
  if (setting === "off") return undefined;
  if (setting) return join(resolve(setting), "clipsteer-programs");
  const folder = findUserCacheFolder(environment);
  return folder && join(folder, "clipsteer", "programs");
}

const digestOf = (...parts: readonly Uint8Array[]): Buffer =>
  parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest();

/** Description of a program, stored beside its optimised model. */
export interface Signature {
  /** Operators before ONNX Runtime's optimisation. */
  readonly nodes: number;
  /** Inputs that the outputs depend on; the others need not be fed. */
  readonly used: readonly string[];
  /** Names of its results. */
  readonly returned: readonly string[];
}

/** A program read from the cache. */
export interface CachedProgram {
  /** The optimised model, at the start of a buffer with no other user. */
  readonly model: Uint8Array<ArrayBuffer>;
  readonly signature: Signature;
}

/** Place of one program in the cache. */
export interface CacheEntry {
  /** Reads the program. @returns undefined when it is missing or damaged. */
  read(): Promise<CachedProgram | undefined>;
  /** Chooses a new path for the optimised model, which ONNX Runtime writes. @returns undefined when the folder cannot be written. */
  choosePath(): Promise<string | undefined>;
  /** Completes the file at such a path and moves it into the cache, at once for other processes. Failures are ignored. */
  add(partial: string, signature: Signature): Promise<void>;
  /** Removes a file that could not be completed. */
  discard(partial: string): Promise<void>;
}

/**
 * Describes where the cache keeps the program of a key (`keys.ts`); no file is touched yet. A file holds the optimised model, the
 * signature as JSON, the JSON's length (uint32, little-endian) and the SHA-256 of all that.
 * @param capacity bytes of all programs together; each process may exceed it by a sixteenth for a while.
 * @returns undefined when the cache is off or there is no home folder.
 */
export function createCacheEntry(
  key: string,
  { folder = findProgramCache(), capacity = defaultCapacity }: { folder?: string; capacity?: number } = {},
): CacheEntry | undefined {
  if (folder === undefined) return undefined;
  const path = join(folder, key + suffix);
  const remove = (file: string): Promise<void> => rm(file, { force: true }).catch(() => undefined);
  return {
    async read() {
      await cleanFolder(folder);
      const bytes = await readFile(path).catch(() => undefined);
      if (!bytes) return undefined;
      const content = bytes.subarray(0, Math.max(0, bytes.length - digestSize));
      if (content.length < lengthSize || !digestOf(content).equals(bytes.subarray(content.length))) {
        await remove(path);
        return undefined;
      }
      const now = new Date();
      await utimes(path, now, now).catch(() => undefined); // another process may have just removed it
      const end = content.length - lengthSize;
      const begin = end - content.readUInt32LE(end);
      const signature = JSON.parse(content.toString("utf8", begin, end)) as Signature;
      // The buffer that `readFile` returns is not shared.
      return { model: new Uint8Array(bytes.buffer as ArrayBuffer, 0, begin), signature };
    },
    async choosePath() {
      const opened = await openCacheFolder(folder);
      return opened && choosePartPath(opened);
    },
    async add(partial, signature) {
      try {
        const text = Buffer.from(JSON.stringify(signature));
        const length = Buffer.alloc(lengthSize);
        length.writeUInt32LE(text.length);
        const digest = digestOf(await readFile(partial), text, length);
        await appendFile(partial, Buffer.concat([text, length, digest]));
        const { size } = await stat(partial);
        await rename(partial, path);
        const unchecked = (uncheckedBytes.get(folder) ?? Infinity) + size;
        const isDue = unchecked > uncheckedShare * capacity;
        uncheckedBytes.set(folder, isDue ? 0 : unchecked);
        if (isDue) await trim(folder, capacity);
      } catch {
        await remove(partial); // a full disk, say: the program runs all the same, and is made again next time
      }
    },
    discard: remove,
  };
}

/** Removes the programs unused for longest until the rest fits; no other files. */
async function trim(folder: string, capacity: number): Promise<void> {
  const programs: { path: string; size: number; used: number }[] = [];
  for (const name of await readdir(folder)) {
    if (!programName.test(name)) continue;
    const path = join(folder, name);
    const info = await stat(path).catch(() => undefined); // another process may have just removed it
    if (info?.isFile()) programs.push({ path, size: info.size, used: info.mtimeMs });
  }
  programs.sort((a, b) => b.used - a.used);
  let total = 0;
  for (const { path, size } of programs) if ((total += size) > capacity) await rm(path, { force: true });
}
