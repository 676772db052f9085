import { readdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  type ClipHints,
  type LoadedClip,
  type Tokenizer,
  loadClip,
  loadTokenizer,
  readClipHints,
  readTokenizerJson,
} from "../clip/index.js";
import { ConfigError, WeightsError } from "../errors.js";
import { parseJson, readTextFile } from "../files/index.js";
import { mapTensors, findModelPart, openWeights } from "../packs/index.js";

/** A published CLIP in memory. */
export interface PublishedClip extends LoadedClip {
  /** Its tokenizer, with the context length of the text encoder. */
  readonly tokenizer: Tokenizer;
  /** Part of a training's checkpoint that the weights were taken from (`state_dict.module`). */
  readonly part?: string;
  /** Content of the tokenizer file, for a pack. */
  readonly tokenizerJson: unknown;
}

/** Names of tensors of OpenAI's, OpenCLIP's and Hugging Face's CLIPs. */
const ownNames = /^(visual|vision_model|text_model|text|token_embedding|transformer\.resblocks)\./;

/** Files of weights, best first, as Hugging Face and OpenCLIP name them. */
const weightFiles = [
  "model.safetensors",
  "model.safetensors.index.json",
  "open_clip_model.safetensors",
  "open_clip_pytorch_model.bin",
  "pytorch_model.bin",
] as const;
const configFiles = ["open_clip_config.json", "config.json"] as const;

/**
 * Finds the path of the weights file in a downloaded folder, or the path of a file itself.
 * @param path path of a folder or a file.
 * @returns path of the file.
 * @throws {WeightsError} when there is none.
 */
export async function findWeights(path: string): Promise<string> {
  const entry = await stat(path).catch((cause: unknown) => {
    throw new WeightsError(`${path}: no such file or folder`, { cause });
  });
  if (!entry.isDirectory()) return path;
  const fileNames = await readdir(path);
  const file = weightFiles.find((name) => fileNames.includes(name));
  if (file === undefined)
    throw new WeightsError(`${path}: holds no weights; expected ${weightFiles.join(", or ")}`);
  return join(path, file);
}

/**
 * Reads a published CLIP: its weights, its configuration (`config.json`, `open_clip_config.json`) and its tokenizer.
 * OpenAI's own archives are recognised by their form; other weights without a configuration need `hints`.
 * @param path a folder as downloaded, or the file of weights in it.
 * @param options.hints settings that replace those of the configuration file.
 * @param options.tokenizer file or folder of the tokenizer; default the weights' folder.
 * @returns the CLIP with its tokenizer. Its weights are read from the file when they are used.
 * @throws {ConfigError} when the CLIP's activation is unknown.
 * @throws {WeightsError} when a file is missing, damaged, or of another model.
 */
export async function loadPublishedClip(
  path: string,
  options: { hints?: ClipHints; tokenizer?: string } = {},
): Promise<PublishedClip> {
  const source = await findWeights(path);
  const folder = dirname(source);
  const opened = await openWeights(source);
  try {
    // Values stay on disk, so that a large CLIP is packed with one tensor in memory at a time.
    const model = findModelPart(opened, ownNames);
    const tensors = mapTensors(model);
    const hints = options.hints ?? (await readHints(folder, source, Object.keys(tensors)));
    const clip = await loadClip(tensors, { ...hints, source });
    const { contextLength } = clip.config.text;
    const tokenizerJson = await readTokenizerJson(options.tokenizer ?? folder);
    const tokenizer = loadTokenizer(tokenizerJson, { contextLength });
    const { vocabSize } = clip.config.text;
    if (tokenizer.vocabSize > vocabSize)
      throw new WeightsError(
        `${options.tokenizer ?? folder}: its tokenizer has ${tokenizer.vocabSize} tokens, ${source} only ${vocabSize}; use the one published with the weights`,
      );
    return { ...clip, tokenizerJson, tokenizer, part: model.part };
  } finally {
    await opened.close();
  }
}

async function readHints(folder: string, source: string, names: readonly string[]): Promise<ClipHints> {
  // OpenAI's archives keep the sizes of picture and text as tensors; no other project does.
  if (names.includes("input_resolution") && names.includes("context_length"))
    return { activation: "quickGelu" };
  const beside = await readdir(folder);
  const name = configFiles.find((each) => beside.includes(each));
  if (name === undefined)
    throw new ConfigError(
      `${source}: its activation is unknown; put its ${configFiles.join(" or ")} beside it`,
    );
  const text = await readTextFile(join(folder, name), {
    maxBytes: 1e6,
    expected: "the configuration that is published with the weights",
  });
  let json: unknown;
  try {
    json = parseJson(text);
  } catch (cause) {
    throw new WeightsError(`${join(folder, name)}: corrupt: not JSON`, { cause });
  }
  return readClipHints(json, join(folder, name));
}
