import { join } from "node:path";
import { z } from "zod";
import { defaultPack } from "../../runs/requests/index.js";
import { ConfigError, InputError } from "../../errors.js";
import type { ClipModels } from "../../embedding/index.js";
import type { Context } from "../context.js";
import { warnOfWords } from "../clips.js";
import { defineCommand } from "../command.js";
import { rateText } from "../evaluateRun.js";

/** The independent judge of a folder; undefined when the default folder is not there. */
async function openIndependentJudge(
  folder: string,
  isGiven: boolean,
  context: Context,
): Promise<ClipModels | undefined> {
  const { stat } = await import("node:fs/promises");
  const present = await stat(join(folder, "pack.json")).then(Boolean, () => false);
  const build = "train one with: clipsteer train judge";
  if (!present) {
    if (isGiven) throw new InputError(`${folder}: no independent judge here; ${build}`);
    context.note(`${folder}: no independent judge, so only the pack's own judge is used; ${build}`);
    return undefined;
  }
  const { loadPack } = await import("../../packs/index.js");
  const { loadClips } = await import("../../embedding/index.js");
  return loadClips(await loadPack(folder), "all");
}

/** `clipsteer evaluate generation`. */
export const evaluateGeneration = defineCommand({
  usage: "evaluate generation",
  describe: "Measure how many pictures the judge CLIP recognises among all prompts (R-precision at 1)",
  schema: z.strictObject({
    prompts: z.string().default("prompts/evaluation-100.yaml").describe("Prompts to generate pictures of"),
    generator: z.string().default(defaultPack).describe("Model pack, by name or folder"),
    steps: z.int().min(0).max(5000).default(60).describe("Steps of ascent; 0 measures drafts"),
    views: z.int().min(1).max(128).default(16).describe("Random views a step"),
    lr: z.number().positive().max(2).default(0.02).describe("Peak step in latent units"),
    candidates: z.int().min(1).max(256).default(96).describe("First drafts, of which the best is used"),
    truncation: z.number().min(0).max(1).default(0.5).describe("Variety of the drafts: 0 typical, 1 all"),
    among: z
      .enum(["prompts", "labels"])
      .default("prompts")
      .describe("Candidates of the judge: the prompts, or then once more with the labels of all real emoji"),
    seed: z.int().min(0).default(0).describe("Seed of the first picture"),
    threads: z.int().min(1).max(256).optional().describe("Threads (default: one a core)"),
    data: z
      .string()
      .default("outputs/data/emoji")
      .describe("Folder of real emoji to compare with, if present"),
    judge: z
      .string()
      .default("outputs/judge")
      .describe("Folder of the independent judge (clipsteer train judge), used if present"),
    out: z
      .string()
      .default("outputs/evaluate/generation")
      .describe("Folder for report, plot and contact sheet"),
  }),
  examples: [
    ["clipsteer evaluate generation", "steered pictures"],
    ["clipsteer evaluate generation --steps 0 --candidates 1", "unsteered samples, the floor"],
    [
      "clipsteer evaluate generation --among labels",
      "a harder question too: 1 of about 1600 instead of 1 of 100",
    ],
  ],
  async run(options, context, given) {
    const {
      prompts: promptFile,
      generator,
      threads,
      data: dataFolder,
      out,
      among,
      judge,
      ...config
    } = options;
    const { loadPromptFile } = await import("../../prompts/index.js");
    const { loadModels } = await import("../../guidance/index.js");
    const { loadPack } = await import("../../packs/index.js");
    const { judgeIndependently, compareWithReal, evaluateSteering, figure, generationReport, writeReport } =
      await import("../../evaluate/index.js");
    const { loadEmojiData } = await import("../../data/index.js");
    const { contactSheet, savePicture } = await import("../../images/index.js");
    const plan = await loadPromptFile(promptFile);
    const prompts = plan.terms.flatMap(({ text, weight }) =>
      text !== undefined && weight > 0 ? [text] : [],
    );
    if (prompts.length < 2) throw new ConfigError(`${promptFile}: evaluate needs two prompts or more`);
    const data = await loadEmojiData(dataFolder).catch((error: unknown) => {
      if ("data" in given || among === "labels" || !(error instanceof InputError)) throw error;
      context.note(`${error.message} (pictures are not compared with real ones)`);
      return undefined;
    });
    const independentModels = await openIndependentJudge(judge, "judge" in given, context);
    const models = await loadModels(await loadPack(generator));
    await warnOfWords(models, prompts, models.templates, context);
    const known = new Set(prompts.map((text) => text.toLowerCase()));
    const distractors =
      among === "labels"
        ? [...new Set(data!.items.map(({ label }) => label))].filter((label) => !known.has(label))
        : [];
    const run = {
      engine: "compiled",
      signal: context.signal,
      distractors,
      ...(threads && { threads }),
    } as const;
    const steps = evaluateSteering(models, prompts, config, run);
    const progress = context.progress("evaluate", prompts.length);
    let next = await steps.next();
    for (; !next.done; next = await steps.next()) progress.update(next.value);
    progress.stop();
    const { pictures, hits, ...report } = next.value;
    const complete = data && pictures.length === prompts.length;
    const real = complete ? await compareWithReal(models, prompts, pictures, data, run) : undefined;
    const independent =
      independentModels && pictures.length === prompts.length
        ? await judgeIndependently(independentModels, prompts, pictures, data, run)
        : undefined;
    const name = `steps-${config.steps}-of-${config.candidates}`;
    const missed = prompts.filter((_, index) => hits[index] === false);
    const settings = { prompts: promptFile, among, pack: models.pack, ...config };
    const results = { ...report, ...(real && { real }), ...(independent && { independent }), missed };
    await writeReport(out, generationReport(name, settings, results));
    const labels = pictures.map((_, index) => `${hits[index] ? "✓" : "✗"} ${prompts[index]!}`);
    const path = join(out, `${name}.png`);
    const sheet = await contactSheet(pictures, { columns: 10, scale: 2, labels });
    await savePicture(path, sheet, { format: "png" });
    context.printJson({ ...results, sheet: path });
    context.print(`R-precision at 1: ${rateText(report.rPrecision)}, ${report.rPrecision.samples} pictures`);
    const { amongAll } = report;
    if (amongAll)
      context.print(`… among ${prompts.length + distractors.length} texts: ${rateText(amongAll)}`);
    context.print(
      `judge ${report.judge.mean.toFixed(3)} · guides ${report.guide.mean.toFixed(3)} · ${report.seconds.toFixed(1)} s a picture`,
    );
    if (real) {
      const { ceiling, ceilingAmongAll, ceilingKeptBack: keptBack, heldOut } = real;
      const more = keptBack ? `; held out from training ${rateText(keptBack)}, ${keptBack.samples}` : "";
      context.print(
        `real emoji of ${real.prompts} of the prompts: ${rateText(ceiling)}, ${ceiling.samples}${more}`,
      );
      if (ceilingAmongAll)
        context.print(`… among ${prompts.length + distractors.length} texts: ${rateText(ceilingAmongAll)}`);
      if (heldOut) {
        const { drawings, distance, percentile } = heldOut;
        context.print(
          `percentile among ${drawings} held-out drawings: judge ${rateText(percentile.judge)}, guides − judge ${rateText(percentile.gap)}`,
        );
        if (distance) {
          const copies = distance.training ? `, training drawings ${figure(distance.training)}` : "";
          context.print(
            `kernel distance to ${distance.drawings} drawings of a held-out style: generated ${figure(distance.generated)}${copies}`,
          );
        }
      } else context.note("fewer than 500 held-out drawings: no percentiles, no kernel distance");
    }
    if (independent) {
      const { rPrecision, ceiling, floor, found } = independent;
      const beside = [
        ...(ceiling ? [`real drawings ${rateText(ceiling)}`] : []),
        ...(floor ? [`drawings of other concepts ${rateText(floor)}`] : []),
      ].join(", ");
      context.print(`independent judge, R-precision at 1: ${rateText(rPrecision)}${beside && `; ${beside}`}`);
      if (found)
        context.print(`… every part found at a 5 % false-positive rate: ${rateText(found.generated)}`);
    }
    context.print(path);
    for (const end of ["md", "html"]) context.print(join(out, `${name}.${end}`));
  },
});
