import type { StickerShape } from "../gan/index.js";
import type { GanModel } from "./ganLosses.js";

/** Prompt templates of the emoji pack; the sentences its CLIPs learned from. */
export const emojiTemplates: readonly string[] = [
  "{}",
  "an emoji of {}",
  "{} emoji",
  "{}, noto style",
  "{}, twemoji flat style",
  "{}, fluent flat style",
];

/** Shape of the emoji generator and its partners: about 125, 33 and 28 million multiply-adds per picture. */
export const ganPreset: GanModel = {
  generator: {
    condition: 256,
    styles: ["noto style", "twemoji flat style", "fluent flat style"],
    style: 256,
    hidden: 2048,
    code: 16,
    widths: [160, 112, 64, 16],
  },
  encoder: { widths: [32, 64, 128] },
  discriminator: { widths: [32, 64, 96, 160] },
};

/** Shape of the sticker generator's encoder and decoder: 1.4 million weights. */
export const stickerPreset: StickerShape = {
  code: 16,
  detail: 2,
  encoder: [48, 112, 192],
  decoder: [192, 128, 72],
  outline: 24,
  fill: 192,
  smoothing: 0.2,
};
