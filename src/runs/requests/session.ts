import { z } from "zod";

/** The bundled pack that is used where none is named. */
export const defaultPack = "stickers";

/** Engines that programs run on, the usual one first. */
export const engineNames = ["compiled", "tensorflow", "wasm", "cpu"] as const;

/** Fields of a request that decide which session serves it. */
export const sessionFields = {
  generator: z.string().default(defaultPack).describe("Model pack, by name or folder"),
  engine: z.enum(engineNames).default("compiled").describe("Where it runs"),
  threads: z.int().min(1).max(256).optional().describe("Threads (default: one a core)"),
};

/** Formats of pixels, all without loss. */
export const pixelFormats = ["png", "webp", "avif"] as const;
/** Formats of pictures that are made of regions. */
export const pictureFormats = [...pixelFormats, "svg"] as const;

/** How a background is written. */
export const backgroundPattern = /^(?:none|white|#[0-9a-f]{3}|#[0-9a-f]{6})$/i;
/** Widest border of a sticker, in pixels of a picture of 256×256. */
export const widestOutline = 32;

/** Fields that decide how a picture is written. */
export const outputFields = {
  format: z.enum(pixelFormats).default("png").describe("Format of the picture"),
  metadata: z
    .boolean()
    .default(true)
    .describe("Write the settings into the picture, so that it can be made again"),
};
