import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { InputError } from "../errors.js";

/** A pipe is opened without waiting for a writer. */
const readFlags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** How a text file is read. */
export interface TextOptions {
  /** Bytes of the largest file that is read. */
  readonly maxBytes: number;
  /** What the file should be, for errors: `a text file with one label a line`. */
  readonly expected: string;
}

/**
 * Converts an error to one that says that a path cannot be opened; other errors are returned unchanged.
 * @param advice what to do.
 */
export function explainUnreadable(path: string, cause: unknown, advice: string): unknown {
  const { code } = cause as NodeJS.ErrnoException;
  if (code === undefined || !/^E[A-Z]/.test(code)) return cause;
  const what = code === "ENOENT" || code === "ENOTDIR" ? "no such file" : `cannot be read (${code})`;
  return new InputError(`${path}: ${what}; ${advice}`, { cause });
}

/**
 * Opens a file for reading. A pipe is not waited for.
 * @param advice what to do, for the error.
 * @throws the system's error when it cannot be opened; {InputError} when it is a folder, a pipe or a device.
 */
export async function openPlainFile(path: string, advice = "choose another place"): Promise<FileHandle> {
  const handle = await open(path, readFlags);
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw new InputError(`${path}: is not a readable file; ${advice}`);
}

/** Reads the bytes of a file. @throws as `openPlainFile`. */
export async function readPlainFile(path: string): Promise<Buffer> {
  const handle = await openPlainFile(path);
  return handle.readFile().finally(() => handle.close());
}

/**
 * Reads a text file in UTF-8, or in UTF-16 with a byte order mark. The size is checked first; pipes and devices are refused.
 * @param path path of the file.
 * @param options limit of the size, and what the file should be.
 * @returns the text without a byte order mark.
 * @throws {InputError} that names the path, when it is missing, no file, too large or no text.
 */
export async function readTextFile(path: string, { maxBytes, expected }: TextOptions): Promise<string> {
  const handle = await openPlainFile(path, `give ${expected}`).catch((cause: unknown) => {
    throw explainUnreadable(path, cause, `give ${expected}`);
  });
  try {
    if ((await handle.stat()).size > maxBytes)
      throw new InputError(`${path}: is larger than ${maxBytes / 1e6} MB; give ${expected}`);
    return decodeText(await handle.readFile(), path, expected);
  } finally {
    await handle.close();
  }
}

/** Decodes the text of a file's bytes. @throws {InputError} as `readTextFile`. */
export function decodeText(bytes: Buffer, path: string, expected: string): string {
  const mark = bytes.toString("latin1", 0, 2);
  const encoding = mark === "\xff\xfe" ? "utf-16le" : mark === "\xfe\xff" ? "utf-16be" : "utf-8";
  if (encoding === "utf-8" && bytes.includes(0))
    throw new InputError(
      `${path}: is not text, or UTF-16 without a byte order mark; save it as UTF-8, as ${expected}`,
    );
  let text: string;
  try {
    text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (cause) {
    const name = encoding === "utf-8" ? "UTF-8" : "UTF-16";
    throw new InputError(`${path}: is not valid ${name}; save it as UTF-8, as ${expected}`, { cause });
  }
  if (text.includes("\0"))
    throw new InputError(`${path}: is not text, or UTF-32; save it as UTF-8, as ${expected}`);
  return text;
}
