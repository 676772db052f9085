import { z } from "zod";
import { defineCommand } from "../command.js";
import type { Progress } from "../context.js";

/** `clipsteer data emoji`. */
export const dataEmoji = defineCommand({
  usage: "data emoji",
  describe: "Build the captioned emoji pictures that the emoji pack is trained on",
  schema: z.strictObject({
    out: z.string().default("outputs/data/emoji").describe("Folder to build into"),
    cache: z.string().optional().describe("Folder of fetched packages (default: packages in --out)"),
    offline: z.boolean().default(false).describe("Use fetched packages only"),
  }),
  examples: [
    ["clipsteer data emoji", "fetch seven sets from npm, draw and split them"],
    ["clipsteer data emoji --offline --json", "again from what was fetched, as JSON"],
  ],
  async run({ out, cache, offline }, context) {
    const { buildEmojiData } = await import("../../data/index.js");
    let bar: { stage: string; progress: Progress } | undefined;
    const manifest = await buildEmojiData({
      out,
      ...(cache !== undefined && { cache }),
      offline,
      signal: context.signal,
      onProblem: (message) => context.warn(message),
      onProgress: ({ stage, done, total }) => {
        if (bar?.stage !== stage) {
          bar?.progress.stop();
          bar = { stage, progress: context.progress(stage, total) };
        }
        bar.progress.update(done);
      },
    });
    bar?.progress.stop();
    const { images, sets, splits, built, problems } = manifest;
    context.printJson({ out, built, images, sets, splits, problems });
    context.print(`${built ? "built" : "already there, nothing to do"}: ${images} pictures in ${out}`);
    for (const [split, count] of Object.entries(splits)) context.print(`  ${split}: ${count}`);
  },
});
