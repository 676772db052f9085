import { closeSync, constants, fstatSync, open, openSync, read, readSync } from "node:fs";
import { promisify } from "node:util";
import { InputError } from "../errors.js";
import { explainUnreadable } from "../files/index.js";

/** Contents and modification time of a file. */
export interface ReadFile {
  readonly bytes: Buffer;
  /** Time of the last modification, in milliseconds. */
  readonly modifiedMs: number;
}

const openAsync = promisify(open);
const readAsync = promisify(read);

const maxFileBytes = 256e6;
/** `O_NONBLOCK` opens a pipe without waiting for a writer. */
const openFlags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
/** Maximum size of a file that is read synchronously. */
const maxSyncBytes = 1 << 20;
/** Duration above which a synchronous read counts as slow: it has waited for a disk or a network. */
const slowReadMs = 1;
/** Number of slow reads in a row after which files are read asynchronously. */
const maxSlowReads = 3;
/** Number of calls that then read asynchronously. */
const asyncCallsAfterSlowReads = 64;

/** Number of the coming calls that read asynchronously. */
let asyncCallsLeft = 0;
/** Number of slow reads in a row so far. */
let slowReads = 0;

/**
 * Reads a picture file. It does not use sharp, which caches files by path and would return the old content after an overwrite. Files up
 * to 1 MiB are read synchronously, since passing one to another thread takes three times as long as reading it. Three slow reads in a row
 * show a slow disk or network. The next 64 calls then read asynchronously, so that several of them can wait at the same time.
 * @throws {InputError} when the file is missing, unreadable, a folder, a pipe, a device, empty or larger than 256 MB.
 */
export async function readPictureFile(path: string): Promise<ReadFile> {
  const began = performance.now();
  const opensSync = asyncCallsLeft === 0;
  if (!opensSync) asyncCallsLeft--;
  let handle: number;
  try {
    handle = opensSync ? openSync(path, openFlags) : await openAsync(path, openFlags);
  } catch (cause) {
    throw explainUnreadable(path, cause, "check the path");
  }
  try {
    const info = fstatSync(handle);
    if (info.isDirectory()) throw new InputError(`${path}: is a folder; give a picture file`);
    if (!info.isFile()) throw new InputError(`${path}: is not a readable file; give a picture file`);
    if (info.size === 0) throw new InputError(`${path}: is empty (0 bytes); give a PNG, JPEG, WebP or GIF`);
    if (info.size > maxFileBytes)
      throw new InputError(`${path}: is larger than ${maxFileBytes / 1e6} MB; make it smaller`);
    const bytes = Buffer.allocUnsafe(info.size);
    const readsSync = opensSync && bytes.length <= maxSyncBytes;
    let filled = 0;
    while (filled < bytes.length) {
      const target = [bytes, filled, bytes.length - filled, filled] as const;
      const readCount = readsSync
        ? readSync(handle, ...target)
        : (await readAsync(handle, ...target)).bytesRead;
      if (readCount === 0) break; // the file has become shorter
      filled += readCount;
    }
    if (readsSync) slowReads = performance.now() - began > slowReadMs ? slowReads + 1 : 0;
    if (slowReads === maxSlowReads) {
      asyncCallsLeft = asyncCallsAfterSlowReads;
      slowReads = 0;
    }
    return { bytes: bytes.subarray(0, filled), modifiedMs: info.mtimeMs };
  } catch (cause) {
    throw explainUnreadable(path, cause, "check the path");
  } finally {
    closeSync(handle);
  }
}

/**
 * Reads the bytes of a picture file.
 * @param path path of a file.
 * @returns the whole file.
 * @throws {InputError} as `readPictureFile`.
 */
export async function readPictureBytes(path: string): Promise<Buffer> {
  return (await readPictureFile(path)).bytes;
}
