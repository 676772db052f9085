import { z } from "zod";
import { defineCommand } from "../command.js";
import { showBytes } from "../sizes.js";
import type { Progress } from "../context.js";

/** `clipsteer models pull`. */
export const modelsPull = defineCommand({
  usage: "models pull <name>",
  describe: "Download a published model, or continue an interrupted download",
  schema: z.strictObject({
    name: z.string().describe("Name as in clipsteer models list").meta({ positional: true }),
    offline: z.boolean().default(false).describe("Use only local files"),
    attempts: z
      .int()
      .min(1)
      .max(100)
      .default(5)
      .describe("Number of consecutive failures after which it stops"),
  }),
  examples: [
    ["clipsteer models pull clip-vit-b-32", "OpenAI's ViT-B/32"],
    [
      "clipsteer models pull clip-vit-b-32-hf --offline",
      "from the cache of the Hugging Face tools, if it is there",
    ],
  ],
  async run({ name, offline, attempts }, context) {
    const { knownModels, readPlaces, pullModel } = await import("../../models/index.js");
    let progress: Progress | undefined;
    const megabytes = (bytes: number): number => Math.round(bytes / 1e6);
    // Before any server is asked.
    const known = knownModels.find((each) => each.name === name);
    if (known?.nonCommercial) context.warn(`${name} is not for commercial use; licence: ${known.license}`);
    else if (known) context.note(`licence: ${known.license}`);
    const record = await pullModel(name, {
      places: readPlaces(process.env),
      // Without the flag, HF_HUB_OFFLINE decides.
      offline: offline || undefined,
      attempts,
      signal: context.signal,
      onPlan({ files, total }) {
        for (const { name: file, size, pinned } of files)
          context.note(
            `  ${file}  ${size === undefined ? "size not stated" : showBytes(size)}` +
              (pinned === "first use" ? "; no hash is published, so what comes cannot be verified" : ""),
          );
        context.note(`in all ${total === undefined ? "an unknown size" : showBytes(total)}`);
        progress = context.progress("MB", total === undefined ? 0 : megabytes(total));
      },
      onProgress: (done, file) => progress?.update(megabytes(done), { note: file }),
    }).finally(() => progress?.stop());
    context.printJson(record);
    for (const { path, sha256, pinned } of record.files) {
      const vouched =
        pinned === "first use"
          ? "not verified: no hash is published; this one is recorded and compared from now on"
          : pinned;
      context.print(`${path}  sha256 ${sha256} (${vouched})`);
    }
  },
});
