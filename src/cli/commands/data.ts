import { join } from "node:path";
import { z } from "zod";
import { InputError } from "../../errors.js";
import { defineCommand } from "../command.js";
import type { Context } from "../context.js";
import { createStageProgress } from "../stages.js";

/** Shows warnings and one progress line a stage. */
function buildHandlers(context: Context) {
  const { onProgress, finish } = createStageProgress(context);
  return { handlers: { signal: context.signal, onProblem: context.warn, onProgress }, finish };
}

/** `clipsteer data emoji`. */
export const dataEmoji = defineCommand({
  usage: "data emoji",
  describe: "Build the captioned emoji pictures that the emoji pack is trained on",
  schema: z.strictObject({
    out: z.string().default("outputs/data/emoji").describe("Folder to build into"),
    cache: z.string().optional().describe("Folder of downloaded packages (default: packages in --out)"),
    offline: z.boolean().default(false).describe("Use only downloaded packages"),
    stickers: z
      .string()
      .optional()
      .describe(
        "Folder made by clipsteer data stickers: exclude the same concepts and pairs from training, for the CLIPs of a sticker pack",
      ),
  }),
  examples: [
    ["clipsteer data emoji", "download seven sets from npm, draw them and split them"],
    ["clipsteer data emoji --offline --json", "again, from downloaded packages, as JSON"],
  ],
  async run({ out, cache, offline, stickers }, context) {
    const { buildEmojiData, listHeldOut, loadStickerData } = await import("../../data/index.js");
    const heldConcepts = stickers === undefined ? undefined : listHeldOut(await loadStickerData(stickers));
    const { handlers, finish } = buildHandlers(context);
    const manifest = await buildEmojiData({ out, heldConcepts, cache, offline, ...handlers });
    finish();
    const { images, sets, splits, built, problems } = manifest;
    context.printJson({ out, built, images, sets, splits, problems });
    context.print(`${built ? "built" : "already there, nothing to do"}: ${images} pictures in ${out}`);
    for (const [split, count] of Object.entries(splits)) context.print(`  ${split}: ${count}`);
  },
});

/** `clipsteer data emoji-variants`. */
export const dataEmojiVariants = defineCommand({
  usage: "data emoji-variants",
  describe: "Draw emoji people in every skin tone, to measure bias; never for training",
  schema: z.strictObject({
    data: z.string().default("outputs/data/emoji").describe("Folder made by clipsteer data emoji"),
    out: z.string().default("outputs/data/emoji-variants").describe("Folder to build into"),
    cache: z.string().optional().describe("Folder of downloaded packages (default: packages in --data)"),
    offline: z.boolean().default(false).describe("Use only downloaded packages"),
  }),
  examples: [
    ["clipsteer data emoji-variants", "pictures and variants.csv"],
    ["clipsteer data emoji-variants --offline --json", "from the packages of data emoji, as JSON"],
  ],
  async run({ data, out, cache = join(data, "packages"), offline }, context) {
    const { buildEmojiVariants, loadEmojiData } = await import("../../data/index.js");
    const { handlers, finish } = buildHandlers(context);
    const built = await buildEmojiVariants(await loadEmojiData(data), { out, cache, offline, ...handlers });
    finish();
    context.printJson({ out, ...built });
    context.print(`built: ${built.pictures} pictures in ${out}`);
    for (const [tone, count] of Object.entries(built.tones)) context.print(`  ${tone}: ${count}`);
    context.print(built.table);
  },
});

/** `clipsteer data stickers`. */
export const dataStickers = defineCommand({
  usage: "data stickers",
  describe: "Build drawings as regions with fills, that sticker packs are trained on",
  schema: z.strictObject({
    out: z.string().default("outputs/data/stickers").describe("Folder to build into"),
    cache: z.string().optional().describe("Folder of downloaded packages (default: packages in --out)"),
    offline: z.boolean().default(false).describe("Use only downloaded packages"),
    drawings: z
      .string()
      .optional()
      .describe("Folder of drawings as SVG of things that no emoji shows (default: generators/drawings)"),
  }),
  examples: [
    ["clipsteer data stickers", "download icon sets from npm and split their drawings into regions"],
    [
      "clipsteer data stickers --cache outputs/data/emoji/packages --offline",
      "from the packages of data emoji",
    ],
    ["clipsteer data stickers --drawings my-drawings", "with your own drawings in place of the bundled ones"],
  ],
  async run({ out, cache, offline, drawings: ownDrawings }, context) {
    const { buildStickerData, smallestMedianPsnr } = await import("../../data/index.js");
    const { onProgress, finish } = createStageProgress(context);
    const { signal } = context;
    const manifest = await buildStickerData({ out, cache, offline, ownDrawings, signal, onProgress });
    finish();
    const { drawings, psnr, splits, built, leftOut } = manifest;
    const tooLow = Object.entries(psnr).filter(([, median]) => median < smallestMedianPsnr);
    context.printJson({ out, built, drawings, psnr, gate: smallestMedianPsnr, splits, leftOut });
    context.print(`${built ? "built" : "already there, nothing to do"}: ${drawings} drawings in ${out}`);
    for (const [set, median] of Object.entries(psnr))
      context.print(`  ${set}: repainted at ${median.toFixed(1)} dB (median)`);
    for (const [split, number] of Object.entries(splits)) context.print(`  ${split}: ${number}`);
    if (leftOut.length > 0)
      context.warn(`${leftOut.length} drawings or sets left out; manifest.json names them with the reason`);
    if (tooLow.length > 0)
      throw new InputError(
        `data stickers: ${tooLow.map(([set, median]) => `${set} is repainted at ${median.toFixed(1)} dB`).join(", ")} (median); ` +
          `a set needs ${smallestMedianPsnr} dB to learn from: train without it (--sets)`,
      );
  },
});

/** `clipsteer data aliases`. */
export const dataAliases = defineCommand({
  usage: "data aliases",
  describe: "Build the table of emoji and names in other languages for reading prompts",
  schema: z.strictObject({
    out: z.string().default("outputs/data/aliases.json.br").describe("File to write"),
    cache: z.string().default("outputs/data/emoji/packages").describe("Folder of downloaded packages"),
    offline: z.boolean().default(false).describe("Use only downloaded packages"),
  }),
  examples: [
    ["clipsteer data aliases --out generators/aliases.json.br", "replaces the bundled table"],
    ["clipsteer data aliases --offline --json", "from the packages of data emoji, as JSON"],
  ],
  async run({ out, cache, offline }, context) {
    const { writeAliasFile } = await import("../../data/index.js");
    const { concepts, languages, bytes } = await writeAliasFile({
      out,
      cache,
      offline,
      signal: context.signal,
    });
    context.printJson({ out, concepts, languages, bytes });
    context.print(`${out}: ${concepts} concepts in ${languages} languages, ${Math.round(bytes / 1000)} kB`);
  },
});
