import { closeSync, constants, fstatSync, open, openSync, read, readSync } from "node:fs";
import { promisify } from "node:util";
import { InputError } from "../errors.js";

/** A file as it was when it was read. */
export interface ReadFile {
  readonly bytes: Buffer;
  /** Time of the last change, in milliseconds. */
  readonly changed: number;
}

const openAside = promisify(open);
const readAside = promisify(read);

const largestFile = 256e6;
/** A pipe is opened without waiting for a writer. */
const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
/** Milliseconds that opening or reading a small file takes when it has to wait for a disk or a network. */
const slowly = 1;
/** How many files are read aside after three in a row that had to wait, and how many are left of them. */
const together = 64;
let aside = 0;
let waits = 0;
/** Bytes up to which a file is small. */
const small = 1 << 20;

/**
 * A picture file's bytes, read here: sharp would remember a path's old content. Small files are read at once, for handing each to
 * another thread takes three times as long as reading it; where disk or network keep them waiting, the next ones are read aside, several together.
 * @throws {InputError} when it is missing, a folder, empty or larger than 256 MB.
 */
export async function readPictureFile(path: string): Promise<ReadFile> {
  const began = performance.now();
  const here = aside === 0;
  if (!here) aside--;
  let handle: number;
  try {
    handle = here ? openSync(path, flags) : await openAside(path, flags);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== "ENOENT" && code !== "ENOTDIR") throw cause;
    throw new InputError(`${path}: no such file; check the path`, { cause });
  }
  try {
    const info = fstatSync(handle);
    if (info.isDirectory()) throw new InputError(`${path}: is a folder; give a picture file`);
    if (!info.isFile()) throw new InputError(`${path}: is no file that can be read; give a picture file`);
    if (info.size === 0) throw new InputError(`${path}: is empty (0 bytes); give a PNG, JPEG, WebP or GIF`);
    if (info.size > largestFile)
      throw new InputError(`${path}: is larger than ${largestFile / 1e6} MB; make it smaller`);
    const bytes = Buffer.allocUnsafe(info.size);
    let filled = 0;
    for (let more = 1; more > 0 && filled < bytes.length; filled += more) {
      const place = [bytes, filled, bytes.length - filled, filled] as const;
      more =
        here && bytes.length <= small
          ? readSync(handle, ...place)
          : (await readAside(handle, ...place)).bytesRead;
    }
    if (here && bytes.length <= small) waits = performance.now() - began > slowly ? waits + 1 : 0;
    if (waits === 3) [aside, waits] = [together, 0];
    return { bytes: bytes.subarray(0, filled), changed: info.mtimeMs };
  } finally {
    closeSync(handle);
  }
}

/** The bytes alone of `readPictureFile`. */
export async function bytesOf(path: string): Promise<Buffer> {
  return (await readPictureFile(path)).bytes;
}
