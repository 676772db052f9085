import { z } from "zod";
import { generateRequestSchema } from "../../runs/requests/index.js";
import type { Progress } from "../context.js";
import { warnOfWords } from "../clips.js";
import { defineCommand } from "../command.js";

const { generator, steps, views, lr, candidates, truncation, threads } = generateRequestSchema.shape;

/** `clipsteer evaluate generation`. */
export const evaluateGeneration = defineCommand({
  usage: "evaluate generation",
  describe: "Measure how many pictures the judge CLIP recognises among all prompts (R-precision at 1)",
  schema: z.strictObject({
    prompts: z.string().default("prompts/evaluation-100.yaml").describe("Prompts to generate pictures of"),
    generator,
    steps: steps.describe("Steps of ascent; 0 measures drafts"),
    views,
    lr,
    candidates: candidates.describe("Number of drafts; the best one is used"),
    truncation,
    among: z
      .enum(["prompts", "labels"])
      .default("prompts")
      .describe(
        "Texts that the judge chooses from: the prompts; labels adds a measurement among them and all real emoji's labels",
      ),
    seed: z.int().min(0).default(0).describe("Seed of the first picture"),
    threads,
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
    ["clipsteer evaluate generation --among labels", "also among about 1600 labels instead of 100 prompts"],
  ],
  async run(options, context, given) {
    const { prompts, generator, threads, data, out, among, judge, ...ascent } = options;
    const { summariseGeneration, runGenerationEvaluation } = await import("../../evaluate/index.js");
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
    const { report, real, independent, missed, sheet, files } = next.value;
    context.printJson({ ...report, real, independent, missed, sheet });
    if (real && !real.heldOut)
      context.note("fewer than 500 held-out drawings: no percentiles, no kernel distance");
    for (const line of [...summariseGeneration(next.value), sheet, ...files]) context.print(line);
  },
});
