import {
  type Calibration,
  type ClipModels,
  type Encoder,
  loadClassifiers,
  calibrate,
  rowOf,
} from "../embedding/index.js";
import { ConfigError } from "../errors.js";
import { embedLabelled } from "./embedded.js";
import { openLabelledSet } from "./labelled.js";

/** A calibration, and what it was fitted on. */
export interface SetCalibration extends Calibration {
  /** Number of readable pictures. */
  readonly pictures: number;
  /** Number of labels of the part. */
  readonly labels: number;
  /** One line for each picture that could not be read and was left out. */
  readonly unreadable: readonly string[];
}

/**
 * Fits weights and temperature of CLIPs on the first part of a labelled set, with the labels of that part.
 * @param path as for `openLabelledSet`.
 * @param models the CLIPs to weight.
 * @param encoder encoder of the same CLIPs.
 * @param templates texts with `{}` for the label.
 * @param options.cacheFolder cache of text classifiers; undefined for no cache.
 * @param options.signal ends the work with its reason.
 * @returns a weight in [0, 1] for each CLIP (its accuracy), and the temperature.
 * @throws {ConfigError} when the part has one label; {InputError} for a path that is no labelled set; the signal's reason.
 */
export async function calibrateOnSet(
  path: string,
  models: ClipModels,
  encoder: Encoder,
  templates: readonly string[],
  options: { readonly cacheFolder: string | undefined; readonly signal?: AbortSignal },
): Promise<SetCalibration> {
  const opened = await openLabelledSet(path);
  const part = opened.parts[0]!;
  const embedded = await embedLabelled({ ...opened, parts: [part] }, encoder, { signal: options.signal });
  const { set, pictures, unreadable } = embedded;
  const labels = part.labels.map((label) => opened.labels[label]!);
  if (labels.length < 2)
    throw new ConfigError(`calibration on ${path}: has one label; two or more are needed`);
  const { classifiers } = await loadClassifiers(models, encoder, labels, templates, options.cacheFolder);
  const column = new Map(part.labels.map((label, at) => [label, at]));
  const rows = set.labelIndices.map((_, row) =>
    pictures.map(({ data, shape }) => rowOf(data as Float32Array, row, shape[1]!)),
  );
  const own = set.labelIndices.map((label) => column.get(label)!);
  const fitted = calibrate(models.clips, classifiers, rows, own);
  return { ...fitted, pictures: set.labelIndices.length, labels: labels.length, unreadable };
}
