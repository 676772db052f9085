import { join } from "node:path";
import { z } from "zod";
import { defineCommand } from "../command.js";
import { composedOptions } from "../trainClipOptions.js";

/** `clipsteer train judge`. */
export const trainJudge = defineCommand({
  usage: "train judge",
  describe: "Train an independent judge on OpenMoji and EmojiOne 1, for evaluate generation alone",
  schema: z.strictObject({
    out: z.string().default("outputs/judge").describe("Folder of the judge"),
    data: z.string().default("outputs/data/judge").describe("Folder of its drawings, built when missing"),
    cache: z.string().optional().describe("Folder of fetched packages (default: packages in --data)"),
    offline: z.boolean().default(false).describe("Use fetched packages only"),
    steps: z.int().min(1).default(4000).describe("Batches to train on"),
    batch: z.int().min(2).max(4096).default(256).describe("Pictures a batch"),
    rate: z.number().positive().default(1e-3).describe("Peak learning rate"),
    seed: z.int().min(0).default(17).describe("Seed of weights, order and augmentation"),
    ...composedOptions,
    saveEvery: z.number().positive().default(180).describe("Seconds between checkpoints"),
    resume: z.boolean().default(false).describe("Continue from the checkpoint in --out"),
    threads: z.int().min(1).optional().describe("Threads (default: one a core)"),
  }),
  examples: [
    ["clipsteer train judge", "fetch, draw and train; ShareAlike, so keep it out of packages"],
    ["clipsteer train judge --resume", "continue after Ctrl-C, to the same numbers"],
  ],
  async run(options, context) {
    const { out, data, cache, offline, steps, resume, threads, saveEvery, composed, held } = options;
    const { buildEmojiData, judgeSets } = await import("../../data/index.js");
    const { clipSession, contrastiveSettings, drawLosses, exportJudge, judgePreset, train, weightsOfState } =
      await import("../../training/index.js");
    const { heldPrompts } = await import("../trainClipRun.js");
    const { followTraining } = await import("../trainLoop.js");
    const { buildHandlers } = await import("./data.js");
    const { finish, ...handlers } = buildHandlers(context);
    const manifest = await buildEmojiData({
      out: data,
      sets: judgeSets,
      offline,
      ...(cache !== undefined && { cache }),
      ...handlers,
    });
    finish();
    const folder = join(out, "training");
    const settings = {
      ...contrastiveSettings({
        ...options,
        accumulate: 1,
        balance: undefined,
        balanceBy: "sampling",
        augment: 1,
      }),
      ...(composed > 0 && { composed: { share: composed, held: await heldPrompts(held) } }),
    };
    const session = await clipSession(judgePreset, settings, {
      data,
      out: folder,
      resume,
      ...(threads && { threads }),
    });
    const title = "train judge";
    const run = {
      folder,
      steps,
      settings: session.settings,
      start: session.start,
      step: session.trainer.step,
      saveEvery,
      async onSave(state: Parameters<typeof weightsOfState>[0]) {
        await drawLosses(folder, title);
        const weights = weightsOfState(state);
        await exportJudge(out, { json: session.json, model: session.config.model, weights }, manifest);
      },
    };
    const place = { folder, total: steps, started: session.start.step, title };
    await followTraining(train(run, context.signal), place, context);
    await session.trainer.dispose();
    context.note(`${out}: used by clipsteer evaluate generation`);
  },
});
