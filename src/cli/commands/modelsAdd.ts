import { z } from "zod";
import { defineCommand } from "../command.js";

/** `clipsteer models add`. */
export const modelsAdd = defineCommand({
  usage: "models add <file>",
  describe: "Note a file of weights of your own as a model; it stays where it is",
  schema: z.strictObject({
    file: z.string().describe("safetensors, PyTorch or NVIDIA file").meta({ positional: true }),
    name: z.string().optional().describe("What to call it (default: the file's name)"),
    license: z.string().default("not stated").describe("Its licence, in words"),
  }),
  examples: [
    ["clipsteer models add ~/weights/mine.safetensors", "under the name mine"],
    [
      'clipsteer models add faces.pkl --name faces-256 --license "CC BY-NC"',
      "under another name, with its licence",
    ],
  ],
  async run({ file, name, license }, context) {
    const { addModel, describeWeights, placesOf } = await import("../../models/index.js");
    // Before it is noted: what cannot be read is no model.
    const { architecture, format } = await describeWeights(file);
    const record = await addModel(file, {
      places: placesOf(process.env),
      name,
      license,
      signal: context.signal,
    });
    context.printJson(record);
    context.print(`${record.name}: ${format}, ${architecture ?? "architecture not known"}`);
    context.print(`sha256 ${record.files[0]!.sha256}`);
  },
});
