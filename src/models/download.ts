import { dirname } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Response } from "undici";
import { DownloadError } from "../errors.js";
import { makeFolder, explainUnwritable, runLocked } from "../files/index.js";
import { hostOf, reasonOf, request } from "./http.js";
import { type Download, Failure, Part, WrongFile, verifyExistingFile } from "./part.js";

export type { Download } from "./part.js";

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

/**
 * Fetches a file: continues a partial file, drops stalled connections, tries other mirrors, and moves the file into place only when
 * its size and hash, read back from the disk, are right. Processes that fetch the same file take turns; the later ones find it.
 * @returns size and SHA-256 of the file.
 * @throws {DownloadError} with what each server did wrong; what arrived stays in `part`, unless it is another file.
 */
export async function download(
  file: Download,
  options: DownloadOptions = {},
): Promise<{ size: number; sha256: string }> {
  const { lock = `${file.part}.lock` } = file;
  const { signal } = options;
  try {
    for (const path of [file.part, file.target, lock]) await makeFolder(dirname(path));
    return await runLocked(lock, { purpose: "fetch this file", wait: true, signal }, async () => {
      return (await verifyExistingFile(file.target, file)) ?? (await fetchFile(file, options));
    });
  } catch (cause) {
    throw explainUnwritable(file.target, cause);
  }
}

async function fetchFile(
  file: Download,
  options: DownloadOptions,
): Promise<{ size: number; sha256: string }> {
  const { attempts = 5, pauseSeconds = 1, signal } = options;
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
      return await part.finish();
    } catch (error) {
      if (error instanceof WrongFile) await part.remove();
      if (signal?.aborted) throw signal.reason;
      if (error instanceof Failure) reasons.set(hostOf(url), `${hostOf(url)}: ${error.message}`);
      else if (error instanceof DownloadError && error.message.startsWith(hostOf(url)))
        reasons.set(hostOf(url), error.message);
      else if (isNetwork(error)) reasons.set(hostOf(url), `${hostOf(url)}: ${reasonOf(error)}`);
      else throw error;
      const isBlameless = error instanceof WrongFile && part.size === before; // the part on disk was wrong, not this server
      // The next server in order replaces one that is removed.
      if (error instanceof Failure && error.fatal && !isBlameless) {
        turn %= urls.length;
        urls = urls.filter((each) => each !== url);
      } else turn++;
      failures = part.size > most ? 1 : failures + 1;
      most = Math.max(most, part.size);
      if (urls.length > 0 && failures < attempts)
        await pause(pauseSeconds * 1000 * 2 ** Math.min(5, failures - 1), undefined, signal && { signal });
    } finally {
      await part.close();
    }
  }
  const why = [...reasons.values()].join("; ");
  throw new DownloadError(
    `${file.target}: not fetched: ${why}; the downloaded part is kept; try again to continue`,
  );
}

function isNetwork(error: unknown): boolean {
  const code = (error as { code?: string }).code ?? "";
  return error instanceof TypeError || /^(E(CONN|PIPE|TIMEDOUT|AI_|NOTFOUND)|UND_)/.test(code);
}

/** Requests the missing bytes of a file and appends them. */
async function fetchRest(url: string, file: Download, part: Part, options: DownloadOptions): Promise<void> {
  const { signal, onProgress, stallSeconds = 30 } = options;
  if (file.size !== undefined && part.size > file.size) await part.clear();
  if (file.size !== undefined && part.size === file.size) return;
  await part.checkSpace(file.size);
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
    const total = await readExpectedSize(response, file, part);
    await part.checkSpace(total);
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

/** Reads the size of the whole file by the answer's headers; an answer that does not continue the part empties it. */
async function readExpectedSize(response: Response, file: Download, part: Part): Promise<number | undefined> {
  const length = response.headers.get("content-encoding") ? null : response.headers.get("content-length");
  let total = length === null ? undefined : Number(length);
  if (part.size > 0) {
    const range = /^bytes (\d+)-\d+\/(\d+)$/.exec(response.headers.get("content-range") ?? "");
    if (response.status !== 206 || Number(range?.[1]) !== part.size) {
      // The server sends the whole file or another range than requested: restart with a new request.
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
