import { z } from "zod";
import type { pixelFormats as writtenFormats } from "../../images/index.js";
import { runFields } from "../../prompts/index.js";

/** The default pack, which is bundled. */
export const defaultPack = "stickers";

/** Engines that run programs. The first is the default. */
export const engineNames = ["compiled", "tensorflow", "wasm", "cpu"] as const;

/** Fields of a request that select its session. */
export const sessionFields = {
  generator: runFields.generator.default(defaultPack),
  engine: z.enum(engineNames).default("compiled").describe("Engine that runs the models"),
  threads: z.int().min(1).max(256).optional().describe("Threads (default: one per core)"),
};

/** Raster formats. All are written losslessly. They are listed again because a command's help loads no encoder. */
export const pixelFormats = ["png", "webp", "avif"] as const satisfies typeof writtenFormats;
/** Formats of pictures from a generator with regions. */
export const pictureFormats = [...pixelFormats, "svg"] as const;

/** Pattern of a background colour. */
export const backgroundPattern = /^(?:none|white|#[0-9a-f]{3}|#[0-9a-f]{6})$/i;
/** Maximum width of a sticker's border, in pixels of a 256×256 picture. */
export const widestOutline = 32;

/** Fields of a request that control the output file. */
export const outputFields = {
  format: z.enum(pixelFormats).default("png").describe("Format of the picture"),
  metadata: z
    .boolean()
    .default(true)
    .describe("Write the settings into the picture, so that it can be reproduced"),
};
