import { access } from "node:fs/promises";
import { join } from "node:path";
import {
  type SmallClipConfig,
  computeContrastiveLoss,
  embedImages,
  embedTexts,
  trainTokenizer,
} from "../src/clip/index.js";
import { collectParameters } from "../src/engine/index.js";
import { latentNames } from "../src/gan/index.js";
import { loadPack, type Pack, writePack } from "../src/packs/index.js";
import {
  type TensorRecord,
  createRandom,
  hostFloats,
  hostZeros,
  initialise,
  selectPrefix,
} from "../src/tensor/index.js";
import { type GanConfig, clipPresets, ganPreset, initialiseGan } from "../src/training/index.js";
import type * as tf from "../src/tf.js";

const contextLength = 16;
const vocabSize = 2048;

/** Words enough for a tokenizer of the emoji pack's size. */
function words(): string[] {
  const random = createRandom("bench words");
  const syllables = Array.from(
    { length: 90 },
    (_, at) => "bcdfghlmnprst"[at % 13]! + "aeiou"[at % 5]! + "lnrst"[at % 4]!,
  );
  return Array.from({ length: 3000 }, () =>
    Array.from({ length: 2 + random.integer(3) }, () => syllables[random.integer(syllables.length)]!).join(
      "",
    ),
  );
}

/** Shape of a CLIP of the emoji recipe. */
export function clipShape(preset: keyof typeof clipPresets, vocabulary = vocabSize): SmallClipConfig {
  const { image, text } = clipPresets[preset];
  return { image, text: { ...text, features: image.features, vocabSize: vocabulary, contextLength } };
}

/** Seeded weights of a CLIP. */
export function clipWeights(config: SmallClipConfig, seed: string): TensorRecord {
  const specs = collectParameters(
    (parameters, { images, tokens, targets }) =>
      computeContrastiveLoss(
        parameters,
        embedImages(parameters, config, images as tf.Tensor4D),
        embedTexts(parameters, config, tokens as tf.Tensor2D),
        targets as tf.Tensor2D,
      ),
    {
      images: { shape: [2, 64, 64, 3], dtype: "float32" },
      tokens: { shape: [2, contextLength], dtype: "int32" },
      targets: { shape: [2, 2], dtype: "float32" },
    },
  );
  return initialise(specs, createRandom(seed));
}

/** Settings of `clipsteer train gan`. */
export const ganSettings: GanConfig = {
  model: ganPreset,
  batch: 32,
  steps: 6000,
  rate: 1.5e-3,
  criticRate: 5e-4,
  seed: 1,
  weights: { pixels: 2, features: 0.3, divergence: 0.0001, meaning: 0.2 },
  words: { from: 0.27, again: 0.87, batch: 256 },
  adversarial: { weight: 0.06, from: 0.5, full: 0.7 },
  gamma: 0.1,
  flip: 0.25,
};

/** A pack of the emoji recipe's shapes with seeded, untrained weights: speed does not depend on what they learned. */
export async function seededPack(folder: string): Promise<Pack> {
  const there = await access(join(folder, "pack.json")).then(
    () => true,
    () => false,
  );
  const known = there ? await loadPack(folder).catch(() => undefined) : undefined; // made before the recipe changed
  if (known) return known;
  const json = trainTokenizer(words(), { vocabSize });
  const vocabulary = Object.keys(json.model.vocab).length;
  const clip = (name: keyof typeof clipPresets) => ({
    name,
    file: `${name}.safetensors`,
    config: structuredClone(clipShape(name, vocabulary)) as never,
  });
  const averaged = selectPrefix("e/", initialiseGan(ganSettings));
  const { style, widths, styles, ...sizes } = ganPreset.generator;
  const basis = Float32Array.from({ length: style * style }, (_, at) => (at % (style + 1) === 0 ? 1 : 0));
  const weights = Object.fromEntries(
    (["guide-a", "guide-b", "judge"] as const).map((name) => [
      `${name}.safetensors`,
      clipWeights(clipShape(name, vocabulary), name),
    ]),
  );
  await writePack(
    folder,
    {
      format: 1,
      name: "bench",
      description: "seeded, untrained, of the emoji pack's shapes",
      license: "MIT",
      resolution: 64,
      tokenizer: "tokenizer.json",
      contextLength,
      generator: {
        file: "generator.safetensors",
        config: { ...sizes, style, widths: [...widths], styles: [...styles] },
      },
      encoder: { file: "encoder.safetensors", config: { widths: [...ganPreset.encoder.widths] } },
      guides: [clip("guide-a"), clip("guide-b")],
      judge: clip("judge"),
      templates: ["{}", "an emoji of {}"],
      articles: false,
    },
    {
      weights: {
        ...weights,
        "generator.safetensors": {
          ...selectPrefix("generator.", averaged),
          [latentNames.mean]: hostZeros([style]),
          [latentNames.basis]: hostFloats(basis, [style, style]),
        },
        "encoder.safetensors": selectPrefix("encoder.", averaged),
      },
      texts: { "tokenizer.json": JSON.stringify(json) },
    },
  );
  return loadPack(folder);
}
