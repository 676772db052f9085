import { randomBytes } from "node:crypto";
import { link, lstat, open, readFile, rename, rm, stat, utimes } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { InputError } from "../errors.js";
import { cleanFolder, choosePartPath, isWriterRunning, processToken } from "./atomic.js";
import { openPlainFile } from "./text.js";

/** How a lock is taken. */
export interface LockOptions {
  /** What the other process does, for the error: `index this folder`. */
  readonly purpose: string;
  /** Whether to wait for the other process as long as it runs, instead of refusing after 3 seconds. Default: no. */
  readonly wait?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Milliseconds between two signs of life, after which a lock without any is abandoned, and between two attempts. */
const beat = 10_000;
const abandoned = 600_000;
const retry = 200;
/** Milliseconds for which a process that was stopped may still hold a lock while it ends; only then is the lock refused. */
const ending = 3000;

/** A lock that is held. */
export interface Lock {
  release(): Promise<void>;
}

/** Runs `work` while a lock is held. @throws as `acquireLock`, and what `work` throws. */
export async function runLocked<T>(path: string, options: LockOptions, work: () => Promise<T>): Promise<T> {
  const lock = await acquireLock(path, options);
  try {
    return await work();
  } finally {
    await lock.release();
  }
}

/**
 * Takes a lock file, which names process and machine; one whose process no longer runs is taken over.
 * @param path of the lock file.
 * @throws {InputError} when another process still holds it after 3 seconds, unless `wait`; the system's error when the folder cannot be written.
 */
export async function acquireLock(path: string, options: LockOptions): Promise<Lock> {
  const content = JSON.stringify({
    pid: process.pid,
    host: hostname(),
    token: processToken,
    id: randomBytes(8).toString("hex"),
  });
  const end = performance.now() + (options.wait ? Infinity : ending);
  while (!(await create(path, content))) {
    options.signal?.throwIfAborted();
    const holder = await readHolder(path);
    if (holder !== undefined && (await isAbandoned(path, holder))) await takeAway(path, holder);
    else if (performance.now() < end)
      await pause(retry, undefined, options.signal && { signal: options.signal });
    else
      throw new InputError(
        `${path}: another process (${describeOwner(holder ?? "")}) holds the lock to ${options.purpose}; wait for it, or delete this file if it no longer runs`,
      );
  }
  const timer = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => undefined);
  }, beat);
  timer.unref();
  return {
    async release() {
      clearInterval(timer);
      if ((await readFile(path, "utf8").catch(() => undefined)) === content) await rm(path, { force: true });
    },
  };
}

/** Makes the lock file, with its content, unless it is there. */
async function create(path: string, content: string): Promise<boolean> {
  // A link to a complete file: the lock is never visible without its content.
  await cleanFolder(dirname(path));
  const own = choosePartPath(dirname(path));
  const file = await open(own, "wx");
  try {
    await file.writeFile(content).finally(() => file.close());
    await link(own, path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return false;
    if (code !== "EPERM" && code !== "ENOTSUP" && code !== "ENOSYS") throw error;
  } finally {
    await rm(own, { force: true });
  }
  // A file system without links.
  try {
    const lock = await open(path, "wx");
    await lock.writeFile(content).finally(() => lock.close());
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

interface Holder {
  readonly pid?: number;
  readonly host?: string;
  readonly token?: string;
}

/** Bytes that are read of a lock file. */
const largest = 4096;

/** Reads a lock file. @returns undefined when it is gone. @throws {InputError} when it is a link, a folder or a pipe. */
async function readHolder(path: string): Promise<string | undefined> {
  try {
    if (!(await lstat(path)).isFile()) throw new InputError(`${path}: is not a lock file; delete it`);
    const handle = await openPlainFile(path);
    const { buffer, bytesRead } = await handle
      .read(Buffer.alloc(largest), 0, largest)
      .finally(() => handle.close());
    return buffer.toString("utf8", 0, bytesRead);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function parse(holder: string): Holder {
  try {
    return (JSON.parse(holder) ?? {}) as Holder;
  } catch {
    return {};
  }
}

function describeOwner(holder: string): string {
  const { pid, host } = parse(holder);
  const machine = String(host).replace(/[^\w.-]/g, "?");
  return Number.isSafeInteger(pid) ? `${pid} on ${machine.slice(0, 60)}` : "unknown";
}

async function isAbandoned(path: string, holder: string): Promise<boolean> {
  const { pid, host, token } = parse(holder);
  const changed = (await stat(path).catch(() => undefined))?.mtimeMs;
  if (changed === undefined) return false;
  if (host === hostname() && Number.isSafeInteger(pid) && !isWriterRunning({ pid: pid!, token, changed }))
    return true;
  return Date.now() - changed > abandoned;
}

/** Removes a lock whose process no longer runs. @returns whether there was one. @throws {InputError} when it is no lock file. */
export async function removeAbandonedLock(path: string): Promise<boolean> {
  const holder = await readHolder(path);
  if (holder === undefined || !(await isAbandoned(path, holder))) return false;
  await takeAway(path, holder);
  return true;
}

/** Removes an abandoned lock, but not one that another process has taken meanwhile. */
async function takeAway(path: string, holder: string): Promise<void> {
  const aside = choosePartPath(dirname(path));
  await rename(path, aside).catch(() => undefined);
  const owner = await readFile(aside, "utf8").catch(() => undefined);
  if (owner !== undefined && owner !== holder) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}
