import { z } from "zod";
import { WeightsError } from "../../errors.js";
import { defineCommand } from "../command.js";

/** `clipsteer models verify`. */
export const modelsVerify = defineCommand({
  usage: "models verify [names..]",
  describe: "Compare the files of models with their recorded hashes",
  schema: z.strictObject({
    names: z
      .array(z.string())
      .default([])
      .describe("Names of local models (default: all)")
      .meta({ positional: true }),
  }),
  examples: [
    ["clipsteer models verify", "all local models"],
    ["clipsteer models verify clip-vit-b-32", "one of them"],
  ],
  async run({ names }, context) {
    const { readPlaces, readRecord, readRecords, throwUnknownModel, verifyModel } =
      await import("../../models/index.js");
    const { home } = readPlaces(process.env);
    const records = await (names.length === 0
      ? readRecords(home)
      : Promise.all(
          names.map(async (name) => (await readRecord(home, name)) ?? (await throwUnknownModel(home, name))),
        ));
    if (records.length === 0) context.note("no models here");
    const found = [];
    for (const record of records) {
      const total = record.files.reduce((sum, { size }) => sum + size, 0);
      const progress = context.progress(`${record.name} MB`, Math.round(total / 1e6));
      const files = await verifyModel(record, {
        signal: context.signal,
        onProgress: (done) => progress.update(Math.round(done / 1e6)),
      }).finally(() => progress.stop());
      for (const { path, state } of files) context.print(`${record.name}: ${path}: ${state}`);
      found.push({ name: record.name, owned: record.owned, files });
    }
    context.printJson({ models: found });
    const bad = found.filter(({ files }) => files.some(({ state }) => state !== "as it was"));
    if (bad.length > 0)
      throw new WeightsError(
        `changed or missing: ${bad.map(({ name }) => name).join(", ")}; clipsteer models remove NAME, then pull or add again`,
      );
  },
});
