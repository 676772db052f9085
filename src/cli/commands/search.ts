import { join, resolve } from "node:path";
import { z } from "zod";
import { ConfigError } from "../../errors.js";
import { clipOptions, locateClips, showFindings, warnOfWords } from "../clips.js";
import { defineCommand } from "../command.js";

/** `clipsteer search`. */
export const search = defineCommand({
  usage: "search [texts..]",
  describe: "Find pictures of an indexed folder by text, by picture, or both",
  schema: z.strictObject({
    texts: z
      .array(z.string())
      .default([])
      .describe("What to look for, each with an optional weight: red::0.5")
      .meta({ positional: true }),
    folder: z.string().default(".").describe("Folder that clipsteer index was run on"),
    image: z.array(z.string()).default([]).describe("Picture that results should resemble; repeatable"),
    not: z.array(z.string()).default([]).describe("Text that results should not match; repeatable"),
    notImage: z
      .array(z.string())
      .default([])
      .describe("Picture that results should not resemble; repeatable"),
    top: z.int().min(1).max(10000).default(20).describe("Pictures found"),
    engine: z
      .enum(["product", "usearch", "lancedb"])
      .default("product")
      .describe(
        "Exact search by one matrix product, or the package usearch or @lancedb/lancedb for millions of pictures",
      ),
    clip: z
      .string()
      .optional()
      .describe("Published CLIP that the index was made with, a file or a folder (default: by its name)"),
    index: z
      .string()
      .optional()
      .describe("File of the index, where it is not in the folder (clipsteer index --index)"),
    sheet: z
      .string()
      .regex(/[^/\\]\.png$/i, "a contact sheet is a PNG; give it a name that ends in .png")
      .optional()
      .describe("Also save a labelled contact sheet of the results as PNG"),
    ...clipOptions,
  }),
  examples: [
    ['clipsteer search "a cat wearing a hat" --folder pictures/', "the 20 nearest"],
    [
      'clipsteer search "red::0.5" --image car.png --not "bus" --sheet found.png',
      "weights, a picture, and a text to avoid",
    ],
  ],
  async run(options, context) {
    const { texts, folder, image, not, notImage, top, engine, sheet, generator, clip, threads } = options;
    if (texts.length + image.length === 0)
      throw new ConfigError('search: nothing to look for; try clipsteer search "a cat wearing a hat"');
    const { parsePromptArgument } = await import("../../prompts/index.js");
    const { createEncoder } = await import("../../embedding/index.js");
    const { explainDoubt, encodeQuery, indexFile, openIndex, openSearcher, readQueryTerms, saveHitSheet } =
      await import("../../search/index.js");
    const { understandTexts } = await import("../../runs/index.js");
    const path = options.index === undefined ? join(resolve(folder), indexFile) : resolve(options.index);
    const textOnly = image.length + notImage.length === 0;
    const source = { ...(await locateClips(context)), generator, clip, textOnly };
    const { index, models } = await openIndex(path, source);
    const readTexts = async (list: readonly string[]) => {
      const { texts: read, findings } = await understandTexts(list, models);
      showFindings(findings, context);
      return read.map(parsePromptArgument);
    };
    const [like, unlike] = [await readTexts(texts), await readTexts(not)];
    const names = [...like, ...unlike].map(({ name }) => name);
    await warnOfWords(models, names, models.templates, context);
    const negativeTerms = unlike.map((term) => ({ ...term, weight: Math.abs(term.weight) }));
    const encoder = createEncoder(models.clips, models.tokenizer, { threads });
    const query = await encodeQuery(
      encoder,
      await readQueryTerms(models, like, image),
      await readQueryTerms(models, negativeTerms, notImage),
    );
    let progress: ReturnType<typeof context.progress> | undefined;
    const searcher = await openSearcher(
      { index, path },
      {
        engine,
        negatives: query.negatives.length,
        threads,
        signal: context.signal,
        onRows: (done) => (progress ??= context.progress(engine, index.entries.length)).update(done),
      },
    );
    progress?.stop();
    const hits = await searcher.search(query, top);
    await Promise.all([encoder.dispose(), searcher.dispose()]);
    const found = hits.map(({ path: file, score }) => ({ path: join(folder, file), score }));
    for (const { path: file, score } of found) context.print(`${score.toFixed(3)}  ${file}`);
    // Sums of texts and pictures score differently, and so do penalties.
    const doubt =
      like.length === 1 && like[0]!.weight > 0 && textOnly && unlike.length === 0
        ? explainDoubt(index, hits)
        : undefined;
    if (doubt !== undefined) context.warn(doubt);
    if (found.length === 0) context.print(`nothing found: the index has ${index.entries.length} pictures`);
    const isSheetWritten =
      sheet !== undefined &&
      (await saveHitSheet(sheet, found, ({ path: file, reason }) =>
        context.warn(`${file}: ${reason}; left out of the sheet`),
      ));
    if (isSheetWritten) context.print(sheet);
    context.printJson({
      hits: found,
      probablyNothing: doubt !== undefined,
      searched: index.entries.length,
      sheet: isSheetWritten ? sheet : undefined,
    });
  },
});
