import { ganTrainingSchema } from "../../training/requests/index.js";
import { defineCommand } from "../command.js";

/** `clipsteer train gan`. */
export const trainGan = defineCommand({
  usage: "train gan",
  describe: "Train generator, encoder and discriminator on the emoji data, conditioned on a trained CLIP",
  schema: ganTrainingSchema,
  examples: [
    ["clipsteer train gan --clip outputs/train/guide-a", "about 90 minutes on two cores"],
    ["clipsteer train gan --resume", "continues after Ctrl-C, with the same results"],
  ],
  async run(options, context) {
    const { openGanTraining } = await import("../../training/index.js");
    const { runTraining } = await import("../trainRun.js");
    await runTraining((handlers) => openGanTraining(options, handlers), context);
  },
});
