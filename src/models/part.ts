import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open, rename, rm, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { DownloadError } from "../errors.js";
import { syncFolder, explainUnwritable, writeAt } from "../files/index.js";
import { findContentFault } from "./content.js";

/** A file to fetch. */
export interface Download {
  /** Addresses of the same file, tried in turn. */
  readonly urls: readonly string[];
  /** Its path once it is complete and checked. */
  readonly target: string;
  /** Path of the growing file, on the same disk; one that is there already is continued. No other program may write it. */
  readonly part: string;
  /** Path of the lock that is held meanwhile. Default: `part` with `.lock`. */
  readonly lock?: string;
  readonly size?: number;
  readonly sha256?: string;
  /** Object id by which git names the file. */
  readonly gitId?: string;
  /** Name by which the content is checked, where no hash is known beforehand. */
  readonly name?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a server did wrong; `fatal` when asking it again is of no use. */
export class Failure extends Error {
  constructor(
    message: string,
    readonly fatal = false,
  ) {
    super(message);
  }
}

/** The file that arrived is another one than expected. */
export class WrongFile extends Failure {
  constructor(message: string) {
    super(message, true);
  }
}

/** Size and hashes of a file's content. */
interface Hashes {
  readonly size: number;
  readonly sha256: string;
  /** Object id by which git names it. */
  readonly gitId: string;
}

const maxSize = 64e9;
const partFlags = constants.O_RDWR | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0);

/** Hashes an open file from its start to its end. */
async function hashHandle(handle: FileHandle): Promise<Hashes> {
  const { size } = await handle.stat();
  const sha256 = createHash("sha256");
  const sha1 = createHash("sha1").update(`blob ${size}\0`);
  const buffer = Buffer.alloc(1 << 20);
  let at = 0;
  for (;;) {
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, at);
    if (bytesRead === 0) break;
    const bytes = buffer.subarray(0, bytesRead);
    sha256.update(bytes);
    sha1.update(bytes);
    at += bytesRead;
  }
  return { size: at, sha256: sha256.digest("hex"), gitId: sha1.digest("hex") };
}

/** What is known of a file before it is fetched. */
type Expected = Pick<Download, "size" | "sha256" | "gitId">;

/** Describes the first difference from the expected size and hashes; undefined if there is none. */
function findMismatch(found: Hashes, { size, sha256, gitId }: Expected): string | undefined {
  if (size !== undefined && found.size !== size) return `${found.size} bytes, expected ${size}`;
  if (sha256 !== undefined && found.sha256 !== sha256) return `SHA-256 ${found.sha256}, expected ${sha256}`;
  if (gitId !== undefined && found.gitId !== gitId) return `git id ${found.gitId}, expected ${gitId}`;
  return undefined;
}

/**
 * Checks whether a file exists already with the expected size and hashes.
 * @returns its size and SHA-256; undefined when it is missing or does not match, or when `file` has neither `sha256` nor `gitId`.
 */
export async function verifyExistingFile(
  path: string,
  file: Expected,
): Promise<{ size: number; sha256: string } | undefined> {
  if (file.sha256 === undefined && file.gitId === undefined) return undefined;
  const handle = await open(path, "r").catch(() => undefined);
  try {
    const info = await handle?.stat();
    if (!handle || !info?.isFile() || (file.size !== undefined && info.size !== file.size)) return undefined;
    const found = await hashHandle(handle);
    return findMismatch(found, file) ? undefined : { size: found.size, sha256: found.sha256 };
  } finally {
    await handle?.close();
  }
}

/** A file that grows while it is fetched. */
export class Part {
  private constructor(
    private readonly handle: FileHandle,
    private readonly file: Download,
    public size: number,
  ) {}

  /** Opens an existing part without following links. @throws {DownloadError} when it is not a file. */
  static async open(file: Download): Promise<Part> {
    const handle = await open(file.part, partFlags);
    const info = await handle.stat();
    if (!info.isFile()) {
      await handle.close();
      throw new DownloadError(`${file.part}: is not a file; delete it`);
    }
    return new Part(handle, file, info.size);
  }

  /** @throws {DownloadError} when the disk has no room for the rest of the file. */
  async checkSpace(total: number | undefined): Promise<void> {
    if (total === undefined) return;
    const disk = await statfs(dirname(this.file.part)).catch(() => undefined);
    const free = disk ? disk.bavail * disk.bsize : Infinity;
    const needed = total - this.size;
    if (needed > free)
      throw new DownloadError(
        `${this.file.target}: needs ${formatMegabytes(needed)} more, and the disk has ${formatMegabytes(free)} left; free some space`,
      );
  }

  async append(bytes: Uint8Array): Promise<void> {
    const most = this.file.size ?? maxSize;
    if (this.size + bytes.length > most) throw new Failure(`sends more than ${most} bytes`, true);
    await writeAt(this.handle, bytes, this.size).catch((cause: unknown) => {
      throw explainUnwritable(this.file.part, cause);
    });
    this.size += bytes.length;
  }

  async clear(): Promise<void> {
    await this.handle.truncate(0);
    this.size = 0;
  }

  /**
   * Flushes the file to disk, reads it back, compares it with the expected size and hashes, and renames it. The bytes on disk are
   * checked, not those received.
   * @throws {WrongFile}
   */
  async finish(): Promise<{ size: number; sha256: string }> {
    const { file, handle } = this;
    await handle.datasync();
    const found = await hashHandle(handle);
    const fault = findMismatch(found, file);
    if (fault) throw new WrongFile(`has another file: ${fault}`);
    const content =
      file.name === undefined ? undefined : await findContentFault(handle, found.size, file.name);
    if (content) throw new WrongFile(`sent what ${content}`);
    await this.close();
    await rename(file.part, file.target);
    await syncFolder(dirname(file.target));
    return { size: found.size, sha256: found.sha256 };
  }

  /** Closes the file and removes it. */
  async remove(): Promise<void> {
    await this.close();
    await rm(this.file.part, { force: true });
  }

  async close(): Promise<void> {
    if (this.handle.fd >= 0) await this.handle.close();
  }
}

function formatMegabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6)} MB`;
}
