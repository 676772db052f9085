import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, readdir, rm, stat } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { z } from "zod";
import { ConfigError, WeightsError } from "../errors.js";
import { makeFolder, writeFileAtomic } from "../files/index.js";

const fileSchema = z.strictObject({
  name: z.string(),
  path: z.string().refine((path) => isAbsolute(path), "must be absolute"),
  size: z.int().min(0),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** Source of the hash: the registry, the hub, or the first download. */
  pinned: z.enum(["registry", "hub", "first use"]),
  /** Whether the file was in the Hugging Face cache before: others may use it, and it stays when the model is removed. */
  shared: z.boolean().optional(),
});

const recordSchema = z.strictObject({
  name: z.string(),
  kind: z.enum(["clip", "generator", "other"]),
  license: z.string(),
  /** Whether the files are the toolkit's (pulled) or the user's own (added in place). */
  owned: z.boolean(),
  files: z.array(fileSchema).min(1),
});

/** A file of a model that is here. */
export type ModelFile = z.infer<typeof fileSchema>;

/** Name of a local model: written last of all, so that whatever has a record is whole. */
export type ModelRecord = z.infer<typeof recordSchema>;

/** Letters, digits, dots, dashes and underscores: what a model may be called. */
export const modelName = /^[a-z0-9][a-z0-9._-]{0,99}$/i;

const folderOf = (home: string): string => join(home, "models");
const recordPathOf = (home: string, name: string): string => join(folderOf(home), `${name}.json`);

/**
 * Reads the records of all local models, sorted by name.
 * @param home folder of the local models, `readPlaces(…).home`.
 * @returns one record for each model; empty when the folder is missing.
 * @throws {WeightsError} for a damaged record.
 */
export async function readRecords(home: string): Promise<ModelRecord[]> {
  const names = (await readdir(folderOf(home)).catch(() => []))
    .filter((name) => name.endsWith(".json"))
    .map((name) => name.slice(0, -".json".length));
  const records = await Promise.all(names.sort().map((name) => readRecord(home, name)));
  return records.filter((record) => record !== undefined);
}

/**
 * Reads the record of a local model; undefined when there is none.
 * @param home folder of the local models, `readPlaces(…).home`.
 * @param name name of the model.
 * @returns the record, or undefined.
 * @throws {WeightsError} for a damaged record.
 */
export async function readRecord(home: string, name: string): Promise<ModelRecord | undefined> {
  if (!modelName.test(name)) return undefined;
  const path = recordPathOf(home, name);
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return recordSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new WeightsError(`${path}: damaged; delete it and pull or add "${name}" again`, { cause });
  }
}

/** Notes a model as being here. */
export async function writeRecord(home: string, record: ModelRecord): Promise<void> {
  await makeFolder(folderOf(home));
  await writeFileAtomic(recordPathOf(home, record.name), `${JSON.stringify(record, null, 2)}\n`);
}

/** Forgets a model. */
export async function deleteRecord(home: string, name: string): Promise<void> {
  await rm(recordPathOf(home, name), { force: true });
}

/** Computes the size and SHA-256 of a file, read as a stream. @throws {WeightsError} when it cannot be read. */
export async function hashFile(
  path: string,
  options: { signal?: AbortSignal; onProgress?: (done: number) => void } = {},
): Promise<{ size: number; sha256: string }> {
  const hash = createHash("sha256");
  let size = 0;
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20, signal: options.signal })) {
      hash.update(chunk as Buffer);
      size += (chunk as Buffer).length;
      options.onProgress?.(size);
    }
  } catch (cause) {
    options.signal?.throwIfAborted();
    throw new WeightsError(`${path}: cannot be read; is the path right?`, { cause });
  }
  return { size, sha256: hash.digest("hex") };
}

/**
 * Throws the error for an unknown model, which lists the local models.
 * @param home folder of the local models, whose names the message lists.
 * @param name the unknown name.
 * @throws {ConfigError} always.
 */
export async function throwUnknownModel(home: string, name: string): Promise<never> {
  if (await stat(name).catch(() => undefined))
    throw new ConfigError(`"${name}" is a path, not the name of a model; add it as a model first`, {
      reason: "model-path",
    });
  const here = (await readRecords(home)).map((each) => each.name);
  throw new ConfigError(`unknown model "${name}"; on this machine: ${here.join(", ") || "none"}`, {
    reason: "unknown-model",
  });
}

/**
 * Finds the files of a local model and compares their sizes with the recorded ones.
 * @param home folder of the local models.
 * @param name name under which it was pulled or added.
 * @returns the model's record.
 * @throws {ConfigError} for an unknown model; {WeightsError} when a file is missing or has another size.
 */
export async function locateModel(home: string, name: string): Promise<ModelRecord> {
  const record = (await readRecord(home, name)) ?? (await throwUnknownModel(home, name));
  for (const file of record.files) {
    const info = await stat(file.path).catch(() => undefined);
    if (info?.size !== file.size)
      throw new WeightsError(
        `${file.path}: ${info ? `has ${info.size} bytes, not ${file.size}` : "is gone"}; ` +
          (record.owned ? "download it again" : "add it again"),
        { reason: record.owned ? "model-changed" : "added-model-changed" },
      );
  }
  return record;
}

/**
 * Finds the path of a model's weights: its first weights file.
 * @param record record of a local model.
 * @returns the path in the record.
 * @throws {WeightsError} when it has none.
 */
export function findWeightsFile({ name, files }: ModelRecord): string {
  const file = files.find((each) => isWeights(each.name));
  if (!file) throw new WeightsError(`model ${name}: has no file of weights`);
  return file.path;
}

/**
 * Tells whether a model's file contains weights; false for configurations, vocabularies and notes.
 * @param name file name with its extension; the case of the extension is ignored.
 * @returns true for every name that does not end in json, yaml, txt, md or gz.
 */
export function isWeights(name: string): boolean {
  return !/\.(json|ya?ml|txt|md|gz)$/i.test(name);
}
