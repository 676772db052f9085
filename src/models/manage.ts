import { readdir, rm, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { ConfigError, WeightsError } from "../errors.js";
import { isPartial } from "../packs/index.js";
import { listModelFiles } from "./modelFiles.js";
import { removeSnapshotFiles } from "./huggingFace.js";
import { knownModels } from "./known.js";
import type { Places } from "./places.js";
import { type ModelRecord, deleteRecord, hashFile, modelName, readRecord, writeRecord } from "./records.js";

/**
 * Registers a local file, or a downloaded folder of weights, as a model. The files stay in place; their hashes are recorded.
 * @param file path of a weights file or of a folder.
 * @param options name, licence and folders of the record.
 * @returns the model's record.
 * @throws {ConfigError} for an invalid name, or one in use; {WeightsError} for a missing or incomplete file, or a folder without weights.
 */
export async function addModel(
  file: string,
  options: {
    /** Where the record is written, from `readPlaces`. */
    readonly places: Places;
    /** Name of the model; the file's name without its extension when absent. */
    readonly name?: string | undefined;
    /** Licence in words; `not stated` when absent. */
    readonly license?: string;
    /** Ends the hashing with its reason. */
    readonly signal?: AbortSignal;
    /** Called with the bytes hashed, of all files together. */
    readonly onProgress?: (done: number) => void;
  },
): Promise<ModelRecord> {
  const { home } = options.places;
  const path = resolve(file);
  const info = await stat(path).catch(() => undefined);
  const name =
    options.name ?? (info?.isDirectory() ? basename(path) : basename(path).replace(/\.[^.]*$/, ""));
  if (!modelName.test(name))
    throw new ConfigError(`invalid name of a model: "${name}"; use letters, digits, dots and dashes`, {
      reason: "model-name",
    });
  const existing = await readRecord(home, name);
  const taken = new ConfigError(
    `the name "${name}" is in use; give another one, or remove the model ${name} first`,
    { reason: "model-name" },
  );
  const isThese = existing?.files.every((each) => each.path === path || dirname(each.path) === path);
  if (knownModels.some((each) => each.name === name) || isThese === false) throw taken;
  if (!info?.isFile() && !info?.isDirectory())
    throw new WeightsError(`${file}: is not a file or folder; give weights`);
  const paths = info.isDirectory() ? await listModelFiles(home, path) : [path];
  const partial = paths.find(isPartial);
  if (partial !== undefined)
    throw new WeightsError(`${partial}: is an interrupted download; pull the model again to continue it`);
  const { onProgress, signal } = options;
  const files: ModelRecord["files"] = [];
  let before = 0;
  for (const each of paths) {
    const hashed = await hashFile(each, {
      signal,
      onProgress: (done) => onProgress?.(before + done),
    });
    before += hashed.size;
    files.push({ name: basename(each), path: each, ...hashed, pinned: "first use" });
  }
  const record: ModelRecord = {
    name,
    kind: "other",
    license: options.license ?? "not stated",
    owned: false,
    files,
  };
  if (existing && JSON.stringify(existing) !== JSON.stringify(record)) throw taken;
  await writeRecord(home, record);
  return record;
}

/** What became of a file since it was noted. */
export interface Verified {
  readonly path: string;
  readonly state: "as it was" | "gone" | "changed";
  /** Hash it should have, and has. */
  readonly expected: string;
  readonly got: string | undefined;
}

/**
 * Hashes the files of a model and compares the hashes with its record.
 * @param record record of the model, from `readRecord` or `locateModel`.
 * @param options.signal ends the hashing with its reason.
 * @param options.onProgress called with the bytes hashed, of all files together.
 * @returns one entry for each file: as it was, changed, or gone.
 * @throws the signal's reason.
 */
export async function verifyModel(
  record: ModelRecord,
  options: { signal?: AbortSignal; onProgress?: (done: number) => void } = {},
): Promise<Verified[]> {
  const found: Verified[] = [];
  let before = 0;
  for (const { path, sha256, size } of record.files) {
    const there = (await stat(path).catch(() => undefined))?.isFile() ?? false;
    const got = there
      ? (
          await hashFile(path, {
            signal: options.signal,
            onProgress: (done) => options.onProgress?.(before + done),
          })
        ).sha256
      : undefined;
    before += size;
    const state = got === undefined ? "gone" : got === sha256 ? "as it was" : "changed";
    found.push({ path, state, expected: sha256, got });
  }
  return found;
}

/**
 * Removes a model's record, the pack that was made from it, and the files that the toolkit downloaded. Files that were added stay in place.
 * In the hub's cache, files that other snapshots use, and files that were there before the download, stay as well.
 * @param record record of the model, from `readRecord` or `locateModel`.
 * @param places folders that the record is in, from `readPlaces`.
 */
export async function removeModel(record: ModelRecord, { home }: Places): Promise<void> {
  // First the record: half-deleted files must not pass for a model.
  await deleteRecord(home, record.name);
  const packs = join(home, "packs");
  for (const pack of await readdir(packs).catch(() => []))
    if (pack.replace(/-[0-9a-f]{16}$/, "") === record.name)
      await rm(join(packs, pack), { recursive: true, force: true });
  if (!record.owned) return;
  const own = record.files.filter(({ shared }) => shared !== true);
  await removeSnapshotFiles(own.map(({ path }) => path));
  await rm(join(home, "files", record.name), { recursive: true, force: true });
}
