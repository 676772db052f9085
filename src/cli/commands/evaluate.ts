import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { ConfigError } from "../../errors.js";
import { defineCommand } from "../command.js";

/** `clipsteer evaluate`. */
export const evaluate = defineCommand({
  usage: "evaluate",
  describe: "Measure how many pictures the judge CLIP recognises among all prompts (R-precision at 1)",
  schema: z.strictObject({
    prompts: z.string().default("prompts/evaluation-100.yaml").describe("Prompts to make pictures of"),
    generator: z.string().default("emoji").describe("Model pack, by name or folder"),
    steps: z.int().min(0).max(5000).default(100).describe("Steps of ascent; 0 measures drafts"),
    views: z.int().min(1).max(128).default(16).describe("Random views a step"),
    lr: z.number().positive().max(2).default(0.03).describe("Peak step in latent units"),
    candidates: z.int().min(1).max(256).default(32).describe("First drafts, of which the best is used"),
    truncation: z.number().min(0).max(1).default(0.5).describe("Variety of the drafts: 0 typical, 1 all"),
    seed: z.int().min(0).default(0).describe("Seed of the first picture"),
    threads: z.int().min(1).max(256).optional().describe("Threads (default: one a core)"),
    out: z.string().default("outputs/evaluate").describe("Folder for the contact sheet"),
  }),
  examples: [
    ["clipsteer evaluate", "steered pictures"],
    ["clipsteer evaluate --steps 0 --candidates 1", "unsteered samples, the floor"],
  ],
  async run({ prompts: promptFile, generator, threads, out, ...config }, context) {
    const { loadPromptFile } = await import("../../prompts/index.js");
    const { loadModels } = await import("../../guidance/index.js");
    const { loadPack } = await import("../../packs/index.js");
    const { evaluateSteering } = await import("../../evaluate/index.js");
    const { contactSheet, savePicture } = await import("../../images/index.js");
    const plan = await loadPromptFile(promptFile);
    const prompts = plan.terms.flatMap(({ text, weight }) =>
      text !== undefined && weight > 0 ? [text] : [],
    );
    if (prompts.length < 2) throw new ConfigError(`${promptFile}: evaluate needs two prompts or more`);
    const models = await loadModels(await loadPack(generator));
    const run = { engine: "compiled", signal: context.signal, ...(threads && { threads }) } as const;
    const steps = evaluateSteering(models, prompts, config, run);
    const progress = context.progress("evaluate", prompts.length);
    for (;;) {
      const next = await steps.next();
      if (!next.done) {
        progress.update(next.value);
        continue;
      }
      progress.stop();
      const { pictures, hits, ...report } = next.value;
      await mkdir(out, { recursive: true });
      const labels = pictures.map((_, index) => `${hits[index] ? "✓" : "✗"} ${prompts[index]!}`);
      const sheet = await contactSheet(pictures, { columns: 10, scale: 2, labels });
      const path = join(out, `steps-${config.steps}-of-${config.candidates}.png`);
      await savePicture(path, sheet, { format: "png" });
      context.printJson({
        ...report,
        sheet: path,
        missed: prompts.filter((_, index) => hits[index] === false),
      });
      const { mean, low, high, samples } = report.rPrecision;
      const percent = (value: number): string => `${(100 * value).toFixed(0)} %`;
      context.print(
        `R-precision at 1: ${percent(mean)} (${percent(low)}–${percent(high)}, ${samples} pictures)`,
      );
      context.print(
        `judge ${report.judge.mean.toFixed(3)} · guides ${report.guide.mean.toFixed(3)} · ${report.seconds.toFixed(1)} s a picture`,
      );
      context.print(path);
      return;
    }
  },
});
