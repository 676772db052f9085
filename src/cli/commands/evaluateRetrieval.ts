import { join } from "node:path";
import { z } from "zod";
import { defineCommand } from "../command.js";
import { evaluationOptions, runEvaluation } from "../evaluateRun.js";

/** `clipsteer evaluate retrieval`. */
export const evaluateRetrievalCommand = defineCommand({
  usage: "evaluate retrieval [data]",
  describe: "Measure how well CLIPs find pictures by text and text by picture: R@K, median rank, mAP",
  schema: z.strictObject({
    ...evaluationOptions,
    out: z.string().default("outputs/evaluate/retrieval").describe("Folder for report, plot and JSON"),
  }),
  examples: [
    ["clipsteer evaluate retrieval", "the emoji data, each split separately"],
    ["clipsteer evaluate retrieval captions.csv --label caption", "your own captioned pictures"],
  ],
  async run({ data, label, out, ...options }, context) {
    const { evaluateRetrieval, openLabelledSet, rateText, buildRetrievalReport, writeReport } =
      await import("../../evaluate/index.js");
    const set = await openLabelledSet(data, label === undefined ? {} : { label });
    await runEvaluation(set, options, context, async ({ models, encoder, templates, embedded, head }) => {
      const parts = await evaluateRetrieval(models, encoder, embedded, templates, context);
      await writeReport(out, buildRetrievalReport(parts, head));
      for (const { name, pictures, rows } of parts) {
        context.print(`${name}: ${pictures} pictures`);
        for (const { model, direction, recall, medianRank } of rows)
          context.print(
            `  ${model.padEnd(10)} ${direction} R@10 ${rateText(recall[10])}, median rank ${medianRank.mean}`,
          );
      }
      for (const end of ["md", "html"]) context.print(join(out, `report.${end}`));
      context.printJson({ ...head, out, parts });
    });
  },
});
