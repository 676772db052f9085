import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { DownloadError } from "../errors.js";
import { createScratchFolder, makeFolder, removeStaleScratch, syncFolder } from "../files/index.js";
import { packageIntegrity } from "./integrity.js";

const run = promisify(execFile);
const unzip = promisify(gunzip);

/** Gives the tarball of a package. */
export type FetchPackage = (name: string, version: string, signal?: AbortSignal) => Promise<Uint8Array>;

const fileName = (name: string, version: string): string =>
  `${name.replace("@", "").replace("/", "-")}-${version}.tgz`;

/**
 * Fetches packages with the user's npm (its registry, its proxy) into a cache folder, once each.
 * @param integrity SHA-512 of tarballs by `name@version`, as npm writes them. Checked against downloaded and cached files.
 * @returns a function that throws {DownloadError} when a package cannot be fetched or has another hash.
 */
export function createNpmFetcher(
  cache: string,
  offline: boolean,
  integrity: Readonly<Record<string, string>> = packageIntegrity,
): FetchPackage {
  const check = (bytes: Uint8Array, name: string, path: string): void => {
    const known = Object.hasOwn(integrity, name) ? integrity[name] : undefined;
    const hash = `sha512-${createHash("sha512").update(bytes).digest("base64")}`;
    if (known !== undefined && hash !== known)
      throw new DownloadError(
        `${name}: ${path} has another SHA-512 (${hash}) than the one that is pinned (${known}); delete it and check the registry that npm uses`,
      );
  };
  return async (name, version, signal) => {
    await makeFolder(cache);
    await removeStaleScratch(cache);
    const file = fileName(name, version);
    if (!(await readdir(cache)).includes(file)) {
      if (offline)
        throw new DownloadError(`${name}@${version} is not in ${cache}; fetch it once while online`, {
          reason: "offline",
        });
      const part = await createScratchFolder(cache);
      try {
        // In the folder itself: on Windows npm is a batch file, run by a shell that would split a path with spaces.
        const windows = process.platform === "win32";
        await run(windows ? "npm.cmd" : "npm", ["pack", `${name}@${version}`, "--silent"], {
          cwd: part,
          shell: windows,
          timeout: 300_000,
          signal,
        });
        check(await readFile(join(part, file)), `${name}@${version}`, `what npm fetched as ${file}`);
        await rename(join(part, file), join(cache, file));
        await syncFolder(cache);
      } catch (error) {
        signal?.throwIfAborted();
        if (error instanceof DownloadError) throw error;
        throw new DownloadError(
          `${name}@${version} could not be fetched by npm pack; check the network and retry`,
          {
            cause: error,
          },
        );
      } finally {
        await rm(part, { recursive: true, force: true });
      }
    }
    const bytes = await readFile(join(cache, file));
    check(bytes, `${name}@${version}`, join(cache, file));
    return bytes;
  };
}

const block = 512;
const largest = 1 << 30;

/**
 * Reads files of a `.tgz` npm package, without the leading `package/`.
 * @throws {DownloadError} when the archive is truncated or not a tar.
 */
export async function readPackage(
  tarball: Uint8Array,
  isNeeded: (path: string) => boolean,
): Promise<Map<string, Buffer>> {
  let bytes: Buffer;
  try {
    bytes = await unzip(tarball, { maxOutputLength: largest });
  } catch (error) {
    throw new DownloadError("package archive is truncated or not gzip; delete it from the cache and retry", {
      cause: error,
    });
  }
  const files = new Map<string, Buffer>();
  let at = 0;
  while (at + block <= bytes.length) {
    const header = bytes.subarray(at, at + block);
    if (header.every((byte) => byte === 0)) return files;
    const text = (from: number, length: number): string =>
      header.toString("utf8", from, from + length).replace(/\0.*$/s, "");
    const size = parseInt(text(124, 12).trim() || "0", 8);
    if (!Number.isSafeInteger(size) || size < 0 || at + block + size > bytes.length)
      throw new DownloadError("package archive is truncated; delete it from the cache and retry");
    const prefix = text(345, 155);
    const path = (prefix ? `${prefix}/` : "") + text(0, 100);
    const name = path.replace(/^[^/]*\//, "");
    if ((header[156] === 48 || header[156] === 0) && isNeeded(name))
      files.set(name, bytes.subarray(at + block, at + block + size));
    at += block + Math.ceil(size / block) * block;
  }
  throw new DownloadError("package archive has no end; delete it from the cache and retry");
}
