import { extname } from "node:path";
import { z } from "zod";
import { ConfigError } from "../../errors.js";
import { readLines } from "../../files/index.js";
import { clipChoice, clipOptions, locateClips, skipList, warnOfWords } from "../clips.js";
import { defineCommand } from "../command.js";

/** `clipsteer embed`. */
export const embed = defineCommand({
  usage: "embed [images..]",
  describe: "Write CLIP embeddings of pictures and texts to a file",
  schema: z.strictObject({
    images: z
      .array(z.string())
      .default([])
      .describe("Pictures, or folders of them")
      .meta({ positional: true }),
    text: z.array(z.string()).default([]).describe("Text to embed, after the pictures; repeatable"),
    texts: z.string().optional().describe("File with one text per line, after those"),
    out: z.string().describe("File to write: .npy, .safetensors or .jsonl"),
    clip: z.string().optional().describe(`${clipChoice} (default: the pack's first)`),
    ...clipOptions,
  }),
  examples: [
    ["clipsteer embed pictures/ --out pictures.npy", "unit rows; their paths go to pictures.npy.jsonl"],
    ['clipsteer embed --text "red heart" --texts labels.txt --out texts.jsonl', "texts, one per line"],
  ],
  async run({ images, out, generator, threads, ...options }, context) {
    const {
      createEncoder,
      createVectorWriter,
      encodeFiles,
      joinRows,
      openClips,
      rowOf,
      vectorFormats,
      removeArticles,
    } = await import("../../embedding/index.js");
    const { listPictures } = await import("../../images/index.js");
    const format = vectorFormats.find((name) => extname(out).toLowerCase() === `.${name}`);
    if (!format)
      throw new ConfigError(
        `embed: --out "${out}": expected a name that ends in .${vectorFormats.join(", .")}`,
      );
    const texts = [...options.text, ...(options.texts === undefined ? [] : await readLines(options.texts))];
    const paths = await listPictures(images);
    if (paths.length + texts.length === 0)
      throw new ConfigError("embed: nothing to embed; give pictures, a folder of them, --text or --texts");
    const models = await openClips({ generator, clip: options.clip }, await locateClips(context));
    await warnOfWords(models, texts, ["{}"], context);
    const features = models.clips.reduce((sum, { config }) => sum + config.image.features, 0);
    const encoder = createEncoder(models.clips, models.tokenizer, { threads });
    const writer = await createVectorWriter(out, { format, features });
    const list = skipList(context);
    const progress = context.progress("embed", paths.length + texts.length);
    let done = 0;
    try {
      for await (const { path, rows } of encodeFiles(encoder, paths, { ...list, signal: context.signal })) {
        await writer.write({ path }, joinRows(rows));
        progress.update(++done + list.skipped.length);
      }
      const chunk = 256;
      for (let at = 0; at < texts.length && !context.signal.aborted; at += chunk) {
        const batch = texts.slice(at, at + chunk);
        const matrices = await encoder.encodeTexts(
          batch.map((text) => (models.articles ? text : removeArticles(text))),
        );
        for (const [row, text] of batch.entries()) {
          const rows = matrices.map((matrix) => rowOf(matrix, row, matrix.length / batch.length));
          await writer.write({ text }, joinRows(rows));
        }
        progress.update((done += batch.length) + list.skipped.length);
      }
      if (context.signal.aborted) return;
      const { rows, files } = await writer.finish();
      context.printJson({ files, rows, features, skipped: list.skipped });
      for (const file of files) context.print(file);
    } finally {
      progress.stop();
      await writer.abandon();
      await encoder.dispose();
    }
    list.finish(paths.length);
  },
});
