import { join } from "node:path";
import { z } from "zod";
import { defineCommand } from "../command.js";

/** `clipsteer rate`. */
export const ratePictures = defineCommand({
  usage: "rate <folder>",
  describe: "Rate pictures blind on a local page: what is it, or which of two is better",
  schema: z.strictObject({
    folder: z
      .string()
      .describe("Folder of pictures; for a choice, of two folders with pictures of equal names")
      .meta({ positional: true }),
    task: z
      .enum(["naming", "choice"])
      .default("naming")
      .describe("naming: one picture, up to eight prompts; choice: two pictures of one prompt"),
    rater: z.string().min(1).max(100).default("rater-1").describe("Name of the person who rates"),
    out: z.string().optional().describe("File of ratings (default: ratings-<rater>.json in the folder)"),
    port: z.int().min(0).max(65535).default(0).describe("Port; 0 selects a free port"),
  }),
  examples: [
    ["clipsteer rate outputs/test-known", "name each picture; the keys are on the page"],
    [
      "clipsteer rate compare/ --task choice --rater ada",
      "compare/ascent/*.png against compare/drafts/*.png",
    ],
  ],
  async run({ folder, task, rater, out, port }, context) {
    const { slugOf } = await import("../../images/index.js");
    const { openRating, serveRating } = await import("../../rating/index.js");
    const file = out ?? join(folder, `ratings-${slugOf(rater)}.json`);
    const session = await openRating({ folder, task, rater, file });
    const { url, token, close } = await serveRating(session, port);
    context.print(`${session.total} trials; answers go to ${file}`);
    context.print(`Open ${url}`);
    context.printJson({ url, token, file, trials: session.total });
    context.note("Ctrl-C ends; the same command continues");
    await new Promise<void>((resolve) => {
      if (context.signal.aborted) resolve();
      else context.signal.addEventListener("abort", () => resolve(), { once: true });
    });
    await close();
  },
});
