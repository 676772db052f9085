import { z } from "zod";
import { defineCommand } from "../command.js";
import { followTraining } from "../trainLoop.js";

/** `clipsteer train clip`. */
export const trainClip = defineCommand({
  usage: "train clip",
  describe: "Train a CLIP on the emoji data with the symmetric contrastive loss",
  schema: z.strictObject({
    preset: z.enum(["guide-a", "guide-b", "judge"]).default("guide-a").describe("Shape of the encoders"),
    data: z.string().default("outputs/data/emoji").describe("Folder made by clipsteer data emoji"),
    out: z.string().optional().describe("Folder of the run (default: outputs/train/<preset>)"),
    steps: z.int().min(1).default(1000).describe("Batches to train on"),
    batch: z.int().min(2).max(4096).default(256).describe("Pictures a batch"),
    rate: z.number().positive().default(1e-3).describe("Peak learning rate"),
    seed: z.int().min(0).default(1).describe("Seed of weights, order and augmentation"),
    saveEvery: z.number().positive().default(180).describe("Seconds between checkpoints"),
    resume: z.boolean().default(false).describe("Go on from the checkpoint in --out"),
    threads: z.int().min(1).optional().describe("Threads (default: one a core)"),
  }),
  examples: [
    ["clipsteer train clip --preset guide-a", "about 17 minutes on two cores"],
    ["clipsteer train clip --preset guide-a --resume", "go on after Ctrl-C, to the same numbers"],
  ],
  async run(options, context) {
    const { clipSession, drawLosses, train } = await import("../../training/index.js");
    const { preset, data, steps, batch, rate, seed, resume, threads } = options;
    const folder = options.out ?? `outputs/train/${preset}`;
    const settings = {
      batch,
      steps,
      rate,
      weightDecay: 0.1,
      warmUp: 60,
      seed,
      augment: { zoom: 0.5, closest: 0.45, flip: 0.3, colour: 0.1, noise: 0.08 },
    };
    const session = await clipSession(preset, settings, {
      data,
      out: folder,
      resume,
      ...(threads && { threads }),
    });
    const title = `train clip ${preset}`;
    const steady = train(
      {
        folder,
        steps,
        settings: session.settings,
        start: session.start,
        step: session.trainer.step,
        saveEvery: options.saveEvery,
        onSave: () => drawLosses(folder, title),
      },
      context.signal,
    );
    await followTraining(steady, { folder, total: steps, started: session.start.step, title }, context);
    await session.trainer.dispose();
  },
});
