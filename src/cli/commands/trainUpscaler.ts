import { upscalerTrainingSchema } from "../../training/requests/index.js";
import { defineCommand } from "../command.js";

/** `clipsteer train upscaler`. */
export const trainUpscaler = defineCommand({
  usage: "train upscaler",
  describe: "Train the enlargement of pictures to four times their sides, on emoji drawn at both sizes",
  schema: upscalerTrainingSchema,
  examples: [
    ["clipsteer train upscaler", "about half an hour on two cores"],
    ["clipsteer train upscaler --resume", "continues after Ctrl-C, with the same results"],
  ],
  async run(options, context) {
    const { openUpscalerTraining } = await import("../../training/index.js");
    const { runTraining } = await import("../trainRun.js");
    await runTraining((handlers) => openUpscalerTraining(options, handlers), context);
  },
});
