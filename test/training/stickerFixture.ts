import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StickerShape } from "../../src/gan/index.js";
import { saveCheckpoint } from "../../src/training/index.js";
import { type StickerSet, selectStickers } from "../../src/training/sticker/batches.js";
import { type StickerConfig, initialiseSticker } from "../../src/training/sticker/trainer.js";
import type { StickerData } from "../../src/data/index.js";

export const tinyShape: StickerShape = {
  code: 2,
  detail: 1,
  encoder: [4, 4, 6],
  decoder: [6, 6, 4],
  outline: 4,
  fill: 6,
};
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

/** Drawings that the tiny models learn from. */
export const tinySet = (data: StickerData): StickerSet => selectStickers(data, tinySets, ["train", "pair"]);

/** Run folder of an untrained tiny model, for `--from`. */
export async function tinyRun(data: StickerData): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "clipsteer-run-"));
  await saveCheckpoint(folder, {
    step: 1,
    state: initialiseSticker(tinySticker, tinySet(data)),
    settings: JSON.stringify(tinySticker),
  });
  return folder;
}
