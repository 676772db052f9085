import { judgeTrainingSchema } from "../../training/requests/index.js";
import { defineCommand } from "../command.js";

/** `clipsteer train judge`. */
export const trainJudge = defineCommand({
  usage: "train judge",
  describe: "Train an independent judge on drawings that no pack uses, for evaluate generation",
  schema: judgeTrainingSchema,
  examples: [
    ["clipsteer train judge", "downloads, draws and trains; ShareAlike, so do not publish it in a package"],
    ["clipsteer train judge --resume", "continues after Ctrl-C, with the same results"],
  ],
  async run(options, context) {
    const { openJudgeTraining } = await import("../../training/index.js");
    const { runTraining } = await import("../trainRun.js");
    await runTraining((handlers) => openJudgeTraining(options, handlers), context);
    context.note(`${options.out}: used by clipsteer evaluate generation`);
  },
});
