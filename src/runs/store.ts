import { readdir, rm, rmdir } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { type Snapshot, dropSnapshot, saveSnapshot, snapshotFile } from "../guidance/index.js";
import {
  type Lock,
  acquireLock,
  appendText,
  readPlainFile,
  removeAbandonedLock,
  explainUnwritable,
  writeFileAtomic,
  hashSha256,
} from "../files/index.js";
import { makeRunFolder } from "../images/index.js";
import type { Asset, Assets } from "./assets.js";
import type { FileReference } from "./records.js";

/** Storage of one run's files. */
export interface RunPlace {
  /** Absolute path of the run folder; absent in memory. */
  readonly folder: string | undefined;
  /** Locks the run for this process. @throws {InputError} when another process holds the lock. */
  lock(): Promise<Lock>;
  /** Writes a file atomically. @returns its path; undefined in memory. */
  write(name: string, data: Uint8Array | string): Promise<string | undefined>;
  /** Appends to a text file. */
  append(name: string, text: string): Promise<void>;
  /** Returns the path of a file of the run; absent in memory. */
  pathOf(name: string): string | undefined;
  /** Reads a file; undefined when it does not exist. */
  read(name: string): Promise<Buffer | undefined>;
  /** Replaces the snapshot from which the run can be resumed. `job` describes the run and must be serializable as JSON. */
  saveSnapshot(snapshot: Snapshot, job: unknown): Promise<void>;
  /** Copies an input of an unfinished run, so that the run can be resumed without the original file. */
  keepInput(asset: Asset): Promise<void>;
  /** Reads an input that `keepInput` copied; undefined when it is missing or damaged. */
  savedInput(reference: FileReference): Promise<Asset | undefined>;
  /** Removes the snapshot and the copied inputs. The run can no longer be resumed. */
  finish(): Promise<void>;
  /** Removes the run if it has no result. */
  discardIfEmpty(): Promise<void>;
}

/** Creates and opens the places in which runs store their files. */
export interface RunStore {
  /** Creates the place of a new run, named after a title. */
  create(title: string): Promise<RunPlace>;
  /** Opens the place of an existing run by its folder name. */
  open(name: string): RunPlace;
}

const savedNameOf = (sha256: string): string => `unfinished-${sha256}`;
const lockFile = "run.lock";
const isBookkeeping = (name: string): boolean =>
  name.startsWith(lockFile) ||
  name.startsWith(snapshotFile) ||
  /^unfinished-[0-9a-f]{64}$/.test(name) ||
  /^\.clipsteer-[0-9a-f-]+\.part$/.test(name);

/** Opens the place of a run in an existing folder. */
export function openRunFolder(path: string): RunPlace {
  const folder = resolve(path);
  return {
    folder,
    lock: () =>
      acquireLock(join(folder, lockFile), { purpose: "make this picture" }).catch((cause: unknown) => {
        throw explainUnwritable(folder, cause);
      }),
    async write(name, data) {
      const file = join(folder, name);
      await writeFileAtomic(file, data);
      return file;
    },
    pathOf: (name) => join(folder, name),
    append: (name, text) => appendText(join(folder, name), text),
    read: (name) =>
      readPlainFile(join(folder, name)).catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return undefined;
        throw error;
      }),
    saveSnapshot: (snapshot, job) => saveSnapshot(folder, snapshot, job),
    keepInput: ({ sha256, bytes }) => writeFileAtomic(join(folder, savedNameOf(sha256)), bytes),
    async savedInput({ name, sha256 }) {
      const bytes = await readPlainFile(join(folder, savedNameOf(sha256))).catch(() => undefined);
      return bytes && hashSha256(bytes) === sha256 ? { name, sha256, bytes } : undefined;
    },
    async finish() {
      await dropSnapshot(folder);
      for (const name of await readdir(folder))
        if (isBookkeeping(name)) await rm(join(folder, name), { force: true });
    },
    async discardIfEmpty() {
      const names = await readdir(folder).catch(() => [""]);
      if (names.every(isBookkeeping)) await rm(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Runs `work` while this process holds the lock of a place. A run that fails without a result is removed.
 * @throws {InputError} when another process holds the lock. Errors of `work` are rethrown.
 */
export async function* runInPlace<Event, Result>(
  place: RunPlace,
  work: AsyncGenerator<Event, Result>,
): AsyncGenerator<Event, Result> {
  const lock = await place.lock();
  try {
    return yield* work;
  } catch (error) {
    await place.discardIfEmpty();
    throw error;
  } finally {
    await lock.release();
  }
}

/** Number of the newest run folders in which a new run looks for what a killed process left. */
const cleanedFolders = 8;

/**
 * Removes run folders in which a killed process left neither a result nor a snapshot. Only the newest ones are looked at, since each
 * new run looks at them.
 */
async function removeAbandonedRuns(root: string): Promise<void> {
  const runs = (await readdir(root).catch(() => [])).filter((name) => /^\d{5,15}-/.test(name));
  const newest = runs.sort((a, b) => parseInt(b) - parseInt(a)).slice(0, cleanedFolders);
  for (const folder of newest.map((name) => join(root, name))) {
    const names = await readdir(folder).catch((): string[] => []);
    if (!names.includes(lockFile) || names.includes(snapshotFile) || !names.every(isBookkeeping)) continue;
    if (!(await removeAbandonedLock(join(folder, lockFile)).catch(() => false))) continue;
    for (const name of names) await rm(join(folder, name), { force: true }).catch(() => undefined);
    await rmdir(folder).catch(() => undefined);
  }
}

/**
 * Creates a store of numbered run folders below one folder.
 * @param root path of the folder; created with the first run.
 * @returns the store; it creates a folder for each run.
 */
export function createFolderStore(root: string): RunStore {
  return {
    async create(title) {
      await removeAbandonedRuns(root);
      return openRunFolder(await makeRunFolder(root, title));
    },
    open: (name) => openRunFolder(join(root, basename(name))),
  };
}

/**
 * Creates a store that contains a run folder and its siblings.
 * @param runFolder path of a run folder.
 * @returns the store of the parent folder.
 */
export function createStoreAround(runFolder: string): RunStore {
  return createFolderStore(dirname(resolve(runFolder)));
}

/**
 * Creates a store in memory. It writes no files, and its runs cannot be resumed.
 * @returns the store.
 */
export function createMemoryStore(): RunStore {
  const open = (): RunPlace => {
    const files = new Map<string, Buffer>();
    return {
      folder: undefined,
      lock: () => Promise.resolve({ release: () => Promise.resolve() }),
      write: (name, data) => {
        files.set(name, Buffer.from(data));
        return Promise.resolve(undefined);
      },
      pathOf: () => undefined,
      append: (name, text) => {
        files.set(name, Buffer.concat([files.get(name) ?? Buffer.alloc(0), Buffer.from(text)]));
        return Promise.resolve();
      },
      read: (name) => Promise.resolve(files.get(name)),
      saveSnapshot: () => Promise.resolve(),
      keepInput: () => Promise.resolve(),
      savedInput: () => Promise.resolve(undefined),
      finish: () => Promise.resolve(),
      discardIfEmpty: () => Promise.resolve(),
    };
  };
  return { create: () => Promise.resolve(open()), open };
}

/** Creates assets of a resumed run: the copied inputs first, then `others`. */
export function createResumedAssets(place: RunPlace, others: Assets): Assets {
  return {
    read: (name) => others.read(name),
    find: async (reference) => (await place.savedInput(reference)) ?? others.find(reference),
  };
}
