import { z } from "zod";
import { editRequestSchema } from "../../runs/requests/index.js";
import { defineCommand } from "../command.js";
import { refuseOthers, requestOf, readSource } from "../options.js";
import { runOptions } from "../runOptions.js";

/** Options of `edit`: those of its request, with the list of edits by its path, and those of every run. */
const schema = z.strictObject({
  ...editRequestSchema.shape,
  edits: z
    .string()
    .optional()
    .describe(
      "YAML list of edits instead of prompts, each with prompt, from, mask or maskPrompt, maskInvert, strength, change",
    ),
  ...runOptions,
});

/** `clipsteer edit`. */
export const edit = defineCommand({
  usage: "edit [picture] [prompt..]",
  describe: "Edit a picture towards a text, and preserve the rest",
  schema,
  examples: [
    ['clipsteer edit cat.png "a blue cat" --from "a cat"', "the change from one text to the other"],
    ['clipsteer edit cat.png "make it blue" "add a hat"', "commands, one after the other"],
    ['clipsteer edit scene.png "remove the balloon"', "of a generated scene: one layer, exactly"],
    [
      'clipsteer edit cowboy.png "a red hat" --from "a brown hat" --mask-prompt "the hat"',
      "only where the guides find the hat",
    ],
    [
      'clipsteer edit cat.png "a hat" --mask "box 0 0 1 0.4" --strength 0.7 --variations 4',
      "only in the upper part, at 70 % strength, four variations",
    ],
    ["clipsteer edit --replay outputs/00001-cat-a-blue-cat/image.png", "reproduces the same bytes"],
  ],
  async run(options, context, given) {
    const began = performance.now();
    refuseOthers("edit", given, {
      replay: ["out", "generator", "inputs", "metadata"],
      resume: ["generator"],
    });
    const { openRunStart, readEditFile, resolveEdit, runEdit } = await import("../../runs/index.js");
    const { renderRun } = await import("../renderRun.js");
    const { edits, metadata, preview } = options;
    const request = {
      ...requestOf(given),
      edits: edits === undefined ? undefined : await readEditFile(edits),
    };
    const start = await openRunStart("edit", readSource(options, given), () => resolveEdit(request));
    await using session = start.session;
    const { store, assets, replay, resume } = start;
    const task = resume ? { resume } : replay ? { replay, metadata } : request;
    const tools = { session, store, assets, signal: context.signal };
    const { pictures, stopped } = await renderRun(runEdit(task, tools), context, {
      command: "edit",
      preview,
    });
    const { seed, reports } = pictures[0]!;
    const last = reports[reports.length - 1]!;
    context.printJson({
      images: pictures.map(({ path }) => path),
      seed,
      guideScore: last.score.guide,
      judgeScore: last.score.judge,
      ...last,
      edits: reports,
      variations: pictures.map((each) => ({ path: each.path, seed: each.seed, edits: each.reports })),
      seconds: (performance.now() - began) / 1000,
      stopped,
    });
    for (const { path } of pictures) context.print(path!);
  },
});
