import { join, resolve } from "node:path";
import { stat } from "node:fs/promises";
import { z } from "zod";
import { ConfigError } from "../../errors.js";
import { clipChoice, clipOptions, locateClips, skipList } from "../clips.js";
import { defineCommand } from "../command.js";

/** `clipsteer index`. */
export const searchIndex = defineCommand({
  usage: "index <folder>",
  describe: "Make a folder of pictures searchable, or bring its index up to date",
  schema: z.strictObject({
    folder: z.string().describe("Folder of pictures").meta({ positional: true }),
    clip: z.string().optional().describe(`${clipChoice} (default: the pack's first)`),
    index: z
      .string()
      .optional()
      .describe("File of the index, for folders that cannot be written (default: in the folder itself)"),
    exclude: z
      .array(z.string())
      .default([])
      .describe("Name of files or folders to leave out, with * for any letters; repeatable"),
    ...clipOptions,
  }),
  examples: [
    ["clipsteer index pictures/", "the second time, only new, changed and deleted files"],
    ["clipsteer index pictures/ --clip all", "better results; three times the work"],
  ],
  async run({ folder, index, exclude, generator, clip, threads }, context) {
    const { createEncoder, openClips } = await import("../../embedding/index.js");
    const { indexFile, updateIndex } = await import("../../search/index.js");
    if (!(await stat(folder).catch(() => undefined))?.isDirectory())
      throw new ConfigError(`index: ${folder}: no such folder; give a folder of pictures`);
    const models = await openClips({ generator, clip }, { ...(await locateClips(context)), only: "image" });
    const encoder = createEncoder(models.clips, models.tokenizer, { threads });
    const list = skipList(context);
    const path = index === undefined ? join(resolve(folder), indexFile) : resolve(index);
    const began = performance.now();
    const { onSkip } = list;
    const onPassedOver = (counts: ReadonlyMap<string, number>): void => {
      const kinds = [...counts].map(([ending, count]) => `${count} ${ending}`).join(", ");
      context.warn(`${folder}: skipped pictures of unsupported formats: ${kinds}`);
    };
    const options = { signal: context.signal, onSkip, exclude, onPassedOver };
    const update = updateIndex(folder, path, models, encoder, options);
    let progress: ReturnType<typeof context.progress> | undefined;
    for (;;) {
      const next = await update.next();
      if (!next.done) {
        progress ??= context.progress("index", next.value.total);
        progress.update(next.value.done);
        continue;
      }
      progress?.stop();
      await encoder.dispose();
      const { skipped, ...report } = next.value;
      const { files, embedded, known, removed, unchanged, repaired } = report;
      const seconds = (performance.now() - began) / 1000;
      if (repaired) context.warn(`${path}: was damaged; the damaged part was rebuilt`);
      context.printJson({ index: path, ...report, skipped, seconds, stopped: context.signal.aborted });
      context.print(
        `${files} pictures: ${embedded} embedded, ${known} known, ${unchanged} unchanged, ${removed} removed`,
      );
      list.finish(files + skipped.length);
      return;
    }
  },
});
