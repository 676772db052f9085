import { z } from "zod";
import { type StickerItem, loadStickerData } from "../../data/index.js";
import { loadClips } from "../../embedding/index.js";
import { ConfigError } from "../../errors.js";
import { type StickerShape, type WordsShape, stickerScopes } from "../../gan/index.js";
import { type Pack, loadPack } from "../../packs/index.js";
import { type TensorRecord, selectPrefix } from "../../tensor/index.js";
import { stickerPreset, wordsPreset } from "../presets.js";
import { type TrainingCheckpoint, loadCheckpoint } from "../run.js";
import { type PreparedTraining, type TrainingOptions, isRun, openStart } from "../sessions.js";
import { type StickerSet, selectStickers, addThingDrawings } from "./batches.js";
import { listConcepts, listStyles, makeWordsData } from "./codes.js";
import { loadDrawingCodes } from "./drawingCodes.js";
import { exportStickers } from "./export.js";
import {
  type StickerConfig,
  type StickerTrainer,
  createStickerTrainer,
  initialiseSticker,
} from "./trainer.js";
import { reassignSlots } from "./reassign.js";
import { type WordsConfig, type WordsTrainer, createWordsTrainer, initialWords } from "./words.js";
import { addFirstCodes } from "./firstCodes.js";
import type { WordsData } from "./wordsBatch.js";

const count = z.int().positive();
const widths = z.tuple([count, count, count]);
const shapeSchema = z.strictObject({
  code: count,
  encoder: widths,
  decoder: widths,
  outline: count,
  fill: count,
  smoothing: z.number().min(0).max(0.25).optional(),
});
const wordsSchema = z.strictObject({ condition: count, noise: count, width: count, blocks: count });

/** What other commands read of a sticker run's settings. */
const stickerSettings = z.looseObject({
  shape: shapeSchema,
  sets: z.array(z.string()).min(1),
  purpose: z.enum(["development", "release"]),
});
const wordsSettings = z.looseObject({
  shape: shapeSchema,
  words: wordsSchema,
  styles: count,
  refine: z.int().nonnegative(),
});

/** Parses the settings of a run's checkpoint. @throws {ConfigError} when the run is of another kind. */
function parseSettings<T>(
  { settings }: TrainingCheckpoint,
  schema: z.ZodType<T>,
  folder: string,
  kind: string,
): T {
  try {
    return schema.parse(JSON.parse(settings));
  } catch (cause) {
    throw new ConfigError(`${folder}: the run there is not a training of ${kind}; name another folder`, {
      cause,
    });
  }
}

/** Splits that a generator for a purpose learns from. */
const splitsOf = (purpose: StickerConfig["purpose"]): StickerItem["split"][] =>
  purpose === "release" ? ["train", "pair"] : ["train"];

/**
 * Loads the drawings of a data folder that a training of some sets for a purpose learns from.
 * @throws {ConfigError} for a set without drawings there.
 */
export async function loadStickerDrawings(
  folder: string,
  { sets, purpose }: Pick<StickerConfig, "sets" | "purpose">,
): Promise<StickerSet> {
  const data = await loadStickerData(folder);
  const splits = splitsOf(purpose);
  const known = [...new Set(data.items.filter(({ split }) => splits.includes(split)).map(({ set }) => set))];
  const unknown = sets.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new ConfigError(
      `train: ${folder} has no drawings of a set "${unknown}" to learn from; known: ${known.join(", ")}`,
    );
  return selectStickers(data, sets, splits);
}

/** Returns a pack's sticker generator. @throws {ConfigError} when it has another kind of generator, or none. */
function requireSticker({ manifest, folder }: Pack) {
  const { generator } = manifest;
  if (generator?.kind !== "sticker")
    throw new ConfigError(`train: ${folder} has no sticker generator to continue from`);
  return generator;
}

/** Returns the weights of a pack's sticker generator whose names begin with one of some scopes. */
async function packWeights(pack: Pack, scopes: readonly string[]): Promise<TensorRecord> {
  return pack.weights(requireSticker(pack).file, {
    only: (name) => scopes.some((scope) => name.startsWith(`${scope}.`)),
  });
}

/** Reads the weights of a pack's network from words. @throws {ConfigError} when it has none. */
async function readWordsWeights(pack: Pack): Promise<TensorRecord> {
  if (!requireSticker(pack).config.words)
    throw new ConfigError(`train: ${pack.folder} has no network from words to continue from`);
  return packWeights(pack, [stickerScopes.words]);
}

/** Reads the shapes of the networks that a run or a pack ended with; undefined for a fresh start. */
async function readShapes(
  { resume, out, from }: Pick<TrainingOptions, "resume" | "out" | "from">,
  kind: "sticker" | "words",
): Promise<{ shape: StickerShape; words?: WordsShape } | undefined> {
  const source = resume ? out : from;
  if (source === undefined) return undefined;
  if (resume || (await isRun(source))) {
    const checkpoint = await loadCheckpoint(source);
    if (kind === "words") return parseSettings(checkpoint, wordsSettings, source, "the network from words");
    return parseSettings(checkpoint, stickerSettings, source, "encoder and decoder");
  }
  const pack = await loadPack(source).catch((cause: unknown) => {
    if (!(cause instanceof ConfigError)) throw cause;
    throw new ConfigError(`train: ${source}: neither a run's folder nor a model pack`, { cause });
  });
  return requireSticker(pack).config;
}

/** A prepared training of encoder and decoder. */
export interface StickerTraining extends PreparedTraining<StickerTrainer> {
  readonly config: StickerConfig;
  readonly set: StickerSet;
}

/**
 * Prepares the training of a sticker generator's encoder and decoder. A run that starts from another run's weights takes its
 * shape, and begins with the slots of least loss under these weights, because a decoder was trained with one assignment of
 * slots.
 * @throws {ConfigError} for unknown sets, or a source of another kind.
 */
export async function prepareStickerTraining(
  settings: Omit<StickerConfig, "shape">,
  options: TrainingOptions,
): Promise<StickerTraining> {
  const set = await loadStickerDrawings(options.data, settings);
  const { shape } = (await readShapes(options, "sticker")) ?? { shape: stickerPreset };
  const config: StickerConfig = { shape, ...settings };
  const settingsJson = JSON.stringify(config);
  const loaded = await openStart(
    options,
    settingsJson,
    () => initialiseSticker(config, set),
    (pack) => packWeights(pack, [stickerScopes.encoder, stickerScopes.decoder]),
  );
  const assigned = loaded.state.slots?.shape[0];
  if (options.resume && assigned !== set.rows.length)
    throw new ConfigError(
      `train: ${options.out} learned from ${assigned ?? "no"} drawings, ${options.data} has ${set.rows.length}; start another run from its weights`,
    );
  const adopted = options.from !== undefined && !options.resume;
  const withSlots = adopted
    ? { ...loaded.state, slots: await reassignSlots(config, set, loaded.state, options) }
    : loaded.state;
  const state =
    config.codes && !options.resume ? await addFirstCodes(config, set, withSlots, options) : withSlots;
  const start = { ...loaded, state };
  const trainer = await createStickerTrainer(config, set, state, options);
  return { trainer, start, settings: settingsJson, config, set };
}

/** A prepared training of the network from words to codes. */
export interface WordsTraining extends PreparedTraining<WordsTrainer> {
  readonly config: WordsConfig;
  readonly data: WordsData;
  /** Names of the things, by their index in `data`. */
  readonly labels: readonly string[];
  /** Weights of the decoder, without a prefix. */
  readonly decoder: TensorRecord;
}

/** What the training of the network from words needs beside its own folder. */
export interface WordsTrainingOptions extends TrainingOptions {
  /** Run folder of encoder and decoder. */
  readonly sticker: string;
  /** Pack whose first guide embeds the texts, by name or folder. */
  readonly clips: string;
  /** Called before drawings are encoded and texts embedded, which takes a minute. */
  readonly onEmbed?: () => void;
  /** Called for each batch of drawings whose codes are refined. */
  readonly onRefine?: (done: number, total: number, loss: number) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Prepares the training of the network from words to codes, over the codes of a sticker run.
 * @throws {ConfigError} for a source of another kind, or of other shapes than the sticker run.
 */
export async function prepareWordsTraining(
  settings: Omit<WordsConfig, "shape" | "words" | "styles">,
  options: WordsTrainingOptions,
): Promise<WordsTraining> {
  const run = await loadCheckpoint(options.sticker);
  const sticker = parseSettings(run, stickerSettings, options.sticker, "encoder and decoder");
  const set = await loadStickerDrawings(options.data, sticker);
  const clips = await loadClips(await loadPack(options.clips), "all", { only: "text" });
  const styles = listStyles(set, sticker.sets);
  const known = await readShapes(options, "words");
  if (known && JSON.stringify(known.shape) !== JSON.stringify(sticker.shape))
    throw new ConfigError(
      `train: ${options.from ?? options.out} translates to codes of another shape than those of ${options.sticker}`,
    );
  const condition = clips.clips[0]!.config.text.features;
  const config: WordsConfig = {
    shape: sticker.shape,
    words: known?.words ?? { condition, ...wordsPreset },
    styles: styles.length,
    ...settings,
  };
  const settingsJson = JSON.stringify(config);
  const initialState = initialWords(config);
  const start = await openStart(
    options,
    settingsJson,
    () => initialState,
    async (pack) => ({
      // Packs are made without the discriminator; a run from one begins with a new one.
      ...Object.fromEntries(
        Object.entries(selectPrefix("w/", initialState)).filter(
          ([name]) => !name.startsWith(`${stickerScopes.words}.`),
        ),
      ),
      ...(await readWordsWeights(pack)),
    }),
  );
  options.onEmbed?.();
  const stickerConfig = JSON.parse(run.settings) as StickerConfig;
  const codes = await loadDrawingCodes(options.sticker, run, stickerConfig, set, {
    steps: settings.refine,
    threads: options.threads,
    onProgress: options.onRefine,
    signal: options.signal,
  });
  const data = await makeWordsData(sticker, set, codes, clips);
  const decoder = selectPrefix(`e/${stickerScopes.decoder}.`, run.state);
  const trainer = await createWordsTrainer(config, data, decoder, start.state, options);
  const { labels } = listConcepts(set, styles);
  return { trainer, start, settings: settingsJson, config, data, labels, decoder };
}

/**
 * Writes a pack of a sticker run, a words run and another pack's CLIPs.
 * @returns size of the weight files, and the number of weights.
 * @throws {ConfigError} for runs of other kinds, runs that do not fit together, or CLIPs without a judge; the signal's reason.
 */
export async function packStickerRuns(folders: {
  readonly sticker: string;
  readonly words?: string | undefined;
  readonly refine: number;
  readonly data: string;
  readonly clips: string;
  readonly out: string;
  readonly name: string;
  /** Called for each batch of drawings whose codes are refined. */
  readonly onProgress?: (progress: { stage: "refine"; done: number; total: number }) => void;
  readonly signal?: AbortSignal;
}): Promise<{ megabytes: number; parameters: number }> {
  const { sticker, words, refine, data, clips, out, name, onProgress, signal } = folders;
  const config = parseSettings(
    await loadCheckpoint(sticker),
    stickerSettings,
    sticker,
    "encoder and decoder",
  );
  const wordsConfig =
    words === undefined
      ? undefined
      : parseSettings(await loadCheckpoint(words), wordsSettings, words, "the network from words");
  const learned = await loadStickerDrawings(data, config);
  const set = words === undefined ? addThingDrawings(learned) : learned;
  const pack = await loadPack(clips);
  if (!pack.manifest.judge)
    throw new ConfigError(
      `pack ${pack.manifest.name}: has no judge CLIP, so no pack can be made with its CLIPs`,
    );
  const fits =
    wordsConfig === undefined ||
    (JSON.stringify(wordsConfig.shape) === JSON.stringify(config.shape) &&
      wordsConfig.styles === listStyles(set, config.sets).length);
  if (!fits)
    throw new ConfigError(
      `${words}: was trained over another run than ${sticker}; give a run and the words run that was trained over it`,
    );
  const description = `region masks with linear fills, trained by clipsteer on ${config.sets.join(", ")}`;
  const runs = { sticker, words, refine, set, clips: pack, out, name, description };
  return exportStickers({ ...runs, onProgress, signal });
}
