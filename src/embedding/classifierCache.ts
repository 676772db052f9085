import { join } from "node:path";
import { ToolkitError } from "../errors.js";
import { hashSha256, openCacheFolder } from "../files/index.js";
import { readSafetensors, writeSafetensors } from "../packs/index.js";
import { hostFloats } from "../tensor/index.js";
import type { Encoder } from "./encoder.js";
import type { ClipModel, ClipModels } from "./clipModels.js";
import { type ClassifierOptions, type TextClassifier, embedLabels } from "./zeroShot.js";

const bytes = ({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** Reads a classifier. @returns undefined when it is missing or damaged. */
async function readClassifier(path: string, size: number): Promise<TextClassifier | undefined> {
  try {
    const { tensors, metadata } = await readSafetensors(path);
    const data = tensors.classifier?.data;
    if (!(data instanceof Float32Array) || data.length !== size) return undefined;
    return hashSha256(bytes(data)) === metadata.sha256 ? data : undefined;
  } catch (error) {
    if (error instanceof ToolkitError) return undefined; // missing or damaged: made again
    throw error;
  }
}

/**
 * Computes text classifiers as `embedLabels`, with a cache by CLIP, labels and templates. A damaged cache file is replaced; without a
 * writable folder nothing is cached.
 * @param models the CLIPs, with their scales and fingerprints.
 * @param encoder encoder of the same CLIPs.
 * @param labels distinct labels.
 * @param templates texts with `{}` for the label.
 * @param folder cache folder; undefined for no cache.
 * @param options callback for the labels embedded, and abort signal.
 * @returns the classifiers, and how many of them were read from the cache.
 * @throws the signal's reason.
 */
export async function loadClassifiers(
  models: ClipModels,
  encoder: Encoder,
  labels: readonly string[],
  templates: readonly string[],
  folder: string | undefined,
  options: ClassifierOptions = {},
): Promise<{ classifiers: TextClassifier[]; cached: number }> {
  const opened = await openCacheFolder(folder);
  if (opened === undefined)
    return { classifiers: await embedLabels(models, encoder, labels, templates, options), cached: 0 };
  const pathOf = ({ hash }: ClipModel): string =>
    join(
      opened,
      `${hashSha256(JSON.stringify([hash, models.articles, labels, templates])).slice(0, 32)}.safetensors`,
    );
  const found = await Promise.all(
    models.clips.map((clip) => readClassifier(pathOf(clip), labels.length * clip.config.text.features)),
  );
  const cached = found.filter(Boolean).length;
  if (cached === found.length) return { classifiers: found as TextClassifier[], cached };
  const classifiers = await embedLabels(models, encoder, labels, templates, options);
  await Promise.all(
    classifiers.map((data, clip) =>
      writeSafetensors(
        pathOf(models.clips[clip]!),
        { classifier: hostFloats(data, [labels.length, data.length / labels.length]) },
        { dtype: "F32", metadata: { sha256: hashSha256(bytes(data)) } },
      ).catch((error: unknown) => {
        // The result is there: a full disk costs the next run some time, and this one nothing.
        if (!(error instanceof ToolkitError)) throw error;
        process.emitWarning(error.message, { code: "CLIPSTEER_CACHE" });
      }),
    ),
  );
  return { classifiers, cached };
}
