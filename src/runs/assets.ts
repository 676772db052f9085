import { stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { InputError } from "../errors.js";
import { hashSha256 } from "../files/index.js";
import { readPictureBytes } from "../images/index.js";
import type { FileReference } from "./records.js";

/** An input file. It is read once, so the hash and the decoded picture belong to the same bytes. */
export interface Asset extends FileReference {
  readonly bytes: Buffer;
  /** Absolute path of the file; absent for bytes in memory. */
  readonly path?: string;
}

/** Resolves the input pictures of requests and records. */
export interface Assets {
  /** Reads the file that a request names. @throws {InputError} when it cannot be read. */
  read(name: string): Promise<Asset>;
  /**
   * Finds the file that a record refers to: a file with the same hash if there is one, else a file with the same name. The caller must
   * therefore compare hashes.
   * @throws {InputError} when no file matches.
   */
  find(reference: FileReference): Promise<Asset>;
}

/** Returns the last part of a path as a valid file name. */
export function plainNameOf(path: string): string {
  const last = basename(path.replaceAll("\\", "/"))
    .replace(/[:\u0000-\u001f\u007f]/g, "_")
    .slice(-255);
  return /^\.{0,2}$/.test(last) ? "picture" : last;
}

/** Makes an asset from bytes. Its name is the last part of `name`. */
export function makeAsset(name: string, bytes: Uint8Array, path?: string): Asset {
  const buffer = Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const asset = { name: plainNameOf(name), sha256: hashSha256(buffer), bytes: buffer };
  return path === undefined ? asset : { ...asset, path };
}

/** Options of `createFileAssets`. */
export interface FileAssetsOptions {
  /** Folders that are searched for references, by name; the working directory when absent. */
  readonly folders?: readonly string[];
  /** A file that never matches a reference: the generated picture. */
  readonly except?: string;
}

/**
 * Creates assets that read files. Paths of requests are relative to the working directory. References are looked up by name in `folders`.
 * @param options folders that are searched, and a file that is never used.
 * @returns the reader of input pictures.
 * @throws {InputError} in `find`, when no file matches; as `readPictureBytes` in `read`.
 */
export function createFileAssets({ folders = ["."], except }: FileAssetsOptions = {}): Assets {
  const read = async (path: string): Promise<Asset> =>
    makeAsset(path, await readPictureBytes(path), resolve(path));
  return {
    read,
    async find({ name, sha256 }) {
      let first: Asset | undefined;
      for (const path of new Set(folders.map((folder) => resolve(join(folder, name))))) {
        const isFile = await stat(path).then(
          (info) => info.isFile(),
          () => false,
        );
        if (!isFile || (except !== undefined && path === resolve(except))) continue;
        const asset = await read(path);
        if (asset.sha256 === sha256) return asset;
        first ??= asset;
      }
      if (first) return first;
      throw new InputError(
        `${name}: not found in ${[...new Set(folders.map((folder) => resolve(folder)))].join(" or ")}; the picture was made from it`,
        { reason: "missing-input" },
      );
    },
  };
}

/**
 * Creates assets in memory.
 * @param files bytes by the names that requests use.
 * @returns the reader of input pictures.
 * @throws {InputError} in `read` and `find`, when no picture matches.
 */
export function createMemoryAssets(files: Readonly<Record<string, Uint8Array>>): Assets {
  const assets = new Map(
    Object.entries(files).map(([name, bytes]) => [name, makeAsset(name, bytes)] as const),
  );
  const missing = (name: string): never => {
    throw new InputError(`${name}: no such picture; known: ${[...assets.keys()].join(", ") || "none"}`, {
      reason: "missing-input",
    });
  };
  return {
    read: (name) => Promise.resolve(assets.get(name) ?? missing(name)),
    find({ name, sha256 }) {
      const all = [...assets.values()];
      const match = all.find((asset) => asset.sha256 === sha256) ?? all.find((asset) => asset.name === name);
      return Promise.resolve(match ?? missing(name));
    },
  };
}
