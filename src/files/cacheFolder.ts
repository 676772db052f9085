import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { InputError } from "../errors.js";
import { cleanFolder, writeFileAtomic } from "./atomic.js";
import { type Environment, makeFolder } from "./makeFolder.js";

const tagName = "CACHEDIR.TAG";
/** Source: Bryan Ford, Cache Directory Tagging Specification 0.6. */
const tag =
  "Signature: 8a477f597d28d172789f06886806bc55\n# This folder is a cache of clipsteer; it can be deleted at any time.\n";

/**
 * Finds the user's cache folder: XDG_CACHE_HOME, else LOCALAPPDATA on Windows, else `.cache` in the home folder. An empty or
 * relative value of a variable is ignored, as the XDG Base Directory Specification 0.8 requires.
 * @param environment variables; those of this process when absent.
 * @param platform as `process.platform`, which is the default.
 * @returns undefined when there is no home folder.
 */
export function findUserCacheFolder(
  environment: Environment = process.env,
  platform: NodeJS.Platform = process.platform,
): string | undefined {
  const { XDG_CACHE_HOME: xdg, LOCALAPPDATA: local } = environment;
  if (xdg && isAbsolute(xdg)) return xdg;
  if (platform === "win32" && local && isAbsolute(local)) return local;
  const home = findHomeFolder(environment);
  return home === undefined ? undefined : join(home, ".cache");
}

function findHomeFolder({ HOME: home }: Environment): string | undefined {
  if (home && isAbsolute(home)) return home;
  try {
    const found = homedir();
    return isAbsolute(found) ? found : undefined;
  } catch {
    return undefined; // a user without an entry in the system's list
  }
}

/** How a cache folder is opened. */
export interface CacheOptions {
  /** Receives, once a folder and process, why a cache cannot be used. Default: a process warning. */
  readonly onWarning?: (message: string) => void;
}

const opened = new Map<string, Promise<boolean>>();

/**
 * Makes a cache folder that only the user can read (mode 0700), with a CACHEDIR.TAG, unless it is there. Unfinished files that killed
 * processes left in it are removed.
 * @param path undefined for no cache.
 * @returns the path; undefined when it cannot be written; the caller then works without a cache.
 */
export async function openCacheFolder(
  path: string | undefined,
  options: CacheOptions = {},
): Promise<string | undefined> {
  if (path === undefined) return undefined;
  let opening = opened.get(path);
  if (!opening) opened.set(path, (opening = prepare(path, options)));
  return (await opening) ? path : undefined;
}

async function prepare(path: string, { onWarning = warn }: CacheOptions): Promise<boolean> {
  try {
    await makeFolder(path, 0o700);
    await access(path, constants.W_OK);
    await cleanFolder(path);
    // A full disk may have left it empty.
    const known = await stat(join(path, tagName)).catch(() => undefined);
    if (!known || known.size === 0) await writeFileAtomic(join(path, tagName), tag);
    return true;
  } catch (error) {
    const { code = "unknown error" } = (
      error instanceof InputError ? error.cause : error
    ) as NodeJS.ErrnoException;
    onWarning(`${path}: cannot be used as a cache (${code}); continuing without it`);
    return false;
  }
}

function warn(message: string): void {
  process.emitWarning(message, { code: "CLIPSTEER_CACHE" });
}
