import { access } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { ConfigError } from "../errors.js";
import { type PackManifest, loadPack, writePack } from "../packs/index.js";
import type { TensorRecord } from "../tensor/index.js";
import { checkpointFile } from "./run.js";
import { readTokenizerFile } from "./runSettings.js";
import { loadTrainedClip } from "./sessions.js";

/** Where retrained CLIPs are and what they replace. */
export interface RetrainedFolders {
  /** Folder of runs named like the pack's CLIPs: `guide-a`, `judge`. CLIPs without a run are not changed. */
  readonly runs: string;
  /** Pack that the runs started from: a name, or a folder. */
  readonly pack: string;
  /** Folder of the emoji data that the runs learned from. */
  readonly data: string;
  /** Folder of the pack of CLIPs that is written. */
  readonly out: string;
  /** Ends the export before it writes a further file. */
  readonly signal?: AbortSignal;
}

/**
 * Writes a pack of CLIPs without a generator: the CLIPs of a pack, some of them replaced by retrained ones.
 * @param folders where runs, pack and data are, and where the new pack is written.
 * @returns names of the replaced CLIPs.
 * @throws {ConfigError} when no run has the name of a CLIP, or the shape of a run differs; {InputError} when the data's tokenizer is missing; the signal's reason.
 */
export async function exportRetrainedClips({
  runs,
  pack: from,
  data,
  out,
  signal,
}: RetrainedFolders): Promise<string[]> {
  signal?.throwIfAborted();
  const pack = await loadPack(from);
  const { guides, judge, tokenizer, contextLength, templates, articles, license } = pack.manifest;
  const json = await readTokenizerFile(join(data, "tokenizer.json"));
  const replaced: string[] = [];
  const weights: Record<string, TensorRecord> = {};
  for (const { name, file, config } of [...guides, ...(judge ? [judge] : [])]) {
    signal?.throwIfAborted();
    const folder = join(runs, name);
    const isTrained = await access(join(folder, checkpointFile)).then(
      () => true,
      () => false,
    );
    if (!isTrained) {
      weights[file] = await pack.weights(file);
      continue;
    }
    const trained = await loadTrainedClip(folder);
    if (!isDeepStrictEqual(trained.config, config))
      throw new ConfigError(
        `${folder}: its CLIP has another shape than ${name} of the pack ${pack.manifest.name}`,
      );
    weights[file] = trained.weights;
    replaced.push(name);
  }
  if (replaced.length === 0)
    throw new ConfigError(
      `${runs}: holds no run of ${guides.map(({ name }) => name).join(", ")} or the judge`,
    );
  const manifest: Omit<PackManifest, "sha256"> = {
    format: 1,
    name: `${pack.manifest.name}-clips`,
    description: `CLIPs of ${pack.manifest.name}, trained further: ${replaced.join(", ")}`,
    license,
    resolution: pack.manifest.resolution,
    tokenizer,
    contextLength,
    guides,
    judge,
    templates,
    articles,
  };
  const texts = { [tokenizer]: JSON.stringify(json) };
  await writePack(out, manifest, { weights, texts }, { signal });
  return replaced;
}
