import { z } from "zod";
import { defineCommand } from "../command.js";
import { forceOption } from "../options.js";
import { createStageProgress } from "../stages.js";

/** `clipsteer pack emoji`. */
export const packEmoji = defineCommand({
  usage: "pack emoji",
  describe: "Write trained CLIPs, generator and encoder as a model pack",
  schema: z.strictObject({
    runs: z.string().default("outputs/train").describe("Folder of the runs guide-a, guide-b, judge and gan"),
    data: z.string().default("outputs/data/emoji").describe("Folder made by clipsteer data emoji"),
    out: z.string().default("outputs/packs/emoji").describe("Folder of the pack"),
    force: forceOption,
  }),
  examples: [
    ["clipsteer pack emoji --out generators/emoji --force", "replaces the bundled pack"],
    [
      "clipsteer pack emoji --runs outputs/train --out /mnt/packs/mine",
      "your own pack; use it with --generator",
    ],
  ],
  async run({ runs, data, out, force }, context) {
    const { requireNoPack } = await import("../../packs/index.js");
    const { exportPack } = await import("../../training/index.js");
    requireNoPack(out, { force });
    const { megabytes, parameters } = await exportPack({ runs, data, out, signal: context.signal });
    context.printJson({ out, megabytes, parameters });
    context.print(`${out}: ${megabytes.toFixed(1)} MB, ${(parameters / 1e6).toFixed(1)} million weights`);
  },
});

/** `clipsteer pack stickers`. */
export const packStickers = defineCommand({
  usage: "pack stickers",
  describe: "Write a trained sticker generator and the CLIPs of a pack as a model pack",
  schema: z.strictObject({
    sticker: z.string().default("outputs/train/sticker").describe("Run folder of train sticker"),
    refine: z
      .int()
      .min(0)
      .default(100)
      .describe("Steps of gradient descent that refine the code of each known drawing"),
    refineThings: z
      .int()
      .min(0)
      .optional()
      .describe(
        "Steps for drawings of things that no emoji shows, which the run did not learn (default: four times --refine)",
      ),
    data: z.string().default("outputs/data/stickers").describe("Folder made by clipsteer data stickers"),
    clips: z.string().default("emoji").describe("Pack whose CLIPs steer and judge it: a name, or a folder"),
    out: z.string().default("outputs/packs/stickers").describe("Folder of the pack"),
    name: z.string().min(1).default("stickers").describe("Name of the pack"),
    force: forceOption,
  }),
  examples: [
    ["clipsteer pack stickers --out generators/mine", "writes it next to the bundled packs"],
    [
      "clipsteer pack stickers --refine 0 --refine-things 200",
      "after drawings were added: keeps the codes of the others",
    ],
    [
      "clipsteer pack stickers --clips outputs/packs/clips",
      "steered by other CLIPs; use it with --generator outputs/packs/stickers",
    ],
  ],
  async run({ force, ...options }, context) {
    const { signal } = context;
    const { requireNoPack } = await import("../../packs/index.js");
    const { packStickerRuns } = await import("../../training/index.js");
    requireNoPack(options.out, { force });
    const { onProgress, finish } = createStageProgress(context);
    const { megabytes, parameters } = await packStickerRuns({ ...options, onProgress, signal }).finally(
      finish,
    );
    const { out } = options;
    context.printJson({ out, megabytes, parameters });
    context.print(`${out}: ${megabytes.toFixed(1)} MB, ${(parameters / 1e6).toFixed(1)} million weights`);
  },
});
