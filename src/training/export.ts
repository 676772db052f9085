import { join } from "node:path";
import { type SmallClipConfig, type Tokenizer, loadTokenizer } from "../clip/index.js";
import { loadEmojiData } from "../data/index.js";
import { type UpscalerConfig, latentNames, appendStyles } from "../gan/index.js";
import { type PackManifest, writePack } from "../packs/index.js";
import { type TensorRecord, createRandom, hostFloats, selectPrefix } from "../tensor/index.js";
import { embedCaptions, embedLabels } from "./conditions.js";
import type { GanModel } from "./ganLosses.js";
import type { GanConfig } from "./ganProgram.js";
import { type PackSize, makeConceptWeights, measurePackSize } from "./packWeights.js";
import { emojiTemplates } from "./presets.js";
import { loadCheckpoint } from "./run.js";
import { parseRunSettings, readTokenizerFile } from "./runSettings.js";
import { computeLatentStatistics } from "./samples.js";
import { loadTrainedUpscaler } from "./upscalerSession.js";
import { selectGanPictures } from "./batches.js";
import { contextLength } from "./captionTokenizer.js";
import { loadTrainedClip } from "./sessions.js";

type TrainedClip = Awaited<ReturnType<typeof loadTrainedClip>>;

/** Number of texts on which the latent statistics are measured. */
const statisticTexts = 4096;

/**
 * Writes the runs `guide-a`, `guide-b`, `judge`, `gan` and, if present, `upscaler` as one pack, with the averaged weights of generator, encoder
 * and upscaler.
 * @param folders.runs folder of the runs.
 * @param folders.data folder of the emoji data that they learned from.
 * @param folders.out folder of the pack.
 * @param folders.signal ends the export before it writes a further file.
 * @returns size of the weight files in units of 10⁶ bytes, and the number of values in them, statistics and label embeddings included.
 * @throws {InputError} when the data is missing; {WeightsError} when a run is missing or damaged; the signal's reason.
 */
export async function exportPack(folders: {
  runs: string;
  data: string;
  out: string;
  signal?: AbortSignal;
}): Promise<PackSize> {
  const { signal } = folders;
  signal?.throwIfAborted();
  const data = await loadEmojiData(folders.data);
  const json = await readTokenizerFile(join(folders.data, "tokenizer.json"));
  const tokenizer = loadTokenizer(json, { contextLength });
  const clips = await Promise.all(
    ["guide-a", "guide-b", "judge"].map((name) => loadTrainedClip(join(folders.runs, name))),
  );
  const ganFolder = join(folders.runs, "gan");
  const gan = await loadCheckpoint(ganFolder);
  const { model } = parseRunSettings<GanConfig>("a generator of emoji", gan, ganFolder);
  // Moving averages of generator and encoder; "w/" are the weights of the last step.
  const averaged = selectPrefix("e/", gan.state);
  const generator = selectPrefix("generator.", averaged);
  const [guideA, guideB, judge] = clips as [(typeof clips)[0], (typeof clips)[0], (typeof clips)[0]];
  const { items } = selectGanPictures(data, model.generator.styles);
  const latentStatistics = await measureLatents({ model, generator, items, tokenizer, clip: guideA, signal });
  signal?.throwIfAborted();
  const knownLabels = [...new Set(items.map(({ label }) => label))].sort();
  const concepts = await Promise.all(
    [guideA, guideB].map((clip) => embedLabels(knownLabels, tokenizer, clip)),
  );
  const upscaler = await loadTrainedUpscaler(join(folders.runs, "upscaler"));
  const weights: Record<string, TensorRecord> = {
    "generator.safetensors": {
      ...generator,
      ...makeConceptWeights(concepts, knownLabels.length),
      ...latentStatistics,
    },
    "encoder.safetensors": selectPrefix("encoder.", averaged),
    "discriminator.safetensors": selectPrefix("w/discriminator.", gan.state),
    ...(upscaler && { "upscaler.safetensors": upscaler.weights }),
    "guide-a.safetensors": guideA.weights,
    "guide-b.safetensors": guideB.weights,
    "judge.safetensors": judge.weights,
  };
  await writePack(
    folders.out,
    makeManifest(model, { guideA, guideB, judge, upscaler: upscaler?.config }),
    { weights, texts: { "tokenizer.json": JSON.stringify(json) } },
    { signal },
  );
  return measurePackSize(folders.out, weights);
}

/** Measures the statistics of latents on captions that are drawn from the labels of the items. @throws the signal's reason. */
async function measureLatents({
  model,
  generator,
  items,
  tokenizer,
  clip,
  signal,
}: {
  readonly model: GanModel;
  readonly generator: TensorRecord;
  readonly items: readonly { readonly label: string }[];
  readonly tokenizer: Tokenizer;
  readonly clip: TrainedClip;
  readonly signal: AbortSignal | undefined;
}): Promise<TensorRecord> {
  const random = createRandom("latent statistics");
  const captions = Array.from(
    { length: statisticTexts },
    () => `an emoji of ${items[random.integer(items.length)]!.label}`,
  );
  signal?.throwIfAborted();
  const embedded = await embedCaptions(captions, tokenizer, clip);
  signal?.throwIfAborted();
  const styles = captions.map(() => random.integer(model.generator.styles.length));
  const { mean, basis } = await computeLatentStatistics(
    model,
    generator,
    appendStyles(embedded, styles, model.generator),
  );
  const { style } = model.generator;
  return {
    [latentNames.mean]: hostFloats(mean, [style]),
    [latentNames.basis]: hostFloats(basis, [style, style]),
  };
}

function makeManifest(
  model: GanModel,
  {
    guideA,
    guideB,
    judge,
    upscaler,
  }: Readonly<Record<"guideA" | "guideB" | "judge", TrainedClip>> & {
    readonly upscaler: UpscalerConfig | undefined;
  },
): Omit<PackManifest, "sha256"> {
  return {
    format: 1,
    name: "emoji",
    description: "64×64 emoji, trained by clipsteer on seven openly licensed sets",
    license: "MIT",
    resolution: 64,
    tokenizer: "tokenizer.json",
    contextLength,
    generator: {
      file: "generator.safetensors",
      config: {
        ...model.generator,
        widths: [...model.generator.widths],
        styles: [...model.generator.styles],
      },
    },
    encoder: { file: "encoder.safetensors", config: { widths: [...model.encoder.widths] } },
    discriminator: {
      file: "discriminator.safetensors",
      config: { widths: [...model.discriminator.widths] },
    },
    upscaler: upscaler && { file: "upscaler.safetensors", config: upscaler },
    guides: [
      { name: "guide-a", file: "guide-a.safetensors", config: copyConfig(guideA.config) },
      { name: "guide-b", file: "guide-b.safetensors", config: copyConfig(guideB.config) },
    ],
    judge: { name: "judge", file: "judge.safetensors", config: copyConfig(judge.config) },
    templates: [...emojiTemplates],
    articles: false,
  };
}

/** Returns a copy of the shape with mutable arrays, as the manifest's schema requires. */
export function copyConfig({ image, text, sigmoid }: SmallClipConfig) {
  return {
    image: { ...image, widths: [...image.widths] },
    text: { ...text },
    sigmoid,
  };
}
