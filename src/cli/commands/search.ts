import { basename, join, resolve } from "node:path";
import { z } from "zod";
import { ConfigError, InputError } from "../../errors.js";
import { clipOptions, showFindings, warnOfWords } from "../clips.js";
import { defineCommand } from "../command.js";

const thumbnail = 128;

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
    image: z
      .array(z.string())
      .default([])
      .describe("Picture that the found ones should resemble; repeatable"),
    not: z.array(z.string()).default([]).describe("Text of what should not be in them; repeatable"),
    notImage: z.array(z.string()).default([]).describe("Picture that they should not resemble; repeatable"),
    top: z.int().min(1).max(10000).default(20).describe("Pictures found"),
    engine: z
      .enum(["product", "usearch", "lancedb"])
      .default("product")
      .describe(
        "One matrix product over all; for millions, the package usearch or @lancedb/lancedb where installed",
      ),
    clip: z
      .string()
      .optional()
      .describe("Published CLIP that the index was made with, a file or a folder (default: by its name)"),
    index: z
      .string()
      .optional()
      .describe("File of the index, where it is not in the folder (clipsteer index --index)"),
    sheet: z.string().optional().describe("Also write a labelled contact sheet of them, a PNG"),
    ...clipOptions,
  }),
  examples: [
    ['clipsteer search "a cat wearing a hat" --folder pictures/', "the 20 nearest"],
    [
      'clipsteer search "red::0.5" --image car.png --not "bus" --sheet found.png',
      "weights, a picture, and a no",
    ],
  ],
  async run(options, context) {
    const { texts, folder, image, not, notImage, top, engine, sheet, generator, clip, threads } = options;
    if (texts.length + image.length === 0)
      throw new ConfigError('search: nothing to look for; try clipsteer search "a cat wearing a hat"');
    const { parsePromptArgument } = await import("../../prompts/index.js");
    const { clipNames, createEncoder, fillTemplate, loadClips, reasonOf, withoutArticles } =
      await import("../../embedding/index.js");
    const { createNeighbourSearcher, createSearcher, indexFile, encodeQuery, readIndex, requireModel } =
      await import("../../search/index.js");
    const { packOfIndex, packWith } = await import("../published.js");
    const { bytesOf, contactSheet, loadPicture, savePicture, squareFrom } =
      await import("../../images/index.js");
    const path = options.index === undefined ? join(resolve(folder), indexFile) : resolve(options.index);
    const index = await readIndex(path);
    const again = `run clipsteer index ${folder}`;
    if (!index) throw new InputError(`${path}: no index that can be read; ${again}`);
    if (index.damaged) throw new InputError(`${path}: is damaged; ${again} to repair it`);
    const names = index.header.clips.map(({ name }) => name);
    const pack =
      clip === undefined
        ? await packOfIndex(generator, names[0]!, context)
        : await packWith(generator, clip, context);
    const known = clipNames(pack);
    const asked = clip === "all" || known.some(({ name }) => name === clip); // else a file or folder, or nothing
    requireModel(path, index.header, {
      pack: pack.manifest.name,
      clips: known.filter(({ name }) => (asked ? clip === "all" || name === clip : names.includes(name))),
    });
    const pictured = image.length + notImage.length > 0;
    const models = await loadClips(
      pack,
      names.length > 1 ? "all" : names[0]!,
      pictured ? {} : { only: "text" },
    );
    const { understandTexts } = await import("../../runs/index.js");
    const readTexts = async (list: readonly string[]) => {
      const { texts: read, findings } = await understandTexts(list, models);
      showFindings(findings, context);
      return read.map(parsePromptArgument);
    };
    const [wanted, unwanted] = [await readTexts(texts), await readTexts(not)];
    await warnOfWords(
      models,
      [...wanted, ...unwanted].map(({ name }) => name),
      models.templates,
      context,
    );
    const textTerm = ({ name, weight }: (typeof wanted)[0]) => {
      const plain = models.articles ? name : withoutArticles(name);
      return { prompts: models.templates.map((template) => fillTemplate(template, plain)), weight };
    };
    const pictureTerm = async (file: string) => ({ picture: (await loadPicture(file)).picture, weight: 1 });
    const [like, unlike] = await Promise.all(
      [image, notImage].map((files) => Promise.all(files.map(pictureTerm))),
    );
    const run = { ...(threads && { threads }) };
    const encoder = createEncoder(models.clips, models.tokenizer, run);
    const held = unwanted.map(textTerm).map((term) => ({ ...term, weight: Math.abs(term.weight) }));
    const query = await encodeQuery(encoder, [...wanted.map(textTerm), ...like!], [...held, ...unlike!]);
    let progress: ReturnType<typeof context.progress> | undefined;
    const searcher =
      engine === "product"
        ? await createSearcher(index, { ...run, unwanted: query.unwanted.length })
        : await createNeighbourSearcher(index, path, {
            ...run,
            engine,
            signal: context.signal,
            onRows: (done) => (progress ??= context.progress(engine, index.entries.length)).update(done),
          });
    progress?.stop();
    const hits = await searcher.search(query, top);
    await Promise.all([encoder.dispose(), searcher.dispose()]);
    const found = hits.map(({ path: file, score }) => ({ path: join(folder, file), score }));
    for (const { path: file, score } of found) context.print(`${score.toFixed(3)}  ${file}`);
    if (found.length === 0) context.print(`nothing found: the index has ${index.entries.length} pictures`);
    let isSheetWritten = false;
    if (sheet !== undefined) {
      // Files may have gone since they were indexed.
      const shown = await Promise.all(
        found.map(async (hit) => {
          try {
            const picture = await squareFrom(await bytesOf(hit.path), hit.path, thumbnail);
            return [{ picture, label: `${hit.score.toFixed(2)} ${basename(hit.path)}` }];
          } catch (error) {
            context.warn(`${hit.path}: ${reasonOf(hit.path, error)}; left out of the sheet`);
            return [];
          }
        }),
      );
      const tiles = shown.flat();
      isSheetWritten = tiles.length > 0;
      if (isSheetWritten) {
        const columns = Math.min(5, tiles.length);
        const labels = tiles.map(({ label }) => label);
        const picture = await contactSheet(
          tiles.map((tile) => tile.picture),
          { columns, labels },
        );
        await savePicture(sheet, picture, { format: "png" });
        context.print(sheet);
      }
    }
    context.printJson({ hits: found, searched: index.entries.length, ...(isSheetWritten && { sheet }) });
  },
});
