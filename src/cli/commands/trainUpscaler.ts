import { z } from "zod";
import { defineCommand } from "../command.js";

/** `clipsteer train upscaler`. */
export const trainUpscaler = defineCommand({
  usage: "train upscaler",
  describe: "Train the enlargement of pictures to four times their sides, on emoji drawn at both sizes",
  schema: z.strictObject({
    generator: z.string().default("emoji").describe("Model pack whose pictures it learns to sharpen"),
    data: z.string().default("outputs/data/emoji").describe("Folder made by clipsteer data emoji"),
    out: z.string().default("outputs/train/upscaler").describe("Folder of the run"),
    pictures: z
      .int()
      .min(1)
      .max(20000)
      .default(1500)
      .describe("Training pictures to draw large, 0.2 MB each"),
    steps: z.int().min(1).default(6000).describe("Batches to train on"),
    batch: z.int().min(1).max(64).default(4).describe("Pictures a batch"),
    rate: z.number().positive().default(2e-3).describe("Peak learning rate"),
    copies: z
      .number()
      .min(0)
      .max(1)
      .default(0.6)
      .describe("Part of the pictures that are shown as the generator copies them"),
    seed: z.int().min(0).default(1).describe("Seed of weights and order"),
    saveEvery: z.number().positive().default(240).describe("Seconds between checkpoints"),
    resume: z.boolean().default(false).describe("Go on from the checkpoint in --out"),
    threads: z.int().min(1).optional().describe("Threads (default: one a core)"),
  }),
  examples: [
    ["clipsteer train upscaler", "about half an hour on two cores"],
    ["clipsteer train upscaler --resume", "go on after Ctrl-C, to the same numbers"],
  ],
  async run({ generator, data, out: folder, saveEvery, resume, threads, ...settings }, context) {
    const { train, upscalerSession } = await import("../../training/index.js");
    const { followTraining } = await import("../trainLoop.js");
    const { steps } = settings;
    context.note("drawing the pictures…");
    const {
      trainer,
      start,
      settings: written,
    } = await upscalerSession(settings, {
      generator,
      data,
      out: folder,
      resume,
      signal: context.signal,
      ...(threads && { threads }),
    });
    const run = train(
      { folder, steps, settings: written, start, step: trainer.step, saveEvery },
      context.signal,
    );
    const title = "train upscaler";
    await followTraining(run, { folder, total: steps, started: start.step, title }, context);
    await trainer.dispose();
  },
});
