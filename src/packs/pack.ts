import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { makeOutputFolder, parseJson, readTextFile, decodeText, writeFileAtomic } from "../files/index.js";
import { ConfigError, ToolkitError, WeightsError } from "../errors.js";
import type { TensorRecord } from "../tensor/index.js";
import { type PackManifest, packSchema } from "./manifest.js";
import { mapSafetensors, writeSafetensors } from "./safetensors.js";
import { FileSource } from "./source.js";

/** A model pack on disk; its files are read, and checked against their hashes, on access. */
export interface Pack {
  /** Path of the folder that contains `pack.json`. */
  readonly folder: string;
  /** Validated content of `pack.json`. */
  readonly manifest: PackManifest;
  /**
   * Returns the tensors of a file by name, or those that `only` picks, in the layout of this toolkit; their values are read on access.
   * @param file path relative to the pack's folder.
   * @throws {WeightsError} when it is missing or not the one the pack was made with.
   */
  weights(file: string, options?: { only?: (name: string) => boolean }): Promise<TensorRecord>;
  /** Returns a JSON file of the pack. @throws {WeightsError} as `weights`. */
  json(file: string): Promise<unknown>;
}

/** Finds the folder of the packs that come with the toolkit. */
export function findPacksFolder(): string {
  return resolve(fileURLToPath(import.meta.url), "../../../generators");
}

/**
 * Lists the names of the packs in a folder, sorted; of the bundled packs by default.
 * @param folder folder with one folder for each pack; that of the bundled packs when absent.
 * @returns an empty list for a missing folder.
 */
export async function listPacks(folder = findPacksFolder()): Promise<string[]> {
  const names: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => []))
    if (entry.isDirectory() && (await readdir(join(folder, entry.name))).includes("pack.json"))
      names.push(entry.name);
  return names.sort();
}

/** Bytes of the largest JSON file of a pack: tokenizers take up to 20 MB. */
const largestJson = 100e6;

/** Computes the SHA-256 of a file, read piece by piece. */
async function hashFile(path: string): Promise<string> {
  const source = await FileSource.open(path);
  return source.digest().finally(() => source.close());
}

/**
 * Opens a pack by its name, or by the path of its folder.
 * @param nameOrFolder name of a bundled pack, or path of a folder with `pack.json`.
 * @param options.packsFolder folder in which names are looked up; that of the bundled packs when absent.
 * @returns the pack; no weights are read yet.
 * @throws {ConfigError} for an unknown name; {WeightsError} for a damaged `pack.json`.
 */
export async function loadPack(nameOrFolder: string, options: { packsFolder?: string } = {}): Promise<Pack> {
  const root = options.packsFolder ?? findPacksFolder();
  const known = await listPacks(root);
  const folder = known.includes(nameOrFolder) ? join(root, nameOrFolder) : resolve(nameOrFolder);
  const manifestPath = join(folder, "pack.json");
  const text = await readTextFile(manifestPath, {
    maxBytes: largestJson,
    expected: "a model pack",
  }).catch((cause: unknown) => {
    if (existsSync(manifestPath)) throw cause;
    throw new ConfigError(
      `unknown generator "${nameOrFolder}"; known: ${known.join(", ") || "none"}, or a folder with a pack.json`,
    );
  });
  const makeDamageError = (problem: string, cause?: unknown): WeightsError =>
    new WeightsError(`${problem}; restore the pack (git checkout, or install again)`, { cause });
  let manifest: PackManifest;
  try {
    manifest = packSchema.parse(parseJson(text));
  } catch (cause) {
    const reason =
      cause instanceof z.ZodError
        ? [...cause.issues[0]!.path.map(String), cause.issues[0]!.message].join(": ")
        : `not JSON: ${(cause as Error).message}`;
    throw makeDamageError(`${join(folder, "pack.json")}: corrupt (${reason})`, cause);
  }
  const verified = new Map<string, Promise<FileSource>>();
  const verify = async (name: string): Promise<FileSource> => {
    const path = join(folder, name);
    const source = await FileSource.open(path).catch((cause: unknown) => {
      throw makeDamageError(`${path}: missing`, cause);
    });
    try {
      if ((await source.digest()) !== manifest.sha256[name])
        throw makeDamageError(`${path}: corrupt or truncated`);
      return source;
    } finally {
      await source.close();
    }
  };
  /** Returns a file that is the one the pack was made with; each is hashed once. */
  const checked = (name: string): Promise<FileSource> => {
    if (!verified.has(name)) verified.set(name, verify(name));
    return verified.get(name)!;
  };
  return {
    folder,
    manifest,
    async weights(name, { only } = {}) {
      return mapSafetensors(await checked(name), { only, digest: manifest.sha256[name]! });
    },
    async json(name) {
      const source = await checked(name);
      if (source.size > largestJson)
        throw makeDamageError(`${source.path}: is larger than ${largestJson / 1e6} MB`);
      try {
        return JSON.parse(decodeText(source.peek(0, source.size), source.path, "JSON")) as unknown;
      } catch (cause) {
        throw cause instanceof ToolkitError ? cause : makeDamageError(`${source.path}: not JSON`, cause);
      }
    },
  };
}

/**
 * Checks that a folder holds no finished pack, before the work that ends in one.
 * @param folder path of the folder, which may be missing.
 * @param options permission to replace.
 * @param options.force whether a pack that is there may be replaced.
 * @throws {ConfigError} when there is one: a finished result is never overwritten unasked.
 */
export function requireNoPack(folder: string, { force }: { readonly force: boolean }): void {
  if (force || !existsSync(join(folder, "pack.json"))) return;
  throw new ConfigError(`${folder}: holds a pack already; choose another folder`, {
    reason: "finished-pack",
  });
}

/**
 * Writes a pack: weights in half precision, texts, and finally `pack.json` with the SHA-256 of every file.
 * @param folder path of the pack's folder; created when missing.
 * @param manifest content of `pack.json` without the hashes.
 * @param files weights, texts and integer weights by file name.
 * @param files.weights tensors by file name; a function is called when its file is written, so that only one file's tensors are in memory.
 * @param files.texts contents by file name, such as a tokenizer's JSON.
 * @param options abort signal; none when absent.
 * @param options.signal checked before each file. An aborted pack is refused when it is read: `pack.json` is missing, or has other
 * hashes.
 * @throws {InputError} when the folder cannot be written; the signal's reason.
 */
export async function writePack(
  folder: string,
  manifest: Omit<PackManifest, "sha256">,
  files: {
    weights: Readonly<Record<string, TensorRecord | (() => Promise<TensorRecord>)>>;
    texts: Readonly<Record<string, string>>;
    /** Names of integer weights that are written as bytes; none when absent. */
    bytes?: readonly string[];
  },
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<void> {
  signal?.throwIfAborted();
  await makeOutputFolder(folder);
  const hashes: Record<string, string> = {};
  for (const [name, tensors] of Object.entries(files.weights)) {
    signal?.throwIfAborted();
    const read = typeof tensors === "function" ? await tensors() : tensors;
    await writeSafetensors(join(folder, name), read, { dtype: "F16", bytes: files.bytes });
    hashes[name] = await hashFile(join(folder, name));
  }
  for (const [name, text] of Object.entries(files.texts)) {
    await writeFileAtomic(join(folder, name), text);
    hashes[name] = await hashFile(join(folder, name));
  }
  const whole = packSchema.parse({ ...manifest, sha256: hashes });
  await writeFileAtomic(join(folder, "pack.json"), `${JSON.stringify(whole, null, 2)}\n`);
}
