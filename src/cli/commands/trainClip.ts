import { ConfigError } from "../../errors.js";
import { defineCommand } from "../command.js";
import { trainClipSchema } from "../trainClipOptions.js";

/** `clipsteer train clip`. */
export const trainClip = defineCommand({
  usage: "train clip",
  describe: "Train a CLIP on the emoji data, or on a folder of your own pictures with captions",
  schema: trainClipSchema,
  examples: [
    ["clipsteer train clip --preset guide-a", "about 17 minutes on two cores"],
    ["clipsteer train clip --preset guide-a --resume", "go on after Ctrl-C, to the same numbers"],
    ["clipsteer train clip --preset judge --from emoji", "go on from a pack's weights"],
    [
      "clipsteer train clip --images photos/ --captions captions.csv --preset tiny",
      "your own; ends in a pack",
    ],
    [
      "clipsteer train clip --images photos/ --captions captions.csv --balance age",
      "every age equally often, however few pictures it has",
    ],
  ],
  async run(options, context, given) {
    const emojiOnly = ["composed", "held", "from"].find((name) => name in given);
    if (options.images !== undefined && emojiOnly !== undefined)
      throw new ConfigError(`train clip: --${emojiOnly} is for the emoji data; leave it out with --images`);
    const { runTrainClip, runTrainOwnClip } = await import("../trainClipRun.js");
    await (options.images === undefined
      ? runTrainClip(options, context, given)
      : runTrainOwnClip(options.images, options, context));
  },
});
