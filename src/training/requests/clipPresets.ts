import type { SmallImageConfig } from "../../clip/index.js";

/** Shapes of a CLIP's encoders. */
export interface ClipShape {
  /** Kind and sizes of the image encoder. */
  readonly image: SmallImageConfig;
  /** Width in channels, number of blocks, and attention heads of the text encoder; heads divide the width. */
  readonly text: { readonly width: number; readonly layers: number; readonly heads: number };
}

/**
 * Encoder shapes that a training can be asked for: those of the emoji pack's three CLIPs, which differ on purpose (an adversarial
 * picture of one should not transfer to the next), and two for folders of one's own pictures.
 */
export const requestedPresets = {
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
  /** Convolutions on 64×64 in larger blocks. As the judge it gives no gradient to a picture. */
  judge: {
    image: { size: 64, stem: 20, patch: 4, widths: [56, 112, 224, 288], layers: 0, heads: 1, features: 256 },
    text: { width: 192, layers: 2, heads: 6 },
  },
  /** Few convolutions on 32×32; trains on a small set in minutes. */
  tiny: {
    image: { size: 32, stem: 16, patch: 2, widths: [32, 64, 128], layers: 0, heads: 1, features: 128 },
    text: { width: 96, layers: 2, heads: 4 },
  },
  /** A transformer over 64 patches of 8×8 pixels, with a convolutional stem. */
  vit: {
    image: { size: 64, stem: 8, patch: 8, widths: [160], layers: 4, heads: 4, features: 256 },
    text: { width: 128, layers: 3, heads: 4 },
  },
} as const satisfies Record<string, ClipShape>;

/** All encoder shapes: those that can be asked for, and the shape of the independent judge. */
export const clipPresets = {
  ...requestedPresets,
  /** Convolutions on 64×64 down to 4×4, then a transformer over those 16 places: the independent judge. */
  independent: {
    image: { size: 64, stem: 24, patch: 4, widths: [64, 128, 224], layers: 2, heads: 4, features: 256 },
    text: { width: 160, layers: 3, heads: 4 },
  },
} as const satisfies Record<string, ClipShape>;

/** Name of a CLIP preset. */
export type ClipPreset = keyof typeof clipPresets;
