import { z } from "zod";
import { defineCommand } from "../command.js";
import { composedOptions } from "../trainClipOptions.js";

/** `clipsteer train gan`. */
export const trainGan = defineCommand({
  usage: "train gan",
  describe: "Train generator, encoder and discriminator on the emoji data, conditioned on a trained CLIP",
  schema: z.strictObject({
    clip: z.string().default("outputs/train/guide-a").describe("Run folder of the CLIP that conditions it"),
    data: z.string().default("outputs/data/emoji").describe("Folder made by clipsteer data emoji"),
    out: z.string().default("outputs/train/gan").describe("Folder of the run"),
    steps: z.int().min(1).default(6000).describe("Batches to train on"),
    phases: z
      .string()
      .regex(/^\d+(?:,\d+){3}$/, "expected four whole numbers with commas")
      .default("27,23,37,13")
      .describe("Shares of the steps: pictures alone, words alone, with the discriminator, words again"),
    batch: z.int().min(2).max(512).default(32).describe("Pictures a batch"),
    rate: z.number().positive().default(1.5e-3).describe("Peak learning rate of generator and encoder"),
    criticRate: z.number().positive().default(5e-4).describe("Peak learning rate of the discriminator"),
    adversarial: z.number().min(0).default(0.06).describe("Weight of the discriminator's opinion"),
    ...composedOptions,
    renew: z
      .int()
      .min(0)
      .default(2000)
      .describe("Steps after which the composed pictures are made anew; 0: never"),
    seed: z.int().min(0).default(1).describe("Seed of weights, order and noise"),
    saveEvery: z.number().positive().default(240).describe("Seconds between checkpoints and sample sheets"),
    resume: z.boolean().default(false).describe("Go on from the checkpoint in --out"),
    from: z.string().optional().describe("Run folder, or model pack, whose weights a fresh run begins with"),
    threads: z.int().min(1).optional().describe("Threads (default: one a core)"),
  }),
  examples: [
    ["clipsteer train gan --clip outputs/train/guide-a", "about 90 minutes on two cores"],
    ["clipsteer train gan --resume", "go on after Ctrl-C, to the same numbers"],
  ],
  async run(options, context) {
    const { createSampler, drawLosses, ganSession, ganSettings, sheetPath, train } =
      await import("../../training/index.js");
    const { heldPrompts } = await import("../trainClipRun.js");
    const { data, out: folder, steps, resume, from, threads, composed, held } = options;
    const settings = ganSettings({
      ...options,
      phases: options.phases.split(",").map(Number),
      composed: composed > 0 ? { share: composed, held: await heldPrompts(held) } : undefined,
    });
    const session = await ganSession(options.clip, settings, {
      data,
      out: folder,
      resume,
      ...(from !== undefined && { from }),
      onEmbed: () => context.note("composing and embedding pictures and captions…"),
      ...(threads && { threads }),
    });
    const { config, clip, tokenizer, start, set } = session;
    const sampler = await createSampler(config.model, clip, tokenizer, set, start.state);
    const title = "train gan";
    const steady = train(
      {
        folder,
        steps,
        settings: session.settings,
        start,
        step: session.trainer.step,
        saveEvery: options.saveEvery,
        async onSave(state, step) {
          await sampler.draw(state, sheetPath(folder, step));
          await drawLosses(folder, title);
        },
      },
      context.signal,
    );
    const { followTraining } = await import("../trainLoop.js");
    await followTraining(steady, { folder, total: steps, started: start.step, title }, context);
    await session.trainer.dispose();
    await sampler.dispose();
  },
});
