import { join } from "node:path";
import { z } from "zod";
import { ConfigError } from "../../errors.js";
import { readList, splitList } from "../../files/index.js";
import type { AssociationOptions } from "../../evaluate/index.js";
import { defineCommand } from "../command.js";
import { evaluationOptions, runEvaluation } from "../evaluateRun.js";

/** `clipsteer evaluate bias`. */
export const evaluateBiasCommand = defineCommand({
  usage: "evaluate bias [data]",
  describe:
    "Measure what CLIPs decide for groups of pictures: rates, intersections, label sets, associations",
  schema: z.strictObject({
    ...evaluationOptions,
    data: z
      .string()
      .default("outputs/data/emoji-variants/variants.csv")
      .describe("CSV with a column path and columns of attributes, or label folders with name=value folders")
      .meta({ positional: true }),
    by: z
      .string()
      .optional()
      .describe(
        "Comma-separated attributes that define the groups (default: gender,tone; for a folder all its attributes)",
      ),
    labels: z
      .string()
      .optional()
      .describe(
        "Labels to decide between, comma-separated or a file with one per line (default: the labels of the data)",
      ),
    outcome: z
      .string()
      .default("")
      .describe("Comma-separated labels whose rate is measured (default: the picture's own)"),
    add: z.string().default("").describe("Comma-separated labels to add for a second decision"),
    remove: z.string().default("").describe("Comma-separated labels to remove in the second decision"),
    where: z.string().optional().describe("Only pictures with these values: tone=light|dark,set=noto"),
    x: z
      .string()
      .optional()
      .describe("Association test: first targets, attribute=value or comma-separated texts"),
    y: z.string().optional().describe("Association test: second targets"),
    a: z.string().optional().describe("Association test: comma-separated texts for the first attribute"),
    b: z.string().optional().describe("Association test: comma-separated texts for the second attribute"),
    out: z.string().default("outputs/evaluate/bias").describe("Folder for report, plots and JSON"),
  }),
  examples: [
    ["clipsteer evaluate bias", "emoji people by gender and skin tone (from data emoji-variants)"],
    [
      "clipsteer evaluate bias faces/ --labels smiling,frowning",
      "label folders of your own, grouped by folders in them: faces/smiling/age=old/1.png",
    ],
    [
      "clipsteer evaluate bias faces.csv --by age --labels person,criminal --outcome criminal --add child",
      "the effect of one more label, on pictures of your own",
    ],
  ],
  async run({ data, label, by, where, x, y, a, b, out, ...options }, context) {
    const given = [x, y, a, b].filter((text) => text !== undefined).length;
    if (given > 0 && given < 4)
      throw new ConfigError("evaluate bias: the association test takes all of --x, --y, --a and --b");
    const association: AssociationOptions | undefined =
      given === 4 ? { x: x!, y: y!, a: splitList(a!), b: splitList(b!) } : undefined;
    const {
      buildBiasReport,
      summariseBias,
      evaluateBias,
      keepRows,
      openLabelledSet,
      planBias,
      selectRows,
      writeReport,
    } = await import("../../evaluate/index.js");
    const opened = await openLabelledSet(data, label === undefined ? {} : { label });
    const set = where === undefined ? opened : keepRows(opened, selectRows(opened, where));
    const bias = planBias(set, {
      labels: options.labels === undefined ? set.labels : (await readList(options.labels)).entries,
      by,
      outcome: splitList(options.outcome),
      add: splitList(options.add),
      remove: splitList(options.remove),
      association,
    });
    await runEvaluation(set, options, context, async ({ models, encoder, templates, embedded, head }) => {
      const rows = await evaluateBias(models, encoder, embedded, templates, bias, context);
      const reportHead = { ...head, pictures: embedded.set.labelIndices.length, where };
      await writeReport(out, buildBiasReport(rows, bias, reportHead));
      for (const line of summariseBias(rows)) context.print(line);
      for (const end of ["md", "html"]) context.print(join(out, `report.${end}`));
      context.printJson({ ...reportHead, out, options: bias, rows });
    });
  },
});
