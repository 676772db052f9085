import { z } from "zod";
import { defineCommand } from "../command.js";

/** `clipsteer pack emoji`. */
export const packEmoji = defineCommand({
  usage: "pack emoji",
  describe: "Put trained CLIPs, generator and encoder together into a model pack",
  schema: z.strictObject({
    runs: z.string().default("outputs/train").describe("Folder of the runs guide-a, guide-b, judge and gan"),
    data: z.string().default("outputs/data/emoji").describe("Folder made by clipsteer data emoji"),
    out: z.string().default("outputs/packs/emoji").describe("Folder of the pack"),
  }),
  examples: [
    ["clipsteer pack emoji --out generators/emoji", "replace the pack that comes with clipsteer"],
    [
      "clipsteer pack emoji --runs outputs/train --out /mnt/packs/mine",
      "a pack of your own; use it with --generator",
    ],
  ],
  async run({ runs, data, out }, context) {
    const { exportPack } = await import("../../training/index.js");
    const { megabytes, parameters } = await exportPack({ runs, data, out });
    context.printJson({ out, megabytes, parameters });
    context.print(`${out}: ${megabytes.toFixed(1)} MB, ${(parameters / 1e6).toFixed(1)} million weights`);
  },
});
