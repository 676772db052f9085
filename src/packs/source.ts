import { createHash } from "node:crypto";
import { type BigIntStats, closeSync, fstatSync, openSync, readSync } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { WeightsError } from "../errors.js";

/** A fault of a file's content, without the file's name, which the caller adds. */
export class Damage extends Error {}

/** Runs `work`. Errors about a file's content get the file's name. @throws {WeightsError} */
export async function nameFileInErrors<T>(path: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw toNamedError(path, cause);
  }
}

/** Adds the file's name to an error that the file's content caused; returns other errors unchanged. */
export function toNamedError(path: string, cause: unknown): unknown {
  if (cause instanceof Damage) return new WeightsError(`${path}: ${cause.message}`, { cause });
  // What the machine cannot hold: an allocation, a text or a recursion beyond its limits.
  if (cause instanceof RangeError)
    return new WeightsError(`${path}: too large or too deeply nested to be read here (${cause.message})`, {
      cause,
    });
  return cause;
}

/** Bytes that are read piece by piece; every piece must lie inside. */
export interface ByteSource {
  readonly size: number;
  /** Reads bytes into memory of their own, so that any array type can view them. */
  read(at: number, length: number): Uint8Array;
  /** Reads the same bytes, in memory that may be shared; for headers and pickles. */
  peek(at: number, length: number): Buffer;
}

/** Tells whether a file is unchanged between two calls of `stat`: the system sets `ctime` at each write, and programs cannot reset it. */
function isUnchanged(a: BigIntStats, b: BigIntStats): boolean {
  return (["dev", "ino", "size", "mtimeNs", "ctimeNs"] as const).every((key) => a[key] === b[key]);
}

/** A file as a source of bytes. After `close`, each read opens the file again, and fails if it has changed. */
export class FileSource implements ByteSource {
  readonly size: number;

  private constructor(
    readonly path: string,
    private readonly info: BigIntStats,
    private handle: FileHandle | undefined,
  ) {
    this.size = Number(info.size);
  }

  /** @throws {WeightsError} when there is no such file, or it is a folder or a device. */
  static async open(path: string): Promise<FileSource> {
    const missing = (cause: unknown): never => {
      throw new WeightsError(`${path}: cannot be opened; is the path right?`, { cause });
    };
    if (isPartial(path))
      throw new WeightsError(`${path}: is an interrupted download; pull the model again to continue it`);
    // Checked before it is opened: opening a pipe would block.
    const info = await stat(path).catch(missing);
    if (!info.isFile()) throw new WeightsError(`${path}: is not a file; give a file of weights`);
    const handle = await open(path).catch(missing);
    return new FileSource(path, await handle.stat({ bigint: true }), handle);
  }

  /**
   * Computes the SHA-256 of the open file. Later reads fail if the file has changed since.
   * @throws {WeightsError} when it changes during the computation.
   */
  async digest(): Promise<string> {
    const hash = createHash("sha256");
    const pieces = this.handle!.createReadStream({ start: 0, autoClose: false, highWaterMark: 1 << 20 });
    for await (const piece of pieces) hash.update(piece as Buffer);
    if (!isUnchanged(this.info, await this.handle!.stat({ bigint: true }))) throw this.changed();
    return hash.digest("hex");
  }

  /** @throws {WeightsError} when it is too short, or was closed and has changed since. */
  read(at: number, length: number): Uint8Array {
    if (!(at >= 0 && length >= 0 && at + length <= this.size)) throw this.short();
    const bytes = new Uint8Array(length);
    const again = this.handle ? undefined : this.reopened();
    try {
      for (let done = 0; done < length;) {
        const count = readSync(again ?? this.handle!.fd, bytes, done, length - done, at + done);
        if (count === 0) throw this.short();
        done += count;
      }
    } finally {
      if (again !== undefined) closeSync(again);
    }
    return bytes;
  }

  peek(at: number, length: number): Buffer {
    return Buffer.from(this.read(at, length).buffer);
  }

  async close(): Promise<void> {
    const { handle } = this;
    this.handle = undefined;
    await handle?.close();
  }

  private reopened(): number {
    let descriptor: number;
    try {
      descriptor = openSync(this.path, "r");
    } catch (cause) {
      throw new WeightsError(`${this.path}: was removed while it was in use; start again`, { cause });
    }
    if (isUnchanged(this.info, fstatSync(descriptor, { bigint: true }))) return descriptor;
    closeSync(descriptor);
    throw this.changed();
  }

  private changed(): WeightsError {
    return new WeightsError(`${this.path}: changed while it was in use; start again`);
  }

  private short(): WeightsError {
    return new WeightsError(`${this.path}: truncated; fetch or copy it again`);
  }
}

/** Opens bytes in memory as a source. */
export function openMemorySource(bytes: Uint8Array): ByteSource {
  const peek = (at: number, length: number): Buffer => {
    if (!(at >= 0 && length >= 0 && at + length <= bytes.length)) throw new Damage("truncated");
    return Buffer.from(bytes.buffer, bytes.byteOffset + at, length);
  };
  return { size: bytes.length, peek, read: (at, length) => Uint8Array.from(peek(at, length)) };
}

/** A piece of a source, or bytes inflated from it: what a tensor's values are read from. */
export interface ByteRange extends Pick<ByteSource, "size" | "read"> {
  /** Whether all `size` bytes have to be inflated before any of them can be read. */
  readonly inflated?: boolean;
}

/**
 * Returns the bytes that a file may claim to hold: tensors may share storages and repeat values, and an archive may be deflated,
 * but a file that claims more than this is refused before anything is read.
 * @param size of the file.
 */
export function limitPlausibleBytes(size: number): number {
  return 32 * size + (64 << 20);
}

/** Returns the piece of a source at a place. */
export function rangeOf(source: ByteSource, start: number, size: number): ByteRange {
  if (!(start >= 0 && size >= 0 && start + size <= source.size))
    throw new Damage("truncated; fetch or copy it again");
  return {
    size,
    read(at, length) {
      if (at + length > size) throw new Damage("truncated");
      return source.read(start + at, length);
    },
  };
}

/** Tells whether a path is that of a download that did not end. */
export function isPartial(path: string): boolean {
  return /\.(incomplete|part|crdownload|aria2)$/i.test(path);
}

/** Converts a name from a file to one short, printable piece of a message. */
export function quoteName(name: string): string {
  const short = name.length > 80 ? `${name.slice(0, 80)}…` : name;
  return JSON.stringify(short.replace(/[^\x20-\x7e…]/g, "?"));
}
