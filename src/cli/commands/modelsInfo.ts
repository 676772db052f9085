import { stat } from "node:fs/promises";
import { z } from "zod";
import { defineCommand } from "../command.js";
import { bytesText } from "../sizes.js";

/** `clipsteer models info`. */
export const modelsInfo = defineCommand({
  usage: "models info <model>",
  describe: "Show what a file of weights holds: format, architecture, tensors",
  schema: z.strictObject({
    model: z.string().describe("A file, or the name of a model that is here").meta({ positional: true }),
    tensors: z.int().min(0).default(8).describe("Tensors to list (0: none)"),
  }),
  examples: [
    ["clipsteer models info weights.safetensors", "a file"],
    ["clipsteer models info clip-vit-b-32 --tensors 1000 --json", "every tensor of a model, for programs"],
  ],
  async run({ model, tensors }, context) {
    const { describeWeights, isWeights, locateModel, placesOf } = await import("../../models/index.js");
    const isFile = (await stat(model).catch(() => undefined))?.isFile() ?? false;
    const paths = isFile
      ? [model]
      : (await locateModel(placesOf(process.env).home, model)).files
          .filter(({ name }) => isWeights(name))
          .map(({ path }) => path);
    const reports = [];
    for (const path of paths) {
      const report = await describeWeights(path);
      const { format, architecture, values, types, shapes } = report;
      const { size } = await stat(path);
      reports.push({ ...report, size, shapes: shapes.slice(0, tensors) });
      const stored = Object.entries(types).map(([type, count]) => `${count} ${type}`);
      context.print(`${path}: ${format}, ${bytesText(size)}`);
      context.print(`  looks like: ${architecture ?? "nothing that is known here"}`);
      context.print(
        `  ${report.tensors} tensors (${stored.join(", ")}), ${(values / 1e6).toFixed(1)} million values`,
      );
      for (const [name, shape, type] of shapes.slice(0, tensors))
        context.print(`  ${name} [${shape.join(", ")}] ${type}`);
      if (shapes.length > tensors && tensors > 0) context.print(`  … ${shapes.length - tensors} more`);
    }
    context.printJson({ files: reports });
  },
});
