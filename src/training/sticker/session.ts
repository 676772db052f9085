import { type StickerItem, loadStickerData } from "../../data/index.js";
import { ConfigError } from "../../errors.js";
import { type StickerShape, stickerScopes } from "../../gan/index.js";
import { type Pack, loadPack } from "../../packs/index.js";
import type { TensorRecord } from "../../tensor/index.js";
import { stickerPreset } from "../presets.js";
import { loadCheckpoint } from "../run.js";
import { type PreparedTraining, type TrainingOptions, isRun, openStart } from "../sessions.js";
import { type StickerSet, selectStickers, addThingDrawings } from "./batches.js";
import { exportStickers } from "./export.js";
import {
  type StickerConfig,
  type StickerTrainer,
  createStickerTrainer,
  initialiseSticker,
} from "./trainer.js";
import { reassignSlots } from "./reassign.js";
import { addFirstCodes } from "./firstCodes.js";
import { parseStickerSettings } from "./settings.js";

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

/** Adds the preset's detail to a shape that has none. Its keys are in the order of the schema, since settings are compared as JSON. */
const addDetail = ({ code, detail = stickerPreset.detail, ...others }: StickerShape): StickerShape => ({
  code,
  detail,
  ...others,
});

/** Reads the shape of the networks that a run or a pack ended with, to which a new run adds detail; undefined for a fresh start. */
async function readShape({
  resume,
  out,
  from,
}: Pick<TrainingOptions, "resume" | "out" | "from">): Promise<StickerShape | undefined> {
  const source = resume ? out : from;
  if (source === undefined) return undefined;
  if (resume) return parseStickerSettings(await loadCheckpoint(source), source).shape;
  if (await isRun(source)) return addDetail(parseStickerSettings(await loadCheckpoint(source), source).shape);
  const pack = await loadPack(source).catch((cause: unknown) => {
    if (!(cause instanceof ConfigError)) throw cause;
    throw new ConfigError(`train: ${source}: neither a run's folder nor a model pack`, { cause });
  });
  return addDetail(requireSticker(pack).config.shape);
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
  const shape = (await readShape(options)) ?? stickerPreset;
  const config: StickerConfig = { shape, ...settings };
  const settingsJson = JSON.stringify(config);
  const loaded = await openStart(
    options,
    settingsJson,
    () => initialiseSticker(config, set),
    (pack) => packWeights(pack, [stickerScopes.encoder, stickerScopes.decoder]),
    (name) => name.endsWith(`${stickerScopes.decoder}.detail.weight`),
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

/**
 * Writes a pack of a sticker run and another pack's CLIPs.
 * @param folders the run, its data, the CLIPs' pack, and the new pack.
 * @returns size of the weight files, and the number of weights.
 * @throws {ConfigError} for a run of another kind, or CLIPs without a judge; the signal's reason.
 */
export async function packStickerRuns(folders: {
  /** Folder of the run. */
  readonly sticker: string;
  /** Steps by which the code of each drawing is refined; 0 for none. */
  readonly refine: number;
  /** Steps for drawings that the run did not learn; four times `refine` when absent. */
  readonly refineThings?: number | undefined;
  /** Folder of the sticker data that the run learned from. */
  readonly data: string;
  /** Name or folder of the pack whose CLIPs are taken over. */
  readonly clips: string;
  /** Folder of the new pack. */
  readonly out: string;
  /** Name of the new pack. */
  readonly name: string;
  /** Called for each batch of drawings whose codes are refined. */
  readonly onProgress?: (progress: { stage: "refine"; done: number; total: number }) => void;
  /** Ends the work with its reason. */
  readonly signal?: AbortSignal;
}): Promise<{ megabytes: number; parameters: number }> {
  const { sticker, refine, refineThings, data, clips, out, name, onProgress, signal } = folders;
  const config = parseStickerSettings(await loadCheckpoint(sticker), sticker);
  const set = addThingDrawings(await loadStickerDrawings(data, config));
  const pack = await loadPack(clips);
  if (!pack.manifest.judge)
    throw new ConfigError(
      `pack ${pack.manifest.name}: has no judge CLIP, so no pack can be made with its CLIPs`,
    );
  const description = `region masks with linear fills, trained by clipsteer on ${config.sets.join(", ")}`;
  const runs = { sticker, refine, refineThings, set, clips: pack, out, name, description };
  return exportStickers({ ...runs, onProgress, signal });
}
