import { z } from "zod";
import { defineCommand } from "../command.js";

/** Names or whole numbers with commas between them. */
const list = (pattern: RegExp, expected: string) => z.string().regex(pattern, `expected ${expected}`);

/** Options that both sticker trainings share. */
const shared = {
  data: z.string().default("outputs/data/stickers").describe("Folder made by clipsteer data stickers"),
  saveEvery: z.number().positive().default(240).describe("Seconds between checkpoints and sample sheets"),
  resume: z.boolean().default(false).describe("Go on from the checkpoint in --out"),
  from: z.string().optional().describe("Run folder, or sticker pack, whose weights a fresh run begins with"),
  threads: z.int().min(1).optional().describe("Threads (default: one a core)"),
};

/** `clipsteer train sticker`. */
export const trainSticker = defineCommand({
  usage: "train sticker",
  describe: "Train a sticker generator's encoder and decoder on drawings as regions with fills",
  schema: z.strictObject({
    sets: list(/^[\w-]+(,[\w-]+)*$/, "names of icon sets with commas")
      .default("noto,twemoji,fluent-emoji-flat")
      .describe("Icon sets whose styles are learned"),
    development: z
      .boolean()
      .default(false)
      .describe("Keep 200 pairs of style and concept back, to measure on them; else only 60 concepts"),
    out: z.string().default("outputs/train/sticker").describe("Folder of the run"),
    steps: z
      .int()
      .min(0)
      .default(7000)
      .describe("Batches to train on; 0 with --from makes a run of its weights as they are"),
    batch: z.int().min(2).max(512).multipleOf(2).default(32).describe("Drawings a batch; an even number"),
    rate: z.number().positive().default(2e-3).describe("Peak learning rate"),
    noise: z.number().min(0).default(0.1).describe("Noise on codes, as a part of their standard deviation"),
    recoloured: z.number().min(0).max(1).default(0.3).describe("Part of the drawings whose hue is turned"),
    reassign: list(/^(\d+(,\d+)*)?$/, "whole numbers with commas")
      .default("800,1600,2800,4000")
      .describe("Steps before which slots are assigned anew by what the model finds easiest"),
    seed: z.int().min(0).default(1).describe("Seed of weights, order and noise"),
    ...shared,
  }),
  examples: [
    ["clipsteer train sticker", "about two hours on two cores"],
    ["clipsteer train sticker --from stickers --steps 2000 --rate 5e-4", "go on from a pack"],
    [
      "clipsteer train sticker --from stickers --steps 0",
      "a pack's encoder and decoder as a run, for train words",
    ],
    ["clipsteer train sticker --resume", "go on after Ctrl-C, to the same numbers"],
  ],
  async run(options, context) {
    const { createStickerSampler, drawLosses, sheetPath, stickerSession, train } =
      await import("../../training/index.js");
    const { followTraining } = await import("../trainLoop.js");
    const { data, out: folder, steps, batch, rate, seed, noise, recoloured, threads } = options;
    const session = await stickerSession(
      {
        sets: options.sets.split(","),
        purpose: options.development ? "development" : "release",
        batch,
        steps,
        rate,
        seed,
        noise,
        recoloured,
        reassign: options.reassign.split(",").filter(Boolean).map(Number),
        weights: { fills: 2, pixels: 1, code: 1e-4 },
      },
      {
        data,
        out: folder,
        resume: options.resume,
        ...(options.from !== undefined && { from: options.from }),
        ...(threads && { threads }),
      },
    );
    const { config, set, start, trainer } = session;
    context.note(`${set.rows.length} drawings of ${config.sets.join(", ")}`);
    const sampler = await createStickerSampler(config, set, start.state, { ...(threads && { threads }) });
    const title = "train sticker";
    const run = train(
      {
        folder,
        steps,
        settings: session.settings,
        start,
        step: trainer.step,
        saveEvery: options.saveEvery,
        async onSave(state, step) {
          await sampler.draw(state, sheetPath(folder, step));
          await drawLosses(folder, title);
        },
      },
      context.signal,
    );
    await followTraining(run, { folder, total: steps, started: start.step, title }, context);
    await trainer.dispose();
    await sampler.dispose();
  },
});

/** `clipsteer train words`. */
export const trainWords = defineCommand({
  usage: "train words",
  describe: "Train a sticker generator's network from words to codes, over a run of train sticker",
  schema: z.strictObject({
    sticker: z
      .string()
      .default("outputs/train/sticker")
      .describe("Run folder of train sticker, whose codes are learned"),
    clips: z
      .string()
      .default("emoji")
      .describe("Pack whose first guide embeds the texts: a name, or a folder"),
    out: z.string().default("outputs/train/words").describe("Folder of the run"),
    steps: z.int().min(1).default(10000).describe("Batches to train on"),
    batch: z.int().min(2).max(1024).default(64).describe("Drawings a batch"),
    rate: z.number().positive().default(1.5e-3).describe("Peak learning rate"),
    seed: z.int().min(0).default(3).describe("Seed of weights, order and noise"),
    refine: z
      .int()
      .min(0)
      .default(28)
      .describe(
        "Steps of gradient descent that refine the code of each drawing first; kept in the sticker run",
      ),
    decoded: z
      .int()
      .min(1)
      .default(8)
      .describe("Drawings of a batch that are decoded and compared as regions too; at most --batch"),
    critic: z.int().min(1).default(64).describe("Channels of the discriminator of codes"),
    adversarial: z.number().min(0).default(0.03).describe("Largest weight of the discriminator's term"),
    ...shared,
  }),
  examples: [
    ["clipsteer train words --sticker outputs/train/sticker", "about an hour on two cores"],
    ["clipsteer train words --from stickers --steps 3000", "go on from a pack"],
    ["clipsteer train words --resume", "go on after Ctrl-C, to the same numbers"],
  ],
  async run(options, context) {
    const { createWordsSampler, drawLosses, sheetPath, train, wordsSession } =
      await import("../../training/index.js");
    const { followTraining } = await import("../trainLoop.js");
    const { data: folderOfData, out: folder, steps, batch, rate, seed, threads } = options;
    const session = await wordsSession(
      {
        batch,
        steps,
        rate,
        seed,
        refine: options.refine,
        decoded: Math.min(batch, options.decoded),
        critic: options.critic,
        adversarial: options.adversarial,
      },
      {
        data: folderOfData,
        out: folder,
        resume: options.resume,
        sticker: options.sticker,
        clips: options.clips,
        onEmbed: () => context.note("encoding drawings and embedding their names…"),
        ...(options.from !== undefined && { from: options.from }),
        ...(threads && { threads }),
      },
    );
    const { config, data, decoder, labels, start, trainer } = session;
    const sampler = await createWordsSampler(config, data, labels, decoder, start.state, {
      ...(threads && { threads }),
    });
    const title = "train words";
    const run = train(
      {
        folder,
        steps,
        settings: session.settings,
        start,
        step: trainer.step,
        saveEvery: options.saveEvery,
        async onSave(state, step) {
          await sampler.draw(state, sheetPath(folder, step));
          await drawLosses(folder, title);
        },
      },
      context.signal,
    );
    await followTraining(run, { folder, total: steps, started: start.step, title }, context);
    await trainer.dispose();
    await sampler.dispose();
  },
});
