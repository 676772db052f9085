import { z } from "zod";
import { defineCommand } from "../command.js";
import { showBytes } from "../sizes.js";

/** `clipsteer models list`. */
export const modelsList = defineCommand({
  usage: "models list",
  describe: "List local models, and models that can be downloaded",
  schema: z.strictObject({
    here: z.boolean().default(false).describe("Only the models on this machine"),
  }),
  examples: [
    ["clipsteer models list", "every model, with licence and use"],
    ["clipsteer models list --here --json", "local models with files and hashes, as JSON"],
  ],
  async run({ here }, context) {
    const { knownModels, readPlaces, readRecords } = await import("../../models/index.js");
    const records = await readRecords(readPlaces(process.env).home);
    const names = new Set(records.map(({ name }) => name));
    const known = here ? [] : knownModels.filter(({ name }) => !names.has(name));
    context.printJson({
      here: records,
      known,
    });
    const width = Math.max(4, ...[...records, ...known].map(({ name }) => name.length));
    for (const { name, files, license } of records) {
      const size = showBytes(files.reduce((sum, file) => sum + file.size, 0));
      context.print(`${name.padEnd(width)}  here, ${size}; licence: ${license}`);
    }
    for (const { name, description, license, nonCommercial, files } of known) {
      const weights = files[0]?.size;
      const size = weights === undefined ? "" : `${showBytes(weights)}; `;
      context.print(
        `${name.padEnd(width)}  ${description}; ${size}${nonCommercial ? "not for commercial use" : license}`,
      );
    }
    if (here && records.length === 0)
      context.note("no local models; clipsteer models list shows what can be downloaded");
  },
});
