import { z } from "zod";
import { generateRequestSchema } from "../../runs/requests/index.js";
import { defineCommand } from "../command.js";
import { refuseOthers, requestOf, readSource } from "../options.js";
import { runOptions } from "../runOptions.js";

const { text, ...rest } = generateRequestSchema.shape;

/** Options of `generate`: those of its request, with the prompt file by its path, and those of every run. */
const schema = z.strictObject({
  text,
  ...rest,
  prompts: z.string().optional().describe("Prompt-ensemble file (YAML), see prompts/"),
  scene: z.string().optional().describe(`Path of a run's scene.json. ${rest.scene.description}`),
  ...runOptions,
});

/** `clipsteer generate`. */
export const generate = defineCommand({
  usage: "generate [text..]",
  describe: "Generate a picture from a text",
  schema,
  examples: [
    ['clipsteer generate "a red heart"', "one picture, in outputs/"],
    [
      'clipsteer generate "a cat face" "blue::0.5" --seed 7 --animate',
      "two prompts, a fixed seed, and the ascent as animation",
    ],
    ["clipsteer generate --prompts prompts/showcase.yaml", "prompts, weights and schedule from a file"],
    ['clipsteer generate "a red heart" --budget 20s', "as many steps as fit"],
    [
      "clipsteer generate --scene outputs/00001-a-cat-wearing-a-crown/scene.json",
      "the layers of a scene, after poses, colours or their order were edited",
    ],
    ["clipsteer generate --replay outputs/00001-a-red-heart/image.png", "reproduces the same bytes"],
  ],
  async run(options, context, given) {
    const began = performance.now();
    refuseOthers("generate", given, {
      replay: ["out", "animate", "generator", "inputs", "layerFiles", "metadata"],
      resume: ["generator"],
    });
    if (options.engine === "compiled") {
      const { startEngine } = await import("../../engine/index.js");
      startEngine(); // while the rest is loaded and read
    }
    const { openRunStart, readSceneFile, resolveGenerate, runGenerate } = await import("../../runs/index.js");
    const { readPromptFile } = await import("../../prompts/index.js");
    const { renderRun } = await import("../renderRun.js");
    const { prompts, scene, animate, metadata, layerFiles, preview } = options;
    const request = {
      ...requestOf(given),
      prompts: prompts === undefined ? undefined : await readPromptFile(prompts),
      scene: scene === undefined ? undefined : await readSceneFile(scene),
    };
    const start = await openRunStart("generate", readSource(options, given), () => resolveGenerate(request));
    await using session = start.session;
    const { store, assets, replay, resume } = start;
    const task = resume ? { resume } : replay ? { replay, animate, metadata, layerFiles } : request;
    const tools = { session, store, assets, signal: context.signal, began: 0 };
    const { pictures, sheet, stopped } = await renderRun(runGenerate(task, tools), context, {
      command: "generate",
      preview,
    });
    const results = pictures.map(
      ({ path, seed, report: { guideScore, judgeScore, steps, passes, plateaued } }) => ({
        path,
        seed,
        guide: guideScore,
        judge: judgeScore,
        steps,
        passes,
        plateaued,
      }),
    );
    const best = results[0]!;
    context.printJson({
      images: results.map(({ path }) => path),
      sheet,
      seed: best.seed,
      guideScore: best.guide,
      judgeScore: best.judge,
      seconds: (performance.now() - began) / 1000,
      steps: best.steps,
      passes: best.passes,
      plateaued: best.plateaued,
      stopped,
      pictures: results,
    });
    for (const { path } of results) context.print(path!);
    if (sheet !== undefined) context.print(sheet);
  },
});
