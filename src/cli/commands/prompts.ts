import { basename, dirname } from "node:path";
import { z } from "zod";
import { generateRequestSchema, templateLimit } from "../../runs/requests/index.js";
import { ConfigError } from "../../errors.js";
import { warnOfWords } from "../clips.js";
import { defineCommand } from "../command.js";
import { evaluationOptions, runEvaluation } from "../evaluateRun.js";

const files = z.array(z.string()).default([]).describe("Prompt files (YAML)").meta({ positional: true });

/** `clipsteer prompts check`. */
export const promptsCheck = defineCommand({
  usage: "prompts check <files..>",
  describe: "Check prompt files; an invalid file is reported with the line, and the exit code is 2",
  schema: z.strictObject({ files }),
  examples: [
    ["clipsteer prompts check prompts/emoji.yaml", "one file"],
    ["clipsteer prompts check prompts/*.yaml --json", "several, as JSON"],
  ],
  async run({ files: paths }, context) {
    const { checkPromptFile } = await import("../../prompts/index.js");
    const results = [];
    const wrong: string[] = [];
    for (const path of paths)
      try {
        const { prompts, templates, plain } = await checkPromptFile(path);
        if (plain !== undefined)
          context.warn(`${path}: template "${plain}" has no {}; the text is put after it`);
        results.push({ path, ok: true, prompts, templates });
        context.print(`${path}: ok, ${prompts} prompts, ${templates} templates`);
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        wrong.push(error.message);
        results.push({ path, ok: false, error: error.message });
      }
    context.printJson({ files: results });
    if (wrong.length === 1) throw new ConfigError(wrong[0]!);
    for (const message of wrong) context.warn(message);
    if (wrong.length > 1)
      throw new ConfigError(
        `${wrong.length} of ${paths.length} prompt files are invalid; see the warnings above`,
      );
  },
});

/** `clipsteer prompts show`. */
export const promptsShow = defineCommand({
  usage: "prompts show <file>",
  describe: "Show the sentences of a prompt file, the weights over the run, and the defaults",
  schema: z.strictObject({
    file: z.string().describe("Prompt file (YAML)").meta({ positional: true }),
    generator: generateRequestSchema.shape.generator.describe(
      "Model pack whose templates are the default, by name or folder",
    ),
  }),
  examples: [
    ["clipsteer prompts show prompts/showcase.yaml", "as YAML"],
    ["clipsteer prompts show prompts/showcase.yaml --json", "for a program"],
  ],
  async run({ file, generator }, context) {
    const { describePrompts } = await import("../../runs/index.js");
    const { loadPromptFile } = await import("../../prompts/index.js");
    const { loadPack } = await import("../../packs/index.js");
    const { stringify } = await import("yaml");
    const { readers, texts, ...description } = await describePrompts(
      await loadPromptFile(file),
      await loadPack(generator),
    );
    for (const { text, templates } of texts) await warnOfWords(readers, [text], templates, context);
    const shown = { file, ...description };
    context.printJson(shown);
    context.print(stringify(shown, { lineWidth: 110 }).trimEnd());
  },
});

/** `clipsteer prompts tune`. */
export const promptsTune = defineCommand({
  usage: "prompts tune [data]",
  describe: "Choose templates by the pictures of one half of the labels; measure the gain on the other half",
  schema: z.strictObject({
    ...evaluationOptions,
    candidates: z
      .string()
      .default("prompts/emoji.yaml")
      .describe("Prompt file with the templates to choose from"),
    most: templateLimit,
    part: z
      .string()
      .optional()
      .describe("Part of the data to use (default: its first, as evaluate names it)"),
    out: z.string().default("outputs/tuned.yaml").describe("Prompt file to write"),
  }),
  examples: [
    ["clipsteer prompts tune", "the emoji pack's templates, on val_pair"],
    ["clipsteer prompts tune pictures/ --candidates prompts/imagenet-80.yaml", "for your own pictures"],
  ],
  async run({ data, label, candidates: file, most, out, ...options }, context) {
    const { openLabelledSet, rateText, tunePrompts, selectTuningPart, summariseTuning, writeReport } =
      await import("../../evaluate/index.js");
    const { loadPromptFile } = await import("../../prompts/index.js");
    const { templates: candidates } = await loadPromptFile(file);
    if (!candidates) throw new ConfigError(`${file}: has no templates; add a list under templates:`);
    const opened = await openLabelledSet(data, label === undefined ? {} : { label });
    const part = selectTuningPart(opened, options.part);
    const set = { ...opened, parts: [part] };
    await runEvaluation(set, options, context, async ({ models, encoder, templates, embedded }) => {
      const tuned = await tunePrompts(models, encoder, embedded, embedded.set.parts[0]!, {
        candidates,
        present: templates,
        maxTemplates: most,
        signal: context.signal,
      });
      const gain = tuned.heldOut.find(({ name }) => name === "forward selection")!.gain!;
      const description = `Chosen by clipsteer prompts tune on ${part.name} of ${data}; gain in accuracy ${rateText(gain)} over the templates before.`;
      const { stringify } = await import("yaml");
      await writeReport(dirname(out), {
        [basename(out)]: stringify({ description, templates: tuned.templates }, { lineWidth: 0 }),
      });
      for (const line of [...summariseTuning(tuned, part.name), out]) context.print(line);
      context.printJson({ ...tuned, part: part.name, out });
    });
  },
});
