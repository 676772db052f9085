import { z } from "zod";
import { defineCommand } from "../command.js";
import { bytesText } from "../sizes.js";

/** `clipsteer models remove`. */
export const modelsRemove = defineCommand({
  usage: "models remove <name>",
  describe: "Delete a pulled model, or forget an added one (its file stays)",
  schema: z.strictObject({
    name: z.string().describe("A model that is here").meta({ positional: true }),
  }),
  examples: [
    ["clipsteer models remove clip-rn50x64", "delete its files"],
    ["clipsteer models remove mine", "forget a file of yours; it is not deleted"],
  ],
  async run({ name }, context) {
    const { placesOf, readRecord, removeModel, throwUnknownModel } = await import("../../models/index.js");
    const places = placesOf(process.env);
    const record = (await readRecord(places.home, name)) ?? (await throwUnknownModel(places.home, name));
    await removeModel(record, places);
    const size = record.files.reduce((sum, file) => sum + file.size, 0);
    context.printJson({ name, deleted: record.owned, files: record.files.map(({ path }) => path) });
    context.print(
      record.owned ? `${name}: deleted, ${bytesText(size)}` : `${name}: forgotten; its file stays`,
    );
  },
});
