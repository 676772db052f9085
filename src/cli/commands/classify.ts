import { stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { ConfigError, InputError } from "../../errors.js";
import type { Calibration, ClipModels, Encoder } from "../../embedding/index.js";
import type { Context } from "../context.js";
import { defineCommand } from "../command.js";
import { clipChoice, clipOptions, linesOf, showFindings, skipList, warnOfWords } from "../clips.js";

const none = "none of these";
/** Cache of embedded labels; undefined for a user without a home folder. */
async function classifierFolder(): Promise<string | undefined> {
  const { userCacheFolder } = await import("../../files/index.js");
  const folder = userCacheFolder();
  return folder && join(folder, "clipsteer", "classifiers");
}

/** Labels separated by commas, or those of a file with that name; one that is given twice counts once, with a note. */
async function labelsOf(given: string, context: Context): Promise<string[]> {
  const isFile = await stat(given).then(Boolean, () => false);
  const entries = isFile
    ? await linesOf(given)
    : given
        .split(",")
        .map((label) => label.trim())
        .filter(Boolean);
  const labels = [...new Set(entries)];
  if (labels.length < 2)
    throw new ConfigError(
      isFile
        ? `classify: ${given}: holds ${labels.length === 0 ? "no label" : "one label"}; give two or more, one a line`
        : `classify: --labels "${given}" is ${labels.length === 0 ? "no" : "one"} label and no file; give two or more`,
    );
  const repeated = entries.length - labels.length;
  if (repeated > 0) {
    const seen = new Set<string>();
    const first = entries.find((label) => seen.size === seen.add(label).size)!;
    context.note(`labels: ${repeated} given more than once and merged, as "${first}"`);
  }
  return labels;
}

function weightsOf(given: string | undefined, clips: number): number[] | undefined {
  if (given === undefined) return undefined;
  const weights = given.split(",").map(Number);
  const usable = weights.length === clips && weights.every((weight) => weight >= 0) && weights.some(Boolean);
  if (!usable)
    throw new ConfigError(`classify: --weights "${given}": expected ${clips} numbers from 0 up, one a CLIP`);
  return weights;
}

function checkCalibration(given: Readonly<Record<string, unknown>>): void {
  if (!("calibrate" in given)) return;
  const other = ["weights", "temperature"].find((name) => name in given);
  if (other !== undefined)
    throw new ConfigError(`classify: --calibrate sets the ${other}; leave out --${other}`);
  if (given.combine === "probabilities")
    throw new ConfigError("classify: --calibrate fits the mean of logits; leave out --combine probabilities");
}

/** Weights and temperature fitted on labelled pictures among their own labels. */
async function calibrated(
  data: string,
  models: ClipModels,
  encoder: Encoder,
  templates: readonly string[],
  context: Context,
): Promise<Calibration> {
  const { cachedClassifiers, calibrate, rowOf } = await import("../../embedding/index.js");
  const { embedLabelled, openLabelledSet } = await import("../../evaluate/index.js");
  const opened = await openLabelledSet(data);
  const part = opened.parts[0]!;
  const { set, pictures, unreadable } = await embedLabelled({ ...opened, parts: [part] }, encoder, {
    signal: context.signal,
  });
  for (const line of unreadable) context.warn(`${line}; skipped`);
  const labels = part.labels.map((label) => opened.labels[label]!);
  if (labels.length < 2)
    throw new ConfigError(`classify: --calibrate ${data}: has one label; two or more are needed`);
  const { classifiers } = await cachedClassifiers(
    models,
    encoder,
    labels,
    templates,
    await classifierFolder(),
  );
  const column = new Map(part.labels.map((label, at) => [label, at]));
  const found = calibrate(
    models.clips,
    classifiers,
    set.own.map((_, row) =>
      pictures.map(({ data: rows, shape }) => rowOf(rows as Float32Array, row, shape[1]!)),
    ),
    set.own.map((label) => column.get(label)!),
  );
  const shown = found.weights.map((weight) => weight.toFixed(3)).join(", ");
  context.note(
    `calibrated on ${set.own.length} pictures, ${labels.length} labels: weights ${shown}, temperature ${found.temperature.toFixed(3)}`,
  );
  return found;
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
    labels: z.string().describe("Labels separated by commas, or a file with one a line"),
    templates: z
      .string()
      .optional()
      .describe("File with one template a line, {} for the label (default: the pack's)"),
    top: z.int().min(1).default(5).describe("Labels shown a picture"),
    clip: z.string().default("all").describe(clipChoice),
    combine: z
      .enum(["logits", "probabilities"])
      .default("logits")
      .describe("What is averaged over several CLIPs"),
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
    [
      "clipsteer classify pictures/ --labels labels.txt --abstain 0.5 --json",
      "a whole folder, for a program",
    ],
    [
      "clipsteer classify new/ --labels cat,dog --calibrate labelled/",
      "probabilities that hold on labelled pictures: folders cat/ and dog/",
    ],
  ],
  async run({ images, top, combine, abstain, ...options }, context, given) {
    checkCalibration(given);
    const {
      cachedClassifiers,
      classify: decide,
      createEncoder,
      encodeFiles,
      topOf,
    } = await import("../../embedding/index.js");
    const { listPictures } = await import("../../images/index.js");
    const { openClips } = await import("../published.js");
    const labels = await labelsOf(options.labels, context);
    const paths = await listPictures(images);
    if (paths.length === 0) throw new InputError(`${images.join(", ")}: holds no pictures`);
    const models = await openClips(options, context);
    const givenWeights = weightsOf(options.weights, models.clips.length);
    const templates = options.templates === undefined ? models.templates : await linesOf(options.templates);
    if (templates.length === 0)
      throw new InputError(`${options.templates}: holds no template; give one a line, {} for the label`);
    const { understandTexts } = await import("../../runs/index.js");
    const { texts: readLabels, findings } = await understandTexts(labels, models);
    showFindings(findings, context);
    await warnOfWords(models, readLabels, templates, context);
    const { threads } = options;
    const encoder = createEncoder(models.clips, models.tokenizer, { ...(threads && { threads }) });
    const reading = labels.length > 1000 ? context.progress("labels", labels.length) : undefined;
    const { classifiers } = await cachedClassifiers(
      models,
      encoder,
      readLabels,
      templates,
      await classifierFolder(),
      { signal: context.signal, onProgress: (done) => reading?.update(done) },
    );
    reading?.stop();
    const { weights, temperature } =
      options.calibrate === undefined
        ? { weights: givenWeights, temperature: options.temperature }
        : await calibrated(options.calibrate, models, encoder, templates, context);
    const list = skipList(context);
    const progress = context.progress("classify", paths.length);
    const results: { path: string; none: boolean; labels: { label: string; probability: number }[] }[] = [];
    for await (const { path, rows } of encodeFiles(encoder, paths, { ...list, signal: context.signal })) {
      const probabilities = decide(models.clips, classifiers, rows, {
        combine,
        temperature,
        ...(weights && { weights }),
      });
      const best = topOf(probabilities, top).map((at) => ({
        label: labels[at]!,
        probability: probabilities[at]!,
      }));
      const unsure = best[0]!.probability < abstain;
      results.push({ path, none: unsure, labels: best });
      progress.update(results.length + list.skipped.length);
      const shown = best.map(({ label, probability }) => `${label} ${(100 * probability).toFixed(1)} %`);
      context.print(`${path}: ${[...(unsure ? [`${none};`] : []), shown.join(", ")].join(" ")}`);
    }
    progress.stop();
    await encoder.dispose();
    context.printJson({
      images: results,
      skipped: list.skipped,
      clips: models.clips.map(({ name }) => name),
      temperature,
      ...(weights && { weights }),
      labels: labels.length,
    });
    list.finish(paths.length);
  },
});
