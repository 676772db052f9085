import { access, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../../errors.js";
import { readSafetensors, writeSafetensors } from "../../packs/index.js";
import type { TensorRecord } from "../../tensor/index.js";

/** State from which a run resumes to the same bytes. */
export interface Snapshot {
  readonly tensors: TensorRecord;
  /** JSON values stored with the tensors. */
  readonly values: Readonly<Record<string, unknown>>;
}

/** Name of the file that marks an unfinished run in its folder. */
export const snapshotFile = "unfinished.safetensors";

/**
 * Writes the snapshot of a run folder; a crash leaves the previous one intact. `job` describes the run; it is stored as JSON.
 */
export async function saveSnapshot(
  folder: string,
  { tensors, values }: Snapshot,
  job: unknown,
): Promise<void> {
  await writeSafetensors(join(folder, snapshotFile), tensors, {
    dtype: "F32",
    metadata: { values: JSON.stringify(values), about: JSON.stringify(job) },
  });
}

/**
 * Reads the snapshot of a run folder.
 * @throws {InputError} when there is none; {WeightsError} when it is damaged.
 */
export async function loadSnapshot(folder: string): Promise<{ snapshot: Snapshot; job: unknown }> {
  const path = join(folder, snapshotFile);
  await access(path).catch((cause: unknown) => {
    throw new InputError(
      `${folder}: holds no unfinished run; give the folder of a run that was interrupted`,
      { cause, reason: "no-unfinished-run" },
    );
  });
  const { tensors, metadata } = await readSafetensors(path);
  const parse = (name: string): unknown => {
    try {
      return JSON.parse(metadata[name] ?? "") as unknown;
    } catch (cause) {
      throw new InputError(`${path}: was not written by clipsteer; start the run again`, { cause });
    }
  };
  return { snapshot: { tensors, values: parse("values") as Snapshot["values"] }, job: parse("about") };
}

/** Removes the snapshot of a finished run, and incomplete files of a crash. */
export async function dropSnapshot(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.startsWith(snapshotFile));
  await Promise.all(names.map((name) => rm(join(folder, name), { force: true })));
}
