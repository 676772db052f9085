import { z } from "zod";
import { ConfigError, InputError } from "../../errors.js";
import { readLines } from "../../files/index.js";
import { defineCommand } from "../command.js";
import { clipChoice, clipOptions, locateClips, showFindings, skipList, warnOfWords } from "../clips.js";

const none = "none of these";

function checkCalibration(given: Readonly<Record<string, unknown>>): void {
  if (!("calibrate" in given)) return;
  const other = ["weights", "temperature"].find((name) => name in given);
  if (other !== undefined)
    throw new ConfigError(`classify: --calibrate sets the ${other}; leave out --${other}`);
  if (given.combine === "probabilities")
    throw new ConfigError("classify: --calibrate fits the mean of logits; leave out --combine probabilities");
}

/** `clipsteer classify`. */
export const classify = defineCommand({
  usage: "classify <images..>",
  describe: "Name pictures by labels of your choice, without training (zero-shot)",
  schema: z.strictObject({
    images: z
      .array(z.string())
      .default([])
      .describe("Pictures, or folders of them")
      .meta({ positional: true }),
    labels: z.string().describe("Labels separated by commas, or a file with one per line"),
    templates: z
      .string()
      .optional()
      .describe("File with one template per line, {} for the label (default: the pack's)"),
    top: z.int().min(1).default(5).describe("Number of labels shown for each picture"),
    clip: z.string().default("all").describe(clipChoice),
    combine: z
      .enum(["logits", "probabilities"])
      .default("logits")
      .describe("Quantity that is averaged over several CLIPs"),
    weights: z
      .string()
      .optional()
      .describe("Weight of each CLIP in the average, e.g. 3,1,2 (default: equal)"),
    temperature: z
      .number()
      .positive()
      .default(1)
      .describe("Above 1 less confident, below 1 more; 1 is the learnt scale"),
    calibrate: z
      .string()
      .optional()
      .describe("Labelled pictures (as evaluate takes) that set weights, by accuracy, and temperature"),
    abstain: z
      .number()
      .min(0)
      .max(1)
      .default(0)
      .describe(`Answer "${none}" where the best label is less probable than this`),
    ...clipOptions,
  }),
  examples: [
    ["clipsteer classify photo.png --labels cat,dog,car", "the labels with their probabilities"],
    ["clipsteer classify pictures/ --labels labels.txt --abstain 0.5 --json", "a whole folder, as JSON"],
    [
      "clipsteer classify new/ --labels cat,dog --calibrate labelled/",
      "probabilities calibrated on labelled pictures: folders cat/ and dog/",
    ],
  ],
  async run({ images, top, combine, abstain, ...options }, context, written) {
    checkCalibration(written);
    const {
      loadClassifiers,
      findClassifierCache,
      classifyFiles,
      createEncoder,
      openClips,
      parseClipWeights,
      readLabels,
    } = await import("../../embedding/index.js");
    const { listPictures } = await import("../../images/index.js");
    const { understandTexts } = await import("../../runs/index.js");
    const { threads } = options;
    const { signal } = context;
    const { labels, repeated, firstRepeated } = await readLabels(options.labels);
    if (repeated > 0)
      context.note(`labels: ${repeated} given more than once and merged, as "${firstRepeated}"`);
    const paths = await listPictures(images);
    if (paths.length === 0) throw new InputError(`${images.join(", ")}: holds no pictures`);
    const models = await openClips(options, await locateClips(context));
    const { clips } = models;
    const given = options.weights === undefined ? undefined : parseClipWeights(options.weights, clips.length);
    const templates = options.templates === undefined ? models.templates : await readLines(options.templates);
    if (templates.length === 0)
      throw new InputError(`${options.templates}: holds no template; give one a line, {} for the label`);
    const { texts, findings } = await understandTexts(labels, models);
    showFindings(findings, context);
    await warnOfWords(models, texts, templates, context, labels);
    const encoder = createEncoder(clips, models.tokenizer, { threads });
    const cacheFolder = findClassifierCache();
    const reading = labels.length > 1000 ? context.progress("labels", labels.length) : undefined;
    const onProgress = (done: number) => reading?.update(done);
    const cache = { signal, onProgress };
    const { classifiers } = await loadClassifiers(models, encoder, texts, templates, cacheFolder, cache);
    reading?.stop();
    let { temperature }: { temperature: number } = options;
    let weights: readonly number[] | undefined = given;
    if (options.calibrate !== undefined) {
      const { calibrateOnSet } = await import("../../evaluate/index.js");
      const fit = await calibrateOnSet(options.calibrate, models, encoder, templates, {
        cacheFolder,
        signal,
      });
      ({ weights, temperature } = fit);
      for (const line of fit.unreadable) context.warn(`${line}; skipped`);
      const shown = fit.weights.map((weight) => weight.toFixed(3)).join(", ");
      context.note(
        `calibrated on ${fit.pictures} pictures, ${fit.labels} labels: weights ${shown}, temperature ${temperature.toFixed(3)}`,
      );
    }
    const list = skipList(context);
    const progress = context.progress("classify", paths.length);
    const results = [];
    const decision = { combine, temperature, weights, top, abstain, onSkip: list.onSkip, signal };
    for await (const file of classifyFiles(clips, encoder, classifiers, labels, paths, decision)) {
      results.push(file);
      progress.update(results.length + list.skipped.length);
      const best = file.labels.map(
        ({ label, probability }) => `${label} ${(100 * probability).toFixed(1)} %`,
      );
      context.print(`${file.path}: ${file.none ? `${none}; ` : ""}${best.join(", ")}`);
    }
    progress.stop();
    await encoder.dispose();
    context.printJson({
      images: results,
      skipped: list.skipped,
      clips: clips.map(({ name }) => name),
      temperature,
      weights,
      labels: labels.length,
    });
    list.finish(paths.length);
  },
});
