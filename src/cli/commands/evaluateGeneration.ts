import { z } from "zod";
import { defaultPack } from "../../runs/requests/index.js";
import type { Progress } from "../context.js";
import { warnOfWords } from "../clips.js";
import { defineCommand } from "../command.js";
import { rateText } from "../evaluateRun.js";

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
    const { prompts, generator, threads, data, out, among, judge, ...ascent } = options;
    const { figure, runGenerationEvaluation } = await import("../../evaluate/index.js");
    const [isDataRequired, isJudgeRequired] = ["data" in given, "judge" in given];
    const steps = runGenerationEvaluation(
      { prompts, generator, threads, data, isDataRequired, judge, isJudgeRequired, out, among, ascent },
      {
        signal: context.signal,
        onNote: context.note,
        onPrompts: (models, texts) => warnOfWords(models, texts, models.templates, context),
      },
    );
    let progress: Progress | undefined;
    let next = await steps.next();
    for (; !next.done; next = await steps.next()) {
      const { done, total } = next.value;
      progress ??= context.progress("evaluate", total);
      progress.update(done);
    }
    progress?.stop();
    const { report, real, independent, missed, texts, sheet, files } = next.value;
    context.printJson({
      ...report,
      real,
      independent,
      missed,
      sheet,
    });
    context.print(`R-precision at 1: ${rateText(report.rPrecision)}, ${report.rPrecision.samples} pictures`);
    const { amongAll } = report;
    if (amongAll) context.print(`… among ${texts} texts: ${rateText(amongAll)}`);
    context.print(
      `judge ${report.judge.mean.toFixed(3)} · guides ${report.guide.mean.toFixed(3)} · ${report.seconds.toFixed(1)} s a picture`,
    );
    if (real) {
      const { ceiling, ceilingAmongAll, ceilingKeptBack: keptBack, heldOut } = real;
      const more = keptBack ? `; held out from training ${rateText(keptBack)}, ${keptBack.samples}` : "";
      context.print(
        `real emoji of ${real.prompts} of the prompts: ${rateText(ceiling)}, ${ceiling.samples}${more}`,
      );
      if (ceilingAmongAll) context.print(`… among ${texts} texts: ${rateText(ceilingAmongAll)}`);
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
    for (const path of [sheet, ...files]) context.print(path);
  },
});
