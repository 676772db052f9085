import { stickerTrainingSchema } from "../../training/requests/index.js";
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
      "a pack's encoder and decoder as a run, for pack stickers --sticker",
    ],
    ["clipsteer train sticker --resume", "continues after Ctrl-C, with the same results"],
  ],
  async run(options, context) {
    const { openStickerTraining } = await import("../../training/index.js");
    const { runTraining } = await import("../trainRun.js");
    await runTraining((handlers) => openStickerTraining(options, handlers), context);
  },
});
