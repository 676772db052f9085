import { stickerTrainingSchema, wordsTrainingSchema } from "../../training/requests/index.js";
import { defineCommand } from "../command.js";

/** `clipsteer train sticker`. */
export const trainSticker = defineCommand({
  usage: "train sticker",
  describe: "Train a sticker generator's encoder and decoder on drawings as regions with fills",
  schema: stickerTrainingSchema,
  examples: [
    ["clipsteer train sticker", "about two hours on two cores"],
    [
      "clipsteer train sticker --from stickers --codes --steps 5000 --rate 1e-3 --noise 0.04",
      "continues from a pack, with a code for every drawing",
    ],
    [
      "clipsteer train sticker --from stickers --steps 0",
      "a pack's encoder and decoder as a run, for train words",
    ],
    ["clipsteer train sticker --resume", "continues after Ctrl-C, with the same results"],
  ],
  async run(options, context) {
    const { openStickerTraining } = await import("../../training/index.js");
    const { runTraining } = await import("../trainRun.js");
    await runTraining((handlers) => openStickerTraining(options, handlers), context);
  },
});

/** `clipsteer train words`. */
export const trainWords = defineCommand({
  usage: "train words",
  describe: "Train a sticker generator's network from words to codes, over a run of train sticker",
  schema: wordsTrainingSchema,
  examples: [
    ["clipsteer train words --sticker outputs/train/sticker", "about an hour on two cores"],
    ["clipsteer train words --from stickers --steps 3000", "continues from a pack"],
    ["clipsteer train words --resume", "continues after Ctrl-C, with the same results"],
  ],
  async run(options, context) {
    const { openWordsTraining } = await import("../../training/index.js");
    const { runTraining } = await import("../trainRun.js");
    await runTraining((handlers) => openWordsTraining(options, handlers), context);
  },
});
