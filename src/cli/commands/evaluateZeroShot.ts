import { join } from "node:path";
import { z } from "zod";
import { defineCommand } from "../command.js";
import { evaluationOptions, runEvaluation } from "../evaluateRun.js";

/** `clipsteer evaluate zero-shot`. */
export const evaluateZeroShotCommand = defineCommand({
  usage: "evaluate zero-shot [data]",
  describe:
    "Measure how well CLIPs name pictures: single prompts, ensembles of templates and of CLIPs, calibration",
  schema: z.strictObject({
    ...evaluationOptions,
    out: z.string().default("outputs/evaluate/zero-shot").describe("Folder for report, plots and JSON"),
  }),
  examples: [
    ["clipsteer evaluate zero-shot", "the emoji data, each split separately"],
    [
      "clipsteer evaluate zero-shot pictures/ --clip judge",
      "a folder with one folder of pictures for each label",
    ],
  ],
  async run({ data, label, out, ...options }, context) {
    const { evaluateZeroShot, openLabelledSet, rateText, writeReport, buildZeroShotReport } =
      await import("../../evaluate/index.js");
    const set = await openLabelledSet(data, label === undefined ? {} : { label });
    await runEvaluation(set, options, context, async ({ models, encoder, templates, embedded, head }) => {
      const parts = await evaluateZeroShot(models, encoder, embedded, templates, context);
      await writeReport(out, buildZeroShotReport(parts, head));
      for (const { name, pictures, labels, rows, comparisons } of parts) {
        context.print(`${name}: ${pictures} pictures, ${labels} labels`);
        for (const { model, prompt, top1, top5 } of rows)
          if (prompt === "ensemble")
            context.print(`  ${model.padEnd(10)} top-1 ${rateText(top1)}, top-5 ${rateText(top5)}`);
        for (const { what, difference } of comparisons)
          context.print(`  ${what}: top-1 ${rateText(difference)}`);
      }
      for (const end of ["md", "html"]) context.print(join(out, `report.${end}`));
      context.printJson({ ...head, out, parts });
    });
  },
});
