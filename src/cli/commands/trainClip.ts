import { resolve } from "node:path";
import { ConfigError } from "../../errors.js";
import { clipTrainingSchema } from "../../training/requests/index.js";
import { skipList, warnOfCuts } from "../clips.js";
import { defineCommand } from "../command.js";

/** `clipsteer train clip`. */
export const trainClip = defineCommand({
  usage: "train clip",
  describe: "Train a CLIP on the emoji data, or on a folder of your own pictures with captions",
  schema: clipTrainingSchema,
  examples: [
    ["clipsteer train clip --preset guide-a", "about 17 minutes on two cores"],
    ["clipsteer train clip --preset guide-a --resume", "continues after Ctrl-C, with the same results"],
    ["clipsteer train clip --preset judge --from emoji", "continues from a pack's weights"],
    [
      "clipsteer train clip --images photos/ --captions captions.csv --preset tiny",
      "your own pictures; the result is a pack",
    ],
    [
      "clipsteer train clip --images photos/ --captions captions.csv --balance age",
      "draws every age equally often",
    ],
  ],
  async run(options, context, given) {
    const { images } = options;
    const emojiOnly = ["composed", "held", "swapped", "things", "from"].find((name) => name in given);
    if (images !== undefined && emojiOnly !== undefined)
      throw new ConfigError(
        `train clip: --${emojiOnly} applies to the emoji data only; leave it out with --images`,
      );
    const own = ["captions", "shape", "loss", "accumulate", "validate"].find((name) => name in given);
    if (images === undefined && own !== undefined)
      throw new ConfigError(`train clip: --${own} needs --images, a folder of your own pictures`);
    const { openClipTraining, openFolderClipTraining } = await import("../../training/index.js");
    const { runTraining } = await import("../trainRun.js");
    if (images === undefined) {
      await runTraining((handlers) => openClipTraining(options, handlers), context);
      return;
    }
    const list = skipList(context);
    const { pack, pictures, heldOut } = await runTraining(
      (handlers) => openFolderClipTraining(images, options, handlers),
      context,
      async (training) => {
        training.skipped.forEach(list.onSkip);
        context.note(`${training.pictures} pictures to train on, ${training.heldOut} held out`);
        const readers = { tokenizer: training.tokenizer, articles: true };
        await warnOfCuts(readers, training.captions, ["{}"], context);
      },
    );
    context.note(`pack: clipsteer classify … --generator ${resolve(pack)}`);
    list.finish(pictures + heldOut + list.skipped.length);
  },
});
