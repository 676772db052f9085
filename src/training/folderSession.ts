import { createHash } from "node:crypto";
import { join } from "node:path";
import {
  type SmallClipConfig,
  type TokenizerJson,
  type Tokenizer,
  loadTokenizer,
  trainTokenizer,
} from "../clip/index.js";
import { type CaptionedFile, readCaptionedFolder } from "../data/index.js";
import { type Skipped, readAhead, reasonOf } from "../embedding/index.js";
import { InputError } from "../errors.js";
import { hashSha256, writeFileAtomic } from "../files/index.js";
import { readPictureBytes, toRgbBytes, squareFrom } from "../images/index.js";
import { writePack } from "../packs/index.js";
import { type TensorRecord, selectPrefix } from "../tensor/index.js";
import { createAccumulatingTrainer } from "./accumulate.js";
import { trainingSide } from "./augment.js";
import { type Balance, readGroups } from "./balance.js";
import {
  type ContrastiveConfig,
  type ContrastiveTrainer,
  createContrastiveTrainer,
  initialiseClip,
  initialiseState,
} from "./contrastive.js";
import type { CaptionedSet } from "./captioned.js";
import { copyConfig } from "./export.js";
import type { ClipShape } from "./requests/index.js";
import { readTokenizerFile } from "./runSettings.js";
import { type PreparedTraining, openStart } from "./sessions.js";

/** Source and settings of a training on a folder of pictures. */
export interface FolderClipOptions {
  readonly images: string;
  /** CSV or JSONL of captions. */
  readonly captions?: string;
  readonly shape: ClipShape;
  readonly loss: "softmax" | "sigmoid";
  /** Part of the pictures held out, to measure retrieval. */
  readonly validate: number;
  readonly out: string;
  readonly resume: boolean;
  readonly threads?: number;
}

/** A training on a folder's pictures. */
export interface PreparedFolderClip extends PreparedTraining<ContrastiveTrainer> {
  readonly config: ContrastiveConfig;
  readonly tokenizer: Tokenizer;
  readonly json: TokenizerJson;
  readonly trained: CaptionedSet;
  readonly heldOut: CaptionedSet;
  /** All captions of the training pictures. */
  readonly captions: readonly string[];
  /** Pictures without a caption, or unreadable. */
  readonly skipped: readonly Skipped[];
}

/** Maximum context of a CLIP, in tokens. */
const mostTokens = 77;
const vocabSize = 2048;
const mostHeldOut = 1000;

/** Reads captioned pictures into memory, 12 kB each, and computes a fingerprint of them all. */
async function readFolder(
  files: readonly CaptionedFile[],
  skipped: Skipped[],
): Promise<{ files: CaptionedFile[]; images: Uint8Array; digest: string }> {
  const images = new Uint8Array(files.length * trainingSide * trainingSide * 3);
  const hash = createHash("sha256");
  const readable: CaptionedFile[] = [];
  const load = async (file: CaptionedFile) => {
    try {
      return toRgbBytes(await squareFrom(await readPictureBytes(file.path), file.path, trainingSide));
    } catch (error) {
      return { path: file.path, reason: reasonOf(file.path, error) };
    }
  };
  let at = 0;
  for await (const loaded of readAhead(files, load)) {
    const file = files[at++]!;
    if ("reason" in loaded) {
      skipped.push(loaded);
      continue;
    }
    images.set(loaded, readable.length * loaded.length);
    hash.update(JSON.stringify(file.captions)).update(loaded);
    readable.push(file);
  }
  return { files: readable, images, digest: hash.digest("hex") };
}

function setOf(
  files: readonly CaptionedFile[],
  images: Uint8Array,
  positions: number[],
  balance?: Balance,
): CaptionedSet {
  const captionsOf = (item: number): readonly string[] => files[positions[item]!]!.captions;
  return {
    images,
    positions: Int32Array.from(positions),
    concept: (item) => captionsOf(item)[0]!.toLowerCase(),
    groups: balance
      ? readGroups(
          positions.map((at) => files[at]!.attributes),
          balance.by,
        )
      : undefined,
    caption: (item, random) => captionsOf(item)[random.integer(captionsOf(item).length)]!,
  };
}

/** Counts the tokens of the longest caption with start and end, rounded up to a multiple of 4, at most 77. */
function measureContext(json: TokenizerJson, captions: readonly string[]): number {
  const tokenizer = loadTokenizer(json, { contextLength: mostTokens });
  let most = 0;
  for (const caption of captions)
    most = Math.max(most, tokenizer.encode([caption]).indexOf(tokenizer.endToken) + 1);
  return Math.min(mostTokens, Math.ceil(most / 4) * 4);
}

/**
 * Prepares training of a CLIP on a folder's own pictures.
 * @throws {InputError} when there are fewer captioned pictures than a batch.
 */
export async function prepareFolderClipTraining(
  settings: Omit<ContrastiveConfig, "model">,
  options: FolderClipOptions,
): Promise<PreparedFolderClip> {
  const { files: found, without, unmatched } = await readCaptionedFolder(options.images, options.captions);
  const skipped: Skipped[] = without.map((path) => ({ path, reason: "has no caption" }));
  if (unmatched.length > 0)
    skipped.push({
      path: options.captions!,
      reason: `${unmatched.length} rows name no picture of the folder: ${unmatched.slice(0, 3).join(", ")}${unmatched.length > 3 ? ", …" : ""}`,
    });
  const { files, images, digest } = await readFolder(found, skipped);
  const isHeld = ({ path }: CaptionedFile): boolean =>
    parseInt(hashSha256(path.slice(options.images.length)).slice(0, 8), 16) / 2 ** 32 < options.validate;
  const places = [...files.keys()];
  const [train, held] = [false, true].map((want) => places.filter((at) => isHeld(files[at]!) === want));
  if (train!.length < settings.batch)
    throw new InputError(
      `${options.images}: ${train!.length} captioned pictures to train on; a batch takes ${settings.batch}: give more, or take a smaller batch`,
    );
  const captions = train!.flatMap((at) => files[at]!.captions);
  if (new Set(captions).size === 1)
    throw new InputError(
      `${options.images}: every picture has the caption "${captions[0]!.slice(0, 60)}"; a CLIP needs captions that distinguish the pictures`,
    );
  const path = join(options.out, "tokenizer.json");
  const json = options.resume ? await readTokenizerFile(path) : trainTokenizer(captions, { vocabSize });
  const contextLength = measureContext(json, captions);
  const tokenizer = loadTokenizer(json, { contextLength });
  const { image, text } = options.shape;
  const model: SmallClipConfig = {
    image,
    text: { ...text, features: image.features, vocabSize: tokenizer.vocabSize, contextLength },
    sigmoid: options.loss === "sigmoid" ? true : undefined,
  };
  const config: ContrastiveConfig = { ...settings, model };
  const settingsJson = JSON.stringify({ ...config, data: digest });
  const start = await openStart(options, settingsJson, () => initialiseState(initialiseClip(config)));
  if (!options.resume) await writeFileAtomic(path, JSON.stringify(json));
  const trained = setOf(files, images, train!, config.balance);
  const create = (config.accumulate ?? 1) > 1 ? createAccumulatingTrainer : createContrastiveTrainer;
  const trainer = await create(config, trained, tokenizer, start.state, options);
  const heldOut = setOf(files, images, held!.slice(0, mostHeldOut));
  return {
    trainer,
    start,
    settings: settingsJson,
    config,
    tokenizer,
    json,
    trained,
    heldOut,
    captions,
    skipped,
  };
}

/** Writes a trained CLIP as a pack without a generator, for classify, index, search and embed. */
export async function exportClipPack(
  folder: string,
  {
    name,
    json,
    model,
    weights,
    card = {
      description: "a CLIP trained by clipsteer on a folder of pictures",
      license: "that of its pictures and captions",
    },
    templates = ["{}"],
    articles = true,
    readme,
  }: {
    name: string;
    json: TokenizerJson;
    model: SmallClipConfig;
    weights: TensorRecord;
    card?: { description: string; license: string };
    templates?: string[];
    articles?: boolean;
    readme?: string;
  },
): Promise<void> {
  await writePack(
    folder,
    {
      format: 1,
      name,
      ...card,
      resolution: trainingSide,
      tokenizer: "tokenizer.json",
      contextLength: model.text.contextLength,
      guides: [{ name: "clip", file: "clip.safetensors", config: copyConfig(model) }],
      templates,
      articles,
    },
    {
      weights: { "clip.safetensors": weights },
      texts: {
        "tokenizer.json": JSON.stringify(json),
        ...(readme !== undefined && { "README.md": readme }),
      },
    },
  );
}

/** Returns the weights of a training's state. */
export function weightsOfState(state: TensorRecord): TensorRecord {
  return selectPrefix("w/", state);
}
