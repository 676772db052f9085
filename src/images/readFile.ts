import { closeSync, constants, fstatSync, open, openSync, read, readSync } from "node:fs";
import { promisify } from "node:util";
import { InputError } from "../errors.js";
import { explainUnreadable } from "../files/index.js";

/** Contents and modification time of a file. */
export interface ReadFile {
  readonly bytes: Buffer;
  /** Time of the last modification, in milliseconds. */
  readonly changed: number;
}

const openAsync = promisify(open);
const readAsync = promisify(read);

const largestFile = 256e6;
/** `O_NONBLOCK` opens a pipe without waiting for a writer. */
const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
/** Duration in milliseconds above which reading a small file counts as slow: it has waited for a disk or a network. */
const slowMilliseconds = 1;
/** Number of files that are read asynchronously after three slow reads in a row. */
const asyncReadCount = 64;
/** How many of these are left. */
let asyncReadsLeft = 0;
/** Slow reads in a row. */
let slowReads = 0;
/** Maximum size of a small file, in bytes. */
const smallFile = 1 << 20;

/**
 * Reads a picture file. It does not use sharp, which returns the old content of a path that was overwritten. Files up to 1 MiB are read
 * synchronously, since passing one to another thread takes three times as long as reading it. After three slow reads in a row, the next
 * 64 files are read asynchronously, so that several calls can wait at once.
 * @throws {InputError} when the file is missing, unreadable, a folder, a pipe, a device, empty or larger than 256 MB.
 */
export async function readPictureFile(path: string): Promise<ReadFile> {
  const began = performance.now();
  const opensSync = asyncReadsLeft === 0;
  if (!opensSync) asyncReadsLeft--;
  let handle: number;
  try {
    handle = opensSync ? openSync(path, flags) : await openAsync(path, flags);
  } catch (cause) {
    throw explainUnreadable(path, cause, "check the path");
  }
  try {
    const info = fstatSync(handle);
    if (info.isDirectory()) throw new InputError(`${path}: is a folder; give a picture file`);
    if (!info.isFile()) throw new InputError(`${path}: is not a readable file; give a picture file`);
    if (info.size === 0) throw new InputError(`${path}: is empty (0 bytes); give a PNG, JPEG, WebP or GIF`);
    if (info.size > largestFile)
      throw new InputError(`${path}: is larger than ${largestFile / 1e6} MB; make it smaller`);
    const bytes = Buffer.allocUnsafe(info.size);
    const readsSync = opensSync && bytes.length <= smallFile;
    let filled = 0;
    for (let readCount = 1; readCount > 0 && filled < bytes.length; filled += readCount) {
      const range = [bytes, filled, bytes.length - filled, filled] as const;
      readCount = readsSync ? readSync(handle, ...range) : (await readAsync(handle, ...range)).bytesRead;
    }
    if (readsSync) slowReads = performance.now() - began > slowMilliseconds ? slowReads + 1 : 0;
    if (slowReads === 3) [asyncReadsLeft, slowReads] = [asyncReadCount, 0];
    return { bytes: bytes.subarray(0, filled), changed: info.mtimeMs };
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
