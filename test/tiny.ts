import { createHash } from "node:crypto";
import { cp, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type ClipConfig,
  type SmallClipConfig,
  computeContrastiveLoss,
  embedImages,
  embedTexts,
  trainTokenizer,
} from "../src/clip/index.js";
import { collectParameters } from "../src/engine/index.js";
import {
  mapToEmojiCode,
  decodeEmoji,
  scoreEmojiRealness,
  encodeEmoji,
  enlarge,
  latentNames,
  mapEmojiLatents,
} from "../src/gan/index.js";
import { type PackManifest, writePack } from "../src/packs/index.js";
import { type TensorRecord, createRandom, hostFloats, hostZeros, initialise } from "../src/tensor/index.js";
import type * as tf from "../src/tf.js";

const words = ["a red heart", "an emoji of a blue car", "a cat face", "grinning face", "hat"];
const contextLength = 8;
export const tokenizerJson = trainTokenizer(words, { vocabSize: 560 });

/** A CLIP of a few thousand weights; `width` makes it another one. */
export function tinyClip(width: number): SmallClipConfig {
  return {
    image: { size: 32, stem: 4, patch: 4, widths: [width, width], layers: 0, heads: 1, features: 16 },
    text: { vocabSize: 560, contextLength, width: 8, layers: 1, heads: 2, features: 16 },
  };
}

export const tinyGenerator = {
  condition: 16,
  styles: ["plain", "shaded"],
  style: 8,
  hidden: 12,
  code: 2,
  widths: [8, 8, 6, 4],
} as const;
export const tinyEncoder = { widths: [4, 4, 6] } as const;
export const tinyCritic = { widths: [4, 4, 6, 8] } as const;

const pictures = { shape: [2, 64, 64, 3], dtype: "float32" } as const;

/** Seeded weights of a CLIP. */
export function clipWeights(config: ClipConfig, seed: number | string): TensorRecord {
  const specs = collectParameters(
    (parameters, { images, tokens, targets }) =>
      computeContrastiveLoss(
        parameters,
        embedImages(parameters, config, images as tf.Tensor4D),
        embedTexts(parameters, config, tokens as tf.Tensor2D),
        targets as tf.Tensor2D,
      ),
    {
      images: pictures,
      tokens: { shape: [2, contextLength], dtype: "int32" },
      targets: { shape: [2, 2], dtype: "float32" },
    },
  );
  return initialise(specs, createRandom(seed));
}

/** Seeded weights of a generator. */
export function generatorWeights(seed: number | string): TensorRecord {
  const config = { ...tinyGenerator, widths: [...tinyGenerator.widths] };
  const specs = collectParameters(
    (parameters, { condition }) =>
      decodeEmoji(
        parameters,
        config,
        mapToEmojiCode(parameters, config, mapEmojiLatents(parameters, config, condition!)),
      ),
    { condition: { shape: [1, 18], dtype: "float32" } },
  );
  return initialise(specs, createRandom(seed));
}

function trunkWeights(kind: "encoder" | "discriminator"): TensorRecord {
  const specs = collectParameters(
    (parameters, { images, condition }) =>
      kind === "encoder"
        ? encodeEmoji(parameters, tinyEncoder, images as tf.Tensor4D, tinyGenerator.code).mean
        : scoreEmojiRealness(parameters, tinyCritic, images as tf.Tensor4D, condition!),
    { images: pictures, condition: { shape: [2, 18], dtype: "float32" } },
  );
  return initialise(specs, createRandom(kind));
}

export const tinyManifest: Omit<PackManifest, "sha256"> = {
  format: 1,
  name: "tiny",
  description: "seeded, untrained",
  license: "MIT",
  resolution: 64,
  tokenizer: "tokenizer.json",
  contextLength,
  generator: {
    file: "generator.safetensors",
    config: { ...tinyGenerator, styles: [...tinyGenerator.styles], widths: [...tinyGenerator.widths] },
  },
  encoder: { file: "encoder.safetensors", config: { widths: [...tinyEncoder.widths] } },
  discriminator: { file: "discriminator.safetensors", config: { widths: [...tinyCritic.widths] } },
  guides: [4, 6].map((width, at) => ({
    name: `guide-${at}`,
    file: `guide-${at}.safetensors`,
    config: tinyClip(width) as PackManifest["guides"][0]["config"],
  })),
  judge: {
    name: "judge",
    file: "judge.safetensors",
    config: tinyClip(8) as PackManifest["guides"][0]["config"],
  },
  templates: ["{}", "an emoji of {}"],
  articles: false,
};

const tinyUpscaler = { width: 3, layers: 1 } as const;

function upscalerWeights(): TensorRecord {
  const specs = collectParameters(
    (parameters, { images }) => enlarge(parameters, tinyUpscaler, images as tf.Tensor4D),
    {
      images: pictures,
    },
  );
  return initialise(specs, createRandom("upscaler"));
}

async function buildTinyPack(upscaler: boolean): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "clipsteer-pack-"));
  const style = tinyGenerator.style;
  const latent = {
    [latentNames.mean]: hostZeros([style]),
    [latentNames.basis]: hostFloats(
      Float32Array.from({ length: style * style }, (_, at) => (at % (style + 1) === 0 ? 1 : 0)),
      [style, style],
    ),
  };
  const manifest = {
    ...tinyManifest,
    ...(upscaler && { upscaler: { file: "upscaler.safetensors", config: tinyUpscaler } }),
  };
  await writePack(folder, manifest, {
    weights: {
      ...(upscaler && { "upscaler.safetensors": upscalerWeights() }),
      "generator.safetensors": { ...generatorWeights("generator"), ...latent },
      "encoder.safetensors": trunkWeights("encoder"),
      "discriminator.safetensors": trunkWeights("discriminator"),
      "guide-0.safetensors": clipWeights(tinyClip(4), "a"),
      "guide-1.safetensors": clipWeights(tinyClip(6), "b"),
      "judge.safetensors": clipWeights(tinyClip(8), "c"),
    },
    texts: { "tokenizer.json": JSON.stringify(tokenizerJson) },
  });
  return folder;
}

const builtPacks = new Map<boolean, Promise<string>>();

/**
 * Writes a whole pack of seeded, untrained models into a new folder: small enough to steer in a test. It is built once for the files of
 * a process, and copied for each caller.
 */
export async function writeTinyPack({ upscaler = false } = {}): Promise<string> {
  const built = builtPacks.get(upscaler) ?? buildTinyPack(upscaler);
  builtPacks.set(upscaler, built);
  const folder = await mkdtemp(join(tmpdir(), "clipsteer-pack-"));
  await cp(await built, folder, { recursive: true });
  return folder;
}

/** Makes all weights in a pack's file NaN, and puts the new hash into the manifest. */
export async function damageWeights(pack: string, file: string): Promise<void> {
  const path = join(pack, file);
  const bytes = await readFile(path);
  bytes.fill(0xff, 8 + Number(bytes.readBigUInt64LE(0))); // NaN in 16 and 32 bits
  await writeFile(path, bytes);
  const manifestPath = join(pack, "pack.json");
  const manifest = JSON.parse(await readFile(manifestPath, "utf8")) as PackManifest;
  const sha256 = { ...manifest.sha256, [file]: createHash("sha256").update(bytes).digest("hex") };
  await writeFile(manifestPath, JSON.stringify({ ...manifest, sha256 }));
}
