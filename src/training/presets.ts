import type { SmallImageConfig } from "../clip/index.js";
import type { GanModel } from "./ganLosses.js";

/** Encoder shapes of the emoji pack's CLIPs. They differ on purpose: what fools one should not fool the next. */
export const clipPresets = {
  /** Convolutions on 32×32. */
  "guide-a": {
    image: { size: 32, stem: 24, patch: 2, widths: [48, 96, 192, 256], layers: 0, heads: 1, features: 256 },
    text: { width: 160, layers: 3, heads: 4 },
  },
  /** Convolutions on 64×64 down to 8×8, then a transformer over those 64 places. */
  "guide-b": {
    image: { size: 64, stem: 16, patch: 4, widths: [48, 128], layers: 2, heads: 4, features: 256 },
    text: { width: 128, layers: 3, heads: 4 },
  },
  /** Convolutions on 64×64 in bigger blocks; never gives a gradient to a picture. */
  judge: {
    image: { size: 64, stem: 20, patch: 4, widths: [56, 112, 224, 288], layers: 0, heads: 1, features: 256 },
    text: { width: 192, layers: 2, heads: 6 },
  },
} as const satisfies Record<
  string,
  { image: SmallImageConfig; text: { width: number; layers: number; heads: number } }
>;

/** Name of a CLIP preset. */
export type ClipPreset = keyof typeof clipPresets;

/** Prompt templates of the emoji pack; the sentences its CLIPs learned from. */
export const emojiTemplates: readonly string[] = [
  "{}",
  "an emoji of {}",
  "{} emoji",
  "{}, noto style",
  "{}, twemoji flat style",
  "{}, fluent flat style",
];

/** Shape of the emoji generator and its partners: about 125, 15 and 28 million multiply-adds a picture. */
export const ganPreset: GanModel = {
  generator: {
    noise: 128,
    condition: 256,
    styles: ["noto style", "twemoji flat style", "fluent flat style"],
    style: 256,
    widths: [160, 112, 64, 16],
  },
  encoder: { widths: [48, 96, 160] },
  discriminator: { widths: [32, 64, 96, 160] },
};
