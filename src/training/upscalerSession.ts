import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { drawLarge, loadEmojiData } from "../data/index.js";
import { loadGenerator } from "../guidance/index.js";
import { loadPack } from "../packs/index.js";
import type { UpscalerConfig } from "../gan/index.js";
import { type TensorRecord, createRandom, selectPrefix } from "../tensor/index.js";
import { trainingSide } from "./augment.js";
import { selectSplits } from "./batches.js";
import { checkpointFile, loadCheckpoint } from "./run.js";
import { parseRunSettings } from "./runSettings.js";
import { type PreparedTraining, type TrainingOptions, openStart } from "./sessions.js";
import {
  type UpscalerPictures,
  type UpscalerTraining,
  reconstructByGenerator,
  createUpscalerTrainer,
  initialiseUpscaler,
} from "./upscaler.js";

/** Shape of the emoji pack's upscaler: 210 million multiply-adds per picture. */
export const upscalerPreset = { width: 32, layers: 4 } as const;

/** Makes pairs of pictures from splits of the emoji data: small, as a pack's generator reconstructs them, and large. */
export async function makeUpscalerPictures(
  splits: readonly string[],
  count: number,
  options: {
    readonly data: string;
    readonly generator: string;
    readonly seed: number;
    readonly threads?: number;
    readonly onProgress?: (progress: { stage: string; done: number; total: number }) => void;
    readonly signal?: AbortSignal;
  },
): Promise<UpscalerPictures> {
  const { data: folder, generator: name, seed, threads, onProgress, signal } = options;
  const data = await loadEmojiData(folder);
  const set = selectSplits(data, splits);
  const order = createRandom(seed).stream("pictures").permute(set.items.length);
  const rows = Array.from(order.slice(0, count));
  const size = trainingSide * trainingSide * 3;
  const small = new Uint8Array(rows.length * size);
  rows.forEach((row, at) => {
    const from = set.positions[row]! * size;
    small.set(set.images.subarray(from, from + size), at * size);
  });
  const pack = await loadPack(name);
  const [first] = pack.manifest.guides;
  const copies = await reconstructByGenerator(await loadGenerator(pack), small, {
    features: (first!.config as { image: { features: number } }).image.features,
    threads,
  });
  const large = await drawLarge(
    rows.map((row) => set.items[row]!),
    { cache: join(folder, "packages"), onProgress, signal },
  );
  return { small, copies, large };
}

/** Prepares training of an upscaler on training pictures and what a pack's generator makes of them. */
export async function prepareUpscalerTraining(
  settings: Omit<UpscalerTraining, "model">,
  options: TrainingOptions &
    Pick<Parameters<typeof makeUpscalerPictures>[2], "generator" | "onProgress" | "signal">,
): Promise<PreparedTraining<Awaited<ReturnType<typeof createUpscalerTrainer>>>> {
  const config: UpscalerTraining = { ...settings, model: upscalerPreset };
  const settingsJson = JSON.stringify({ ...config, generator: options.generator });
  const start = await openStart(options, settingsJson, () => initialiseUpscaler(config));
  const pictures = await makeUpscalerPictures(["train"], config.pictures, { ...options, seed: config.seed });
  const trainer = await createUpscalerTrainer(config, pictures, start.state, options);
  return { trainer, start, settings: settingsJson };
}

/** Loads the averaged upscaler of a run folder; undefined when nothing was trained there. */
export async function loadTrainedUpscaler(
  folder: string,
): Promise<{ config: UpscalerConfig; weights: TensorRecord } | undefined> {
  if (!(await readdir(folder).catch((): string[] => [])).includes(checkpointFile)) return undefined;
  const checkpoint = await loadCheckpoint(folder);
  const { model } = parseRunSettings<UpscalerTraining>("an upscaler", checkpoint, folder);
  return { config: model, weights: selectPrefix("e/", checkpoint.state) };
}
