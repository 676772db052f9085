import { createHash, randomBytes } from "node:crypto";
import { type FileHandle, appendFile, open, readdir, rename, rm, stat } from "node:fs/promises";
import { constants } from "node:fs";
import { hostname } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { InputError } from "../errors.js";

/** A file that is written under another name and appears under its own when it is complete and on disk. */
export interface AtomicFile {
  /** Path of the unfinished file, in the folder of the finished one. */
  readonly part: string;
  readonly handle: FileHandle;
  /** Flushes the file to disk, closes the handle, and moves the file to its name. An existing file is replaced. */
  commit(): Promise<void>;
  /** Closes the handle and removes the unfinished file. Does nothing after `commit`. */
  discard(): Promise<void>;
}

/** Distinguishes machines that share a folder. */
const host = createHash("sha256").update(hostname()).digest("hex").slice(0, 8);
/** Distinguishes this process from earlier ones with its number. */
export const processToken = randomBytes(4).toString("hex");
const partName = /^\.clipsteer-([0-9a-f]{8})-(\d{1,10})-([0-9a-f]{8})[0-9a-f]{8}\.part$/;
/** Flags that never follow a link and never open an existing file. */
const createFlags = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0);
const cleanedFolders = new Set<string>();

/** Chooses the path of a new unfinished file in a folder. Its name tells which process writes it (`removeStaleParts`). */
export function choosePartPath(folder: string): string {
  return join(
    folder,
    `.clipsteer-${host}-${process.pid}-${processToken}${randomBytes(4).toString("hex")}.part`,
  );
}

/**
 * Removes the unfinished files that killed processes left in a folder: once a folder and process, and again where files of running
 * processes were found, which may be killed later.
 */
export async function cleanFolder(folder: string): Promise<void> {
  const absolute = resolve(folder);
  if (cleanedFolders.has(absolute)) return;
  cleanedFolders.add(absolute);
  if ((await removeStaleParts(absolute)) > 0) cleanedFolders.delete(absolute);
}

/**
 * Begins a file. Unfinished files that killed processes left in the same folder are removed first, once a folder and process.
 * @param mode permissions of the finished file, before the umask.
 * @throws the system's error when the folder cannot be written.
 */
export async function createAtomicFile(path: string, mode = 0o666): Promise<AtomicFile> {
  const folder = resolve(dirname(path));
  await cleanFolder(folder);
  const part = choosePartPath(folder);
  const handle = await open(part, createFlags, mode);
  let isOpen = true;
  let isFinished = false;
  const close = async (): Promise<void> => {
    if (isOpen) {
      isOpen = false;
      await handle.close();
    }
  };
  return {
    part,
    handle,
    async commit() {
      await handle.datasync();
      await close();
      await rename(part, join(folder, basename(path)));
      isFinished = true;
      await syncFolder(folder);
    },
    async discard() {
      await close().catch(() => undefined);
      if (!isFinished) await rm(part, { force: true });
    },
  };
}

/**
 * Writes a file whole or not at all, even across a crash or a power failure: in the same folder under a random name, flushed to disk,
 * then renamed. Replaces a file of that name.
 * @throws {InputError} naming the path when it cannot be written.
 */
export async function writeFileAtomic(
  path: string,
  data: Uint8Array | string,
  { mode }: { readonly mode?: number } = {},
): Promise<void> {
  let file: AtomicFile | undefined;
  try {
    file = await createAtomicFile(path, mode);
    await file.handle.writeFile(data); // loops over short writes
    await file.commit();
  } catch (cause) {
    await file?.discard();
    throw explainUnwritable(path, cause);
  }
}

/** Converts an error to one that says that a path cannot be written; other errors are returned unchanged. */
export function explainUnwritable(path: string, cause: unknown): unknown {
  const { code } = cause as NodeJS.ErrnoException;
  if (code === undefined || !/^E[A-Z]/.test(code)) return cause;
  const advice = /^(ENOSPC|EDQUOT)$/.test(code)
    ? "the disk is full; free some space"
    : "choose another place";
  return new InputError(`${path}: cannot be written (${code}); ${advice}`, { cause });
}

/**
 * Opens a file that is there for writing, never through a link.
 * @param mode `append` to write at its end, `update` to write anywhere.
 * @throws {InputError} when it is not there, is a link, or cannot be written.
 */
export async function openForWriting(path: string, mode: "append" | "update"): Promise<FileHandle> {
  const access = mode === "append" ? constants.O_WRONLY | constants.O_APPEND : constants.O_RDWR;
  try {
    return await open(path, access | (constants.O_NOFOLLOW ?? 0));
  } catch (cause) {
    throw explainUnwritable(path, cause);
  }
}

const appending = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | (constants.O_NOFOLLOW ?? 0);

/** Appends a text to a file, which is created if necessary. Links are not followed. @throws {InputError} when it cannot be written. */
export async function appendText(path: string, text: string): Promise<void> {
  try {
    await appendFile(path, text, { flag: appending });
  } catch (cause) {
    throw explainUnwritable(path, cause);
  }
}

/**
 * Writes all of `bytes` at byte offset `position`, and repeats short writes. Not for files opened to append. Rejects with the error of
 * the system.
 */
export async function writeAt(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;)
    done += (await handle.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
}

/** Milliseconds without a write after which an unfinished file counts as abandoned. */
const abandoned = 24 * 3600 * 1000;

/** Removes unfinished files of processes of this machine that no longer run, and old ones. @returns number of those of other running processes. */
export async function removeStaleParts(folder: string): Promise<number> {
  let others = 0;
  for (const name of await readdir(folder).catch(() => [])) {
    const [, machine, writer, token] = partName.exec(name) ?? [];
    if (writer === undefined) continue;
    const [path, pid] = [join(folder, name), Number(writer)];
    const changed = (await stat(path).catch(() => undefined))?.mtimeMs ?? Infinity;
    const isAbandoned = machine === host && !isWriterRunning({ pid, token, changed });
    if (isAbandoned || Date.now() - changed > abandoned)
      await rm(path, { force: true }).catch(() => undefined);
    else if (machine === host && pid !== process.pid) others++;
  }
  return others;
}

/** Who wrote a file of this machine, and when it changed, in milliseconds since 1970. */
export interface Writer {
  readonly pid: number;
  /** The writer's `processToken`, where it is known. */
  readonly token?: string | undefined;
  readonly changed: number;
}

/**
 * Tells whether the process that wrote a file still runs. Numbers of processes are given again, in a container to each process in turn:
 * what is older than this process is of an earlier one with its number.
 */
export function isWriterRunning({ pid, token, changed }: Writer): boolean {
  if (pid !== process.pid) return isRunning(pid);
  return token === processToken || changed > performance.timeOrigin - 2000; // some file systems round times to 2 s
}

/** Tells whether a process of this machine runs. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Flushes a folder's list of names to disk, where the system can. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, constants.O_RDONLY).catch(() => undefined);
  try {
    await handle?.sync().catch(() => undefined); // some network file systems refuse
  } finally {
    await handle?.close();
  }
}
