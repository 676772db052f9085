import { stat } from "node:fs/promises";
import { join } from "node:path";
import {
  type SmallClipConfig,
  type Tokenizer,
  type TokenizerJson,
  loadTokenizer,
  trainTokenizer,
} from "../clip/index.js";
import { ConfigError } from "../errors.js";
import { makeOutputFolder, readPlainFile, writeFileAtomic } from "../files/index.js";
import { type Pack, loadPack } from "../packs/index.js";
import { type EmojiData, allCaptions, loadEmojiData } from "../data/index.js";
import { type TensorRecord, createRandom, underPrefix, withPrefix } from "../tensor/index.js";
import { type ComposedConfig, type TrainingSet, selectSplits, withCompositions } from "./batches.js";
import { emojiCaptions } from "./captioned.js";
import { makeConditions } from "./conditions.js";
import {
  type ContrastiveConfig,
  type ContrastiveTrainer,
  createContrastiveTrainer,
  initialClip,
  initialState,
} from "./contrastive.js";
import { type GanConfig, initialGan } from "./ganProgram.js";
import { type GanData, type GanTrainer, createGanTrainer } from "./ganTrainer.js";
import { ganPreset } from "./presets.js";
import { type ClipPreset, clipPresets } from "./requests/index.js";
import { type Checkpoint, checkpointFile, loadCheckpoint, lockTraining } from "./run.js";

/** Tokens of a caption, start and end included. */
export const contextLength = 16;
const vocabSize = 2048;

/** Description of the model that a run writes beside its checkpoint; packs and other trainings read it. */
export const modelFile = "model.json";

/**
 * The tokenizer of a data folder, written when it is not there yet: trained on the captions of the training split, or that of a pack whose
 * CLIPs are trained further, with the words of the captions added to those that it knows.
 */
export async function dataTokenizer(
  folder: string,
  data: EmojiData,
  base?: TokenizerJson,
): Promise<{ json: TokenizerJson; tokenizer: Tokenizer }> {
  const path = join(folder, "tokenizer.json");
  let text = await readPlainFile(path)
    .then(String)
    .catch(() => undefined);
  if (text === undefined) {
    const trained = data.items.filter((item) => item.split === "train");
    const own = trainTokenizer(allCaptions(trained), { vocabSize });
    text = JSON.stringify(base ? withWordsOf(base, own) : own);
    await writeFileAtomic(path, text);
  }
  const json = JSON.parse(text) as TokenizerJson;
  return { json, tokenizer: loadTokenizer(json, { contextLength }) };
}

/** A tokenizer that splits words as `base` does and has seen the words of both. */
function withWordsOf(base: TokenizerJson, other: TokenizerJson): TokenizerJson {
  const words = [...new Set([...base.clipsteer.words, ...other.clipsteer.words])].sort();
  return { ...base, clipsteer: { ...base.clipsteer, words } };
}

/** The tokenizer of the pack that a run starts from; undefined where it starts from another run or from nothing. */
async function packTokenizerJson(from: string | undefined): Promise<TokenizerJson | undefined> {
  if (from === undefined || (await isRun(from))) return undefined;
  const pack = await loadPack(from).catch(() => undefined); // `startOf` says what is wrong with it
  return pack && ((await pack.json(pack.manifest.tokenizer)) as TokenizerJson);
}

/** Options common to both trainings. */
export interface SessionOptions {
  readonly data: string;
  readonly out: string;
  readonly resume: boolean;
  /** Run folder, or model pack, whose weights a fresh run begins with; default: random ones. */
  readonly from?: string;
  readonly threads?: number;
}

/** A prepared trainer and the checkpoint that it starts from. */
export interface Session<T> {
  readonly trainer: T;
  readonly start: Checkpoint;
  readonly settings: string;
}

/** Weights of a pack's models that a training continues from, under the names that the training uses. */
type PackWeights = (pack: Pack) => Promise<TensorRecord>;

/**
 * The checkpoint that a run starts from: its last one, or a fresh one with random weights, another run's or a pack's.
 * @throws {ConfigError} when the folder of a fresh run holds a training: a finished result is never overwritten.
 */
export async function startOf(
  options: Pick<SessionOptions, "out" | "resume" | "from">,
  settings: string,
  fresh: () => TensorRecord,
  packWeights?: PackWeights,
): Promise<Checkpoint> {
  if (options.resume) return loadCheckpoint(options.out);
  await makeOutputFolder(options.out);
  const lock = await lockTraining(options.out);
  try {
    if (await isRun(options.out))
      throw new ConfigError(
        `${options.out}: holds a training already; choose another folder, continue the training, or delete it first`,
        { reason: "finished-training" },
      );
    const state = options.from === undefined ? fresh() : await continued(options.from, fresh(), packWeights);
    await writeFileAtomic(join(options.out, modelFile), settings);
    return { step: 0, state, settings };
  } finally {
    await lock.release();
  }
}

/** Whether a folder holds a training's checkpoint. */
export const isRun = (folder: string): Promise<boolean> =>
  stat(join(folder, checkpointFile)).then(Boolean, () => false);

/** Weights `w/…` and averages of them `e/…` that another run ended with or a pack has. */
async function weightsFrom(from: string, packWeights?: PackWeights): Promise<TensorRecord> {
  if ((await isRun(from)) || !packWeights) return (await loadCheckpoint(from)).state;
  const pack = await loadPack(from).catch((cause: unknown) => {
    if (!(cause instanceof ConfigError)) throw cause;
    throw new ConfigError(`train: ${from}: neither a run's folder nor a model pack`, { cause });
  });
  const weights = await packWeights(pack);
  return { ...withPrefix("w/", weights), ...withPrefix("e/", weights) };
}

/** A fresh state with the weights that another run ended with or a pack has. */
async function continued(
  from: string,
  fresh: TensorRecord,
  packWeights?: PackWeights,
): Promise<TensorRecord> {
  const weights = await weightsFrom(from, packWeights);
  return Object.fromEntries(
    Object.entries(fresh).map(([name, tensor]) => {
      if (!/^[we]\//.test(name)) return [name, tensor];
      const known = weights[name];
      if (known === undefined || known.shape.join() !== tensor.shape.join())
        throw new ConfigError(
          `train: ${from} has no ${name} of shape [${tensor.shape.join(", ")}]; a run starts from weights of the same model`,
        );
      return [name, known];
    }),
  );
}

/** A pack's CLIP of a name, whose words are the data's. */
function clipWeights(name: string, words: TokenizerJson): PackWeights {
  return async (pack) => {
    const { guides, judge, tokenizer } = pack.manifest;
    const clips = [...guides, ...(judge ? [judge] : [])];
    const clip = clips.find((each) => each.name === name);
    if (!clip)
      throw new ConfigError(
        `train: ${pack.folder} has no CLIP "${name}"; it has ${clips.map((each) => each.name).join(", ")}`,
      );
    const known = (await pack.json(clip.tokenizer ?? tokenizer)) as TokenizerJson;
    if (JSON.stringify(known.model) !== JSON.stringify(words.model))
      throw new ConfigError(
        `train: ${pack.folder} has another tokenizer than the data; its weights were trained with other tokens`,
      );
    return pack.weights(clip.file);
  };
}

const composedOf = (
  set: TrainingSet,
  composed: ComposedConfig | undefined,
  seed: number | string,
): TrainingSet => (composed && composed.share > 0 ? withCompositions(set, composed, seed) : set);

/** Prepares contrastive training of a preset. */
export async function clipSession(
  preset: ClipPreset,
  settings: Omit<ContrastiveConfig, "model">,
  options: SessionOptions,
): Promise<Session<ContrastiveTrainer> & { config: ContrastiveConfig; json: TokenizerJson }> {
  const data = await loadEmojiData(options.data);
  const { json, tokenizer } = await dataTokenizer(options.data, data, await packTokenizerJson(options.from));
  const { image, text } = clipPresets[preset];
  const model: SmallClipConfig = {
    image,
    text: { ...text, features: image.features, vocabSize: tokenizer.vocabSize, contextLength },
  };
  const config: ContrastiveConfig = { ...settings, model };
  const written = JSON.stringify(config);
  const fresh = (): TensorRecord => initialState(initialClip(config));
  const start = await startOf(options, written, fresh, clipWeights(preset, json));
  const set = composedOf(selectSplits(data, ["train"]), config.composed, config.seed);
  const trainer = await createContrastiveTrainer(
    config,
    emojiCaptions(set, config.balance),
    tokenizer,
    start.state,
    options,
  );
  return { trainer, start, settings: written, config, json };
}

/** A CLIP that training wrote: its shape and weights. */
export async function trainedClip(
  folder: string,
): Promise<{ config: SmallClipConfig; weights: TensorRecord }> {
  const { state, settings } = await loadCheckpoint(folder);
  return { config: (JSON.parse(settings) as ContrastiveConfig).model, weights: underPrefix("w/", state) };
}

const person = /\b(?:man|men|woman|women|person|people|couple|family|kiss)\b/;

/**
 * Training pictures of a generator: drawings in its styles, without the many, nearly identical variants of persons. Fewer
 * pictures, each seen more often, give sharper results.
 */
export function ganPictures(data: EmojiData, styles: readonly string[]): TrainingSet {
  const { items, positions, images } = selectSplits(data, ["train", "val_pair"]);
  const places = items.flatMap(({ style, group, label }, at) =>
    styles.includes(style) && !(group === "people body" && person.test(label)) ? [at] : [],
  );
  return {
    items: places.map((at) => items[at]!),
    positions: Int32Array.from(places, (at) => positions[at]!),
    images,
  };
}

/** A pack's generator, encoder and discriminator as their training names them. */
async function ganWeights(pack: Pack): Promise<TensorRecord> {
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
 * Prepares training of generator, encoder and discriminator against a trained CLIP; `onEmbed` is called before pictures and
 * texts are embedded.
 */
export async function ganSession(
  clipFolder: string,
  settings: Omit<GanConfig, "model">,
  options: SessionOptions & { onEmbed?: () => void },
): Promise<
  Session<GanTrainer> & {
    config: GanConfig;
    tokenizer: Tokenizer;
    clip: Awaited<ReturnType<typeof trainedClip>>;
    set: TrainingSet;
  }
> {
  const data = await loadEmojiData(options.data);
  const { tokenizer } = await dataTokenizer(options.data, data);
  const clip = await trainedClip(clipFolder);
  const config: GanConfig = { ...settings, model: ganPreset };
  const written = JSON.stringify(config);
  const start = await startOf(options, written, () => initialGan(config), ganWeights);
  const { styles } = config.model.generator;
  const known = ganPictures(data, styles);
  const dataOf = async (round: number): Promise<GanData> => {
    const { seed, composed } = config;
    const set = composedOf(known, composed, round === 0 ? seed : `${seed}/${round}`);
    options.onEmbed?.();
    const random = createRandom(seed).stream("conditions");
    return { set, conditions: await makeConditions(set, tokenizer, clip, styles, random) };
  };
  const trainer = createGanTrainer(config, clip, dataOf, start.state, options);
  return { trainer, start, settings: written, config, tokenizer, clip, set: known };
}
