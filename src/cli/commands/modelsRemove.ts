import { z } from "zod";
import { defineCommand } from "../command.js";
import { showBytes } from "../sizes.js";

/** `clipsteer models remove`. */
export const modelsRemove = defineCommand({
  usage: "models remove <name>",
  describe: "Remove a model: downloaded files are deleted, added files stay",
  schema: z.strictObject({
    name: z.string().describe("Name of a local model").meta({ positional: true }),
  }),
  examples: [
    ["clipsteer models remove clip-rn50x64", "delete its files"],
    ["clipsteer models remove mine", "an added model; its file is not deleted"],
  ],
  async run({ name }, context) {
    const { readPlaces, readRecord, removeModel, throwUnknownModel } = await import("../../models/index.js");
    const places = readPlaces(process.env);
    const record = (await readRecord(places.home, name)) ?? (await throwUnknownModel(places.home, name));
    await removeModel(record, places);
    const size = record.files.reduce((sum, file) => sum + file.size, 0);
    context.printJson({ name, deleted: record.owned, files: record.files.map(({ path }) => path) });
    context.print(record.owned ? `${name}: deleted, ${showBytes(size)}` : `${name}: removed; its file stays`);
  },
});
