import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StickerShape, WordsShape } from "../../src/gan/index.js";
import { saveCheckpoint } from "../../src/training/index.js";
import { type StickerSet, selectStickers } from "../../src/training/sticker/batches.js";
import { type StickerConfig, initialiseSticker } from "../../src/training/sticker/trainer.js";
import { type WordsConfig, initialWords } from "../../src/training/sticker/words.js";
import type { StickerData } from "../../src/data/index.js";

export const tinyShape: StickerShape = {
  code: 2,
  encoder: [4, 4, 6],
  decoder: [6, 6, 4],
  outline: 4,
  fill: 6,
};
export const tinyWords: WordsShape = { condition: 16, noise: 3, width: 4, blocks: 1 };
export const tinySets = ["noto", "twemoji"];

export const tinySticker: StickerConfig = {
  shape: tinyShape,
  sets: tinySets,
  purpose: "release",
  batch: 2,
  steps: 6,
  rate: 5e-3,
  seed: 1,
  noise: 0.1,
  recoloured: 0.5,
  reassign: [3],
  weights: { fills: 2, pixels: 1, code: 1e-4 },
};

export const tinyWordsConfig: WordsConfig = {
  shape: tinyShape,
  words: tinyWords,
  styles: tinySets.length,
  batch: 3,
  steps: 6,
  rate: 5e-3,
  seed: 3,
  refine: 0,
  decoded: 2,
  critic: 4,
  adversarial: 0.03,
};

/** Drawings that the tiny models learn from. */
export const tinySet = (data: StickerData): StickerSet => selectStickers(data, tinySets, ["train", "pair"]);

/** Run folders of untrained tiny models, for `--from`. */
export async function tinyRuns(data: StickerData): Promise<{ sticker: string; words: string }> {
  const folder = (): Promise<string> => mkdtemp(join(tmpdir(), "clipsteer-run-"));
  const [sticker, words] = [await folder(), await folder()];
  await saveCheckpoint(sticker, {
    step: 1,
    state: initialiseSticker(tinySticker, tinySet(data)),
    settings: JSON.stringify(tinySticker),
  });
  await saveCheckpoint(words, {
    step: 1,
    state: initialWords(tinyWordsConfig),
    settings: JSON.stringify(tinyWordsConfig),
  });
  return { sticker, words };
}
