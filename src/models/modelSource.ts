import { stat } from "node:fs/promises";
import { basename, extname } from "node:path";
import { ConfigError } from "../errors.js";
import { knownModels } from "./known.js";
import { locateModel, readRecord, findWeightsFile } from "./records.js";

/** A model's file or folder of weights. */
export interface ModelSource {
  readonly name: string;
  readonly path: string;
  readonly license: string;
}

/**
 * Finds a model on this machine by its name, or a file or folder by its path.
 * @param home folder of the models, `readPlaces(…).home`.
 * @param nameOrPath a local model's name comes before a path.
 * @returns name, path and licence of the model.
 * @throws {ConfigError} when it is neither; {WeightsError} when a file of the model is missing or has changed.
 */
export async function findModelSource(home: string, nameOrPath: string): Promise<ModelSource> {
  if (await readRecord(home, nameOrPath)) {
    const record = await locateModel(home, nameOrPath);
    return { name: nameOrPath, path: findWeightsFile(record), license: record.license };
  }
  const entry = await stat(nameOrPath).catch(() => undefined);
  if (entry) {
    const name = basename(nameOrPath, entry.isFile() ? extname(nameOrPath) : "");
    return { name, path: nameOrPath, license: "not stated" };
  }
  if (knownModels.some(({ name }) => name === nameOrPath))
    throw new ConfigError(`model "${nameOrPath}" is not on this machine; download it first`, {
      reason: "model-missing",
    });
  throw new ConfigError(`"${nameOrPath}": no such model, file or folder`, { reason: "unknown-model" });
}
