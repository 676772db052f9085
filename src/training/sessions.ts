import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { SmallClipConfig, Tokenizer, TokenizerJson } from "../clip/index.js";
import { ConfigError } from "../errors.js";
import { makeOutputFolder, writeFileAtomic } from "../files/index.js";
import { type Pack, loadPack } from "../packs/index.js";
import { type StickerData, loadEmojiData } from "../data/index.js";
import { type TensorRecord, createRandom, selectPrefix, withPrefix } from "../tensor/index.js";
import {
  type ComposedConfig,
  type TrainingSet,
  selectGanPictures,
  selectSplits,
  extendWithCompositions,
  addThingPictures,
} from "./batches.js";
import { contextLength, readOrTrainTokenizer } from "./captionTokenizer.js";
import { createEmojiCaptions } from "./captioned.js";
import { makeConditions } from "./conditions.js";
import {
  type ContrastiveConfig,
  type ContrastiveTrainer,
  createContrastiveTrainer,
  initialiseClip,
  initialiseState,
} from "./contrastive.js";
import { type GanConfig, initialiseGan } from "./ganProgram.js";
import { type GanData, type GanTrainer, createGanTrainer } from "./ganTrainer.js";
import { ganPreset } from "./presets.js";
import { type ClipPreset, clipPresets } from "./requests/index.js";
import { type TrainingCheckpoint, checkpointFile, loadCheckpoint, lockTraining } from "./run.js";
import { parseRunSettings } from "./runSettings.js";

/** Description of the model that a run writes beside its checkpoint; packs and other trainings read it. */
export const modelFile = "model.json";

/** Reads the tokenizer of the pack that a run starts from. @returns undefined when it starts from another run or from random weights. */
async function readPackTokenizer(from: string | undefined): Promise<TokenizerJson | undefined> {
  if (from === undefined || (await isRun(from))) return undefined;
  const pack = await loadPack(from).catch(() => undefined); // `openStart` reports the error
  return pack && ((await pack.json(pack.manifest.tokenizer)) as TokenizerJson);
}

/** Options that all trainings have. */
export interface TrainingOptions {
  /** Data folder. */
  readonly data: string;
  /** Run folder, which gets the checkpoint. */
  readonly out: string;
  /** Whether to continue the training in `out`. */
  readonly resume: boolean;
  /** Run folder, or model pack, whose weights a fresh run begins with; default: random ones. */
  readonly from?: string;
  readonly threads?: number;
}

/** A prepared trainer and the checkpoint that it starts from. */
export interface PreparedTraining<T> {
  readonly trainer: T;
  readonly start: TrainingCheckpoint;
  readonly settings: string;
}

/** Reads the weights of a pack's models that a training continues from, under the names that the training uses. */
type ReadPackWeights = (pack: Pack) => Promise<TensorRecord>;

/**
 * Opens the checkpoint that a run starts from: its last one, or a fresh one with random weights, another run's or a pack's. A fresh
 * run makes the folder `out` and writes `model.json` there, under a lock that is released before this returns.
 * @param makeState makes a state with random weights.
 * @throws {InputError} while another process trains in `out`; {ConfigError} when the folder of a fresh run holds a training, since
 * a finished result is never overwritten, or when `from` lacks a weight of this model; {WeightsError} for a missing or damaged checkpoint.
 */
export async function openStart(
  options: Pick<TrainingOptions, "out" | "resume" | "from">,
  settings: string,
  makeState: () => TensorRecord,
  readPackWeights?: ReadPackWeights,
  isOptional?: (name: string) => boolean,
): Promise<TrainingCheckpoint> {
  if (options.resume) return loadCheckpoint(options.out);
  await makeOutputFolder(options.out);
  const lock = await lockTraining(options.out);
  try {
    if (await isRun(options.out))
      throw new ConfigError(
        `${options.out}: holds a training already; choose another folder, continue the training, or delete it first`,
        { reason: "finished-training" },
      );
    const state =
      options.from === undefined
        ? makeState()
        : await continueFrom(options.from, makeState(), readPackWeights, isOptional);
    await writeFileAtomic(join(options.out, modelFile), settings);
    return { step: 0, state, settings };
  } finally {
    await lock.release();
  }
}

/** Tells whether a folder holds a training's checkpoint. */
export const isRun = (folder: string): Promise<boolean> =>
  stat(join(folder, checkpointFile)).then(Boolean, () => false);

/** Reads the weights `w/…` and their averages `e/…` that another run ended with; for a pack, both are its weights. */
async function readWeights(from: string, readPackWeights?: ReadPackWeights): Promise<TensorRecord> {
  if ((await isRun(from)) || !readPackWeights) return (await loadCheckpoint(from)).state;
  const pack = await loadPack(from).catch((cause: unknown) => {
    if (!(cause instanceof ConfigError)) throw cause;
    throw new ConfigError(`train: ${from}: neither a run's folder nor a model pack`, { cause });
  });
  const weights = await readPackWeights(pack);
  return { ...withPrefix("w/", weights), ...withPrefix("e/", weights) };
}

/**
 * Returns `state` with its weights replaced by those that another run ended with or a pack has.
 * @param isOptional tells which weights may be missing there; they stay as they are in `state`.
 */
async function continueFrom(
  from: string,
  state: TensorRecord,
  readPackWeights?: ReadPackWeights,
  isOptional?: (name: string) => boolean,
): Promise<TensorRecord> {
  const weights = await readWeights(from, readPackWeights);
  return Object.fromEntries(
    Object.entries(state).map(([name, tensor]) => {
      if (!/^[we]\//.test(name)) return [name, tensor];
      const weight = weights[name];
      if (weight === undefined && isOptional?.(name)) return [name, tensor];
      if (weight === undefined || weight.shape.join() !== tensor.shape.join())
        throw new ConfigError(
          `train: ${from} has no ${name} of shape [${tensor.shape.join(", ")}]; a run starts from weights of the same model`,
        );
      return [name, weight];
    }),
  );
}

/** Makes a reader of a pack's CLIP by its name. It throws {ConfigError} for a pack without it, or with another tokenizer. */
function makeClipReader(name: string, dataTokenizer: TokenizerJson): ReadPackWeights {
  return async (pack) => {
    const { guides, judge, tokenizer } = pack.manifest;
    const clips = [...guides, ...(judge ? [judge] : [])];
    const clip = clips.find((each) => each.name === name);
    if (!clip)
      throw new ConfigError(
        `train: ${pack.folder} has no CLIP "${name}"; it has ${clips.map((each) => each.name).join(", ")}`,
      );
    const packTokenizer = (await pack.json(clip.tokenizer ?? tokenizer)) as TokenizerJson;
    if (JSON.stringify(packTokenizer.model) !== JSON.stringify(dataTokenizer.model))
      throw new ConfigError(
        `train: ${pack.folder} has another tokenizer than the data; its weights were trained with other tokens`,
      );
    return pack.weights(clip.file);
  };
}

const addCompositions = (
  set: TrainingSet,
  composed: ComposedConfig | undefined,
  seed: number | string,
): TrainingSet => (composed && composed.share > 0 ? extendWithCompositions(set, composed, seed) : set);

/**
 * Prepares contrastive training of a CLIP: reads the data, writes `tokenizer.json` into its folder if missing and, for a fresh run,
 * `model.json` into `out`, then compiles the step. `train` checks that a resumed run has the same settings, or only more steps.
 * @param options.things drawings of things that no emoji shows, added to the training set.
 * @throws {InputError} when the data is missing or damaged, or while another process trains in `out`; {ConfigError} when `out` holds a training, or `from`
 * has no CLIP of this name, shape or tokenizer; {WeightsError} for a missing or damaged checkpoint.
 * @returns the trainer with its start; the caller disposes the trainer.
 */
export async function prepareClipTraining(
  preset: ClipPreset,
  settings: Omit<ContrastiveConfig, "model">,
  options: TrainingOptions & { readonly things?: StickerData | undefined },
): Promise<
  PreparedTraining<ContrastiveTrainer> & { config: ContrastiveConfig; tokenizerJson: TokenizerJson }
> {
  const data = await loadEmojiData(options.data);
  const { json, tokenizer } = await readOrTrainTokenizer(
    options.data,
    data,
    await readPackTokenizer(options.from),
  );
  const { image, text } = clipPresets[preset];
  const model: SmallClipConfig = {
    image,
    text: { ...text, features: image.features, vocabSize: tokenizer.vocabSize, contextLength },
  };
  const config: ContrastiveConfig = { ...settings, model };
  const settingsJson = JSON.stringify(config);
  const makeState = (): TensorRecord => initialiseState(initialiseClip(config));
  const start = await openStart(options, settingsJson, makeState, makeClipReader(preset, json));
  const drawings = selectSplits(data, ["train"]);
  const known = options.things ? addThingPictures(drawings, options.things) : drawings;
  const set = addCompositions(known, config.composed, config.seed);
  const trainer = await createContrastiveTrainer(
    config,
    createEmojiCaptions(set, config.balance),
    tokenizer,
    start.state,
    options,
  );
  return { trainer, start, settings: settingsJson, config, tokenizerJson: json };
}

/** Loads the shape and weights of a CLIP from its training's folder. @throws {WeightsError} when the checkpoint is missing or damaged; {ConfigError} when it is of no CLIP. */
export async function loadTrainedClip(
  folder: string,
): Promise<{ config: SmallClipConfig; weights: TensorRecord }> {
  const checkpoint = await loadCheckpoint(folder);
  const { model } = parseRunSettings<ContrastiveConfig>("a CLIP", checkpoint, folder);
  return { config: model, weights: selectPrefix("w/", checkpoint.state) };
}

/** Reads a pack's generator, encoder and discriminator, under the names that their training uses. @throws {ConfigError} when one is missing. */
async function readGanWeights(pack: Pack): Promise<TensorRecord> {
  const parts = ["generator", "encoder", "discriminator"] as const;
  const records = await Promise.all(
    parts.map(async (part) => {
      const file = pack.manifest[part]?.file;
      if (file === undefined) throw new ConfigError(`train: ${pack.folder} has no ${part} to continue with`);
      return withPrefix(`${part}.`, await pack.weights(file));
    }),
  );
  return Object.assign({}, ...records) as TensorRecord;
}

/**
 * Prepares training of generator, encoder and discriminator against a trained CLIP. Files are written as by `prepareClipTraining`.
 * @param clipFolder run folder of the CLIP's training.
 * @param options `onEmbed` is called before pictures and texts are embedded. @throws, @returns as `prepareClipTraining`.
 */
export async function prepareGanTraining(
  clipFolder: string,
  settings: Omit<GanConfig, "model">,
  options: TrainingOptions & { onEmbed?: () => void },
): Promise<
  PreparedTraining<GanTrainer> & {
    config: GanConfig;
    tokenizer: Tokenizer;
    clip: Awaited<ReturnType<typeof loadTrainedClip>>;
    set: TrainingSet;
  }
> {
  const data = await loadEmojiData(options.data);
  const { tokenizer } = await readOrTrainTokenizer(options.data, data);
  const clip = await loadTrainedClip(clipFolder);
  const config: GanConfig = { ...settings, model: ganPreset };
  const settingsJson = JSON.stringify(config);
  const start = await openStart(options, settingsJson, () => initialiseGan(config), readGanWeights);
  const { styles } = config.model.generator;
  const pictures = selectGanPictures(data, styles);
  const loadRound = async (round: number): Promise<GanData> => {
    const { seed, composed } = config;
    const set = addCompositions(pictures, composed, round === 0 ? seed : `${seed}/${round}`);
    options.onEmbed?.();
    const random = createRandom(seed).stream("conditions");
    return { set, conditions: await makeConditions(set, tokenizer, clip, styles, random) };
  };
  const trainer = createGanTrainer(config, clip, loadRound, start.state, options);
  return { trainer, start, settings: settingsJson, config, tokenizer, clip, set: pictures };
}
