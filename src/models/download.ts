import { createHash, type Hash } from "node:crypto";
import { type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Response } from "undici";
import { DownloadError } from "../errors.js";
import { hostOf, reasonOf, request } from "./http.js";

/** A file to fetch. */
export interface Download {
  /** Addresses of the same file, tried in turn. */
  readonly urls: readonly string[];
  /** Where it goes once it is whole and checked. */
  readonly target: string;
  /** Where it grows; a file that is there already is continued. */
  readonly part: string;
  readonly size?: number;
  readonly sha256?: string;
  /** Object id by which git names the file, where there is no SHA-256; needs `size`. */
  readonly gitId?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** How patient a download is. */
export interface DownloadOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number | undefined) => void;
  /** Failures in a row, without a byte of progress, before it gives up. */
  readonly attempts?: number;
  /** Seconds without a byte after which a connection is dropped. */
  readonly stallSeconds?: number;
  /** Seconds of rest after the first failure; doubled with each further one. */
  readonly pauseSeconds?: number;
}

/** What a server did wrong; `fatal` when asking it again is of no use. */
class Failure extends Error {
  constructor(
    message: string,
    readonly fatal = false,
  ) {
    super(message);
  }
}

const largest = 64e9;

/**
 * Fetches a file: continues what is there, hashes while it streams, drops stalled connections, goes on at other mirrors, and
 * moves the file into place only when it is whole and has the hash.
 * @returns size and SHA-256 of the file.
 * @throws {DownloadError} with what each server did wrong; what arrived stays in `part`, unless its hash is wrong.
 */
export async function download(
  file: Download,
  options: DownloadOptions = {},
): Promise<{ size: number; sha256: string }> {
  const { attempts = 5, pauseSeconds = 1, signal } = options;
  await mkdir(dirname(file.part), { recursive: true });
  let urls = [...file.urls];
  const reasons = new Map<string, string>();
  let failures = 0;
  let most = -1;
  for (let turn = 0; urls.length > 0 && failures < attempts;) {
    const url = urls[turn % urls.length]!;
    const part = await Part.open(file);
    const before = part.size;
    most = Math.max(most, before);
    try {
      await fetchRest(url, file, part, options);
      const sha256 = part.check(file);
      await part.close();
      await mkdir(dirname(file.target), { recursive: true });
      await rename(file.part, file.target);
      return { size: part.size, sha256 };
    } catch (error) {
      await part.close();
      if (signal?.aborted) throw signal.reason;
      if (error instanceof WrongHash) await rm(file.part, { force: true });
      if (error instanceof Failure) reasons.set(hostOf(url), `${hostOf(url)}: ${error.message}`);
      else if (error instanceof DownloadError) reasons.set(hostOf(url), error.message);
      else if (isNetwork(error)) reasons.set(hostOf(url), `${hostOf(url)}: ${reasonOf(error)}`);
      else throw error;
      const blameless = error instanceof WrongHash && part.size === before; // what was there was wrong
      // The next one in order takes the place of one that is given up.
      if (error instanceof Failure && error.fatal && !blameless) {
        turn %= urls.length;
        urls = urls.filter((each) => each !== url);
      } else turn++;
      failures = part.size > most ? 1 : failures + 1;
      most = Math.max(most, part.size);
      if (urls.length > 0 && failures < attempts)
        await pause(pauseSeconds * 1000 * 2 ** Math.min(5, failures - 1), undefined, signal && { signal });
    }
  }
  const why = [...reasons.values()].join("; ");
  throw new DownloadError(
    `${file.target}: not fetched: ${why}; run the command again to go on where it stopped`,
  );
}

class WrongHash extends Failure {}

function isNetwork(error: unknown): boolean {
  const code = (error as { code?: string }).code ?? "";
  return error instanceof TypeError || /^(E(CONN|PIPE|TIMEDOUT|AI_|NOTFOUND)|UND_)/.test(code);
}

/** The growing file, with the hashes of what it holds. */
class Part {
  size = 0;
  private readonly sha256: Hash = createHash("sha256");
  private readonly sha1: Hash | undefined;

  private constructor(
    private readonly handle: FileHandle,
    private readonly file: Download,
  ) {
    if (file.gitId) this.sha1 = createHash("sha1").update(`blob ${file.size}\0`);
  }

  /** Opens what is there, and hashes it. */
  static async open(file: Download): Promise<Part> {
    const handle = await open(file.part, "a+");
    const part = new Part(handle, file);
    const buffer = Buffer.alloc(1 << 20);
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, part.size);
      if (bytesRead === 0) break;
      part.count(buffer.subarray(0, bytesRead));
    }
    return part;
  }

  async append(bytes: Uint8Array): Promise<void> {
    if (this.size + bytes.length > (this.file.size ?? largest))
      throw new Failure(`sends more than ${this.file.size ?? largest} bytes`, true);
    await this.handle.appendFile(bytes);
    this.count(bytes);
  }

  /** @throws {Failure} when the file is not the one that was asked for. */
  check({ size, sha256, gitId }: Download): string {
    if (size !== undefined && this.size !== size) throw new Failure(`sent ${this.size} bytes of ${size}`);
    const got = this.sha256.digest("hex");
    if (sha256 && got !== sha256)
      throw new WrongHash(`has another file: SHA-256 ${got}, expected ${sha256}`, true);
    const git = this.sha1?.digest("hex");
    if (git && git !== gitId) throw new WrongHash(`has another file: git id ${git}, expected ${gitId}`, true);
    return got;
  }

  async close(): Promise<void> {
    await this.handle.close();
  }

  async clear(): Promise<void> {
    await this.handle.truncate(0);
  }

  private count(bytes: Uint8Array): void {
    this.size += bytes.length;
    this.sha256.update(bytes);
    this.sha1?.update(bytes);
  }
}

/** Asks for what is missing, and appends it. */
async function fetchRest(url: string, file: Download, part: Part, options: DownloadOptions): Promise<void> {
  const { signal, onProgress, stallSeconds = 30 } = options;
  if (file.size !== undefined && part.size === file.size) return;
  const stalled = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const alive = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => stalled.abort(), stallSeconds * 1000);
  };
  alive();
  try {
    const response = await request(url, {
      headers: {
        "accept-encoding": "identity",
        ...file.headers,
        ...(part.size > 0 && { range: `bytes=${part.size}-` }),
      },
      signal: signal ? AbortSignal.any([signal, stalled.signal]) : stalled.signal,
    });
    if (!response.body || !response.ok) {
      await response.body?.cancel();
      if (response.status === 416) await part.clear();
      throw new Failure(`answers ${response.status}${hint(response.status)}`, isFinal(response.status));
    }
    const total = await expectedSize(response, file, part);
    for await (const chunk of response.body) {
      alive();
      await part.append(chunk as Uint8Array);
      onProgress?.(part.size, total);
    }
    if (total !== undefined && part.size < total)
      throw new Failure(`ended after ${part.size} of ${total} bytes`);
  } catch (error) {
    if (stalled.signal.aborted && !signal?.aborted) throw new Failure(`sent nothing for ${stallSeconds} s`);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** Size of the whole file by the answer's headers; an answer that does not continue the part empties it. */
async function expectedSize(response: Response, file: Download, part: Part): Promise<number | undefined> {
  const length = response.headers.get("content-encoding") ? null : response.headers.get("content-length");
  let total = length === null ? undefined : Number(length);
  if (part.size > 0) {
    const range = /^bytes (\d+)-\d+\/(\d+)$/.exec(response.headers.get("content-range") ?? "");
    if (response.status !== 206 || Number(range?.[1]) !== part.size) {
      // It sends the whole, or another piece than was asked for: begin again, with a new request.
      await response.body?.cancel();
      await part.clear();
      throw new Failure("does not continue where it stopped; beginning again");
    }
    total = Number(range![2]);
  }
  if (file.size !== undefined && total !== undefined && total !== file.size) {
    await response.body?.cancel();
    throw new Failure(`has a file of ${total} bytes, expected ${file.size}`, true);
  }
  return total ?? file.size;
}

function isFinal(status: number): boolean {
  return status >= 400 && status < 500 && ![408, 416, 429].includes(status);
}

function hint(status: number): string {
  if (status === 401 || status === 403)
    return " (permission needed: accept the licence on its page, set HF_TOKEN)";
  return status === 404 ? " (no such file)" : "";
}
