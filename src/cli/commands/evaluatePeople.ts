import { resolve } from "node:path";
import { z } from "zod";
import { generateRequestSchema } from "../../runs/requests/index.js";
import { defineCommand } from "../command.js";

/** `clipsteer evaluate people`. */
export const evaluatePeopleCommand = defineCommand({
  usage: "evaluate people <ratings..>",
  describe: "Report ratings from clipsteer rate: agreement, preference, and the judge's false positives",
  schema: z.strictObject({
    ratings: z
      .array(z.string())
      .min(1)
      .describe("Files of ratings, one per rater")
      .meta({ positional: true }),
    judge: z
      .string()
      .optional()
      .describe("Pack whose judge answers the same questions: outputs/judge, or emoji (default: none)"),
    folder: z.string().optional().describe("Folder of the rated pictures (default: as recorded)"),
    threads: generateRequestSchema.shape.threads,
  }),
  examples: [
    [
      "clipsteer evaluate people outputs/x/ratings-ada.json --judge outputs/judge",
      "one person and the judge",
    ],
    [
      "clipsteer evaluate people ratings-ada.json ratings-bob.json",
      "Cohen's kappa; Fleiss' for three or more",
    ],
  ],
  async run({ ratings: files, judge, folder, threads }, context) {
    const { evaluatePeople, judgeTrials, summariseRatings } = await import("../../evaluate/index.js");
    const { groupAnswers, readRatingsTogether, openTrialPictures } = await import("../../rating/index.js");
    const { loadJudge } = await import("../../embedding/index.js");
    const ratings = await readRatingsTogether(files);
    const [first] = ratings;
    const pictures = resolve(folder ?? first.folder);
    const judged =
      judge === undefined
        ? undefined
        : await judgeTrials(await loadJudge(judge), openTrialPictures(first, pictures), {
            engine: "compiled",
            threads,
            signal: context.signal,
          });
    const report = evaluatePeople(groupAnswers(ratings, judged), ratings.length);
    context.printJson(report);
    for (const line of summariseRatings(report)) context.print(line);
  },
});
