import { stat } from "node:fs/promises";
import { z } from "zod";
import { defineCommand } from "../command.js";
import { showBytes } from "../sizes.js";

/** `clipsteer models info`. */
export const modelsInfo = defineCommand({
  usage: "models info <model>",
  describe: "Describe a file, a folder or a pack: architecture, sizes, licence, tensors",
  schema: z.strictObject({
    model: z
      .string()
      .describe("A file or folder of weights, a pack's folder, or the name of a local model")
      .meta({ positional: true }),
    tensors: z.int().min(0).default(8).describe("Number of tensors to list"),
  }),
  examples: [
    ["clipsteer models info weights.safetensors", "a file"],
    ["clipsteer models info outputs/packs/ffhq --tensors 0", "a pack: its parts, without their tensors"],
    ["clipsteer models info clip-vit-b-32 --tensors 1000 --json", "every tensor of a model, for programs"],
  ],
  async run({ model, tensors }, context) {
    const { describeWeights, isWeights, locateModel, inspectPath, readPlaces } =
      await import("../../models/index.js");
    const { home } = readPlaces(process.env);
    let place = await inspectPath(home, model);
    if (!place) {
      const { files, license } = await locateModel(home, model);
      const weights = files.filter(({ name }) => isWeights(name));
      place = { pack: undefined, files: weights, origin: `licence: ${license}` };
    }
    const { pack, files, origin } = place;
    const found = [];
    // Before a line is shown: of what cannot be read there is nothing to say.
    for (const { path, ...more } of files)
      found.push({ ...(await describeWeights(path)), ...more, size: (await stat(path)).size });
    if (pack) {
      context.print(`${model}: pack ${pack.name}, ${pack.resolution} px; ${pack.description}`);
      if (!pack.generator) context.print("  CLIPs alone, no generator");
    }
    context.print(pack ? `  ${origin}` : `${model}: ${origin ?? "licence not known here"}`);
    for (const { path, role, size, format, architecture, sizes, values, types, shapes } of found) {
      const stored = Object.entries(types).map(([type, count]) => `${count} ${type}`);
      context.print(`${path}: ${format}, ${showBytes(size)}`);
      context.print(role ? `  ${role}` : `  looks like: ${architecture ?? "nothing that is known here"}`);
      if (sizes && !role) context.print(`  ${sizes}`);
      context.print(
        `  ${shapes.length} tensors (${stored.join(", ")}), ${(values / 1e6).toFixed(1)} million values`,
      );
      for (const [name, shape, type] of shapes.slice(0, tensors))
        context.print(`  ${name} [${shape.join(", ")}] ${type}`);
      if (shapes.length > tensors && tensors > 0) context.print(`  … ${shapes.length - tensors} more`);
    }
    context.printJson({
      pack: pack ? { name: pack.name, license: pack.license, resolution: pack.resolution } : undefined,
      origin,
      files: found.map((each) => ({ ...each, shapes: each.shapes.slice(0, tensors) })),
    });
  },
});
