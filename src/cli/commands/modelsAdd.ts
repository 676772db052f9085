import { z } from "zod";
import { defineCommand } from "../command.js";

/** `clipsteer models add`. */
export const modelsAdd = defineCommand({
  usage: "models add <file>",
  describe: "Register your own weights as a model; the files are not moved",
  schema: z.strictObject({
    file: z
      .string()
      .describe("safetensors, PyTorch or NVIDIA file, or a folder as downloaded")
      .meta({ positional: true }),
    name: z.string().optional().describe("Name of the model (default: the file's name)"),
    license: z.string().default("not stated").describe("Licence of the model"),
  }),
  examples: [
    ["clipsteer models add ~/weights/mine.safetensors", "under the name mine"],
    [
      'clipsteer models add faces.pkl --name faces-256 --license "CC BY-NC"',
      "under another name, with its licence",
    ],
  ],
  async run({ file, name, license }, context) {
    const { addModel, describeWeights, inspectPath, readPlaces } = await import("../../models/index.js");
    const places = readPlaces(process.env);
    // Before it is noted: what cannot be read is no model.
    const weights = (await inspectPath(places.home, file))?.files[0]?.path ?? file;
    const { architecture, format } = await describeWeights(weights);
    const record = await addModel(file, {
      places,
      name,
      license,
      signal: context.signal,
    });
    context.printJson(record);
    context.print(`${record.name}: ${format}, ${architecture ?? "architecture not known"}`);
    for (const { name: each, sha256 } of record.files)
      context.print(record.files.length === 1 ? `sha256 ${sha256}` : `${each}  sha256 ${sha256}`);
  },
});
