import { z } from "zod";
import { ConfigError } from "../../errors.js";
import { budgetPattern } from "../budgetPattern.js";
import { defineCommand } from "../command.js";
import { refuseOthers } from "../options.js";

const engines = ["compiled", "tensorflow", "wasm", "cpu"] as const;

/** Settings that decide a picture's bytes; they are what a replay repeats. */
export const generateSchema = z.strictObject({
  text: z
    .array(z.string())
    .default([])
    .describe('What to make: "a red heart", with a weight "a red heart::2", away from "a face::-0.5"')
    .meta({ positional: true }),
  prompts: z.string().optional().describe("Prompt-ensemble file (YAML), see prompts/"),
  negative: z.array(z.string()).default([]).describe("What it should not show (may be repeated)"),
  imagePrompt: z
    .array(z.string())
    .default([])
    .describe(
      'Picture it should resemble in meaning, "apple.png" or with a weight "apple.png::0.5" (may be repeated)',
    ),
  generator: z.string().default("emoji").describe("Model pack, by name or folder"),
  quality: z
    .enum(["draft", "normal", "best"])
    .default("normal")
    .describe("draft: the best of 48 drafts; best: 256 drafts, 200 steps of 32 views"),
  budget: z
    .string()
    .regex(budgetPattern, "must be a time or a number of CLIP passes, such as 10s, 2min or 500passes")
    .optional()
    .describe("Instead of --steps: as many as fit into 10s, 2min or 500passes (views through CLIPs)"),
  steps: z.int().min(0).max(5000).default(60).describe("Steps of ascent; 0 gives the best draft"),
  views: z.int().min(1).max(128).default(16).describe("Random views a step"),
  optimizer: z
    .enum(["adam", "cma-es", "hybrid"])
    .default("adam")
    .describe(
      "adam: gradient; cma-es: evolution, mixing drafts by score alone; hybrid: first the one, then the other",
    ),
  lr: z.number().positive().max(2).default(0.02).describe("Peak step in latent units"),
  candidates: z.int().min(1).max(256).default(96).describe("First drafts, of which the best is steered"),
  plateau: z
    .int()
    .min(0)
    .max(5000)
    .default(40)
    .describe("End when the loss's moving average has not fallen for so many steps; 0 never"),
  truncation: z.number().min(0).max(1).default(0.5).describe("Variety of the drafts: 0 typical, 1 all"),
  style: z
    .string()
    .optional()
    .describe("Drawing style of the generator, by its name or beginning: twemoji (default: the best of all)"),
  seed: z
    .int()
    .min(0)
    .optional()
    .describe("Seed; the same seed gives the same bytes (default: a random one, shown)"),
  count: z.int().min(1).max(1000).default(1).describe("Pictures to make, with seeds counting up"),
  init: z.string().optional().describe("Picture to start from"),
  size: z
    .int()
    .min(16)
    .max(4096)
    .optional()
    .describe(
      "Side of the saved picture (default: 4 times the generator's with an upscaler in the pack, else the generator's)",
    ),
  engine: z.enum(engines).default("compiled").describe("Where it runs"),
  threads: z.int().min(1).max(256).optional().describe("Threads (default: one a core)"),
  out: z.string().default("outputs").describe("Folder for run folders"),
  format: z.enum(["png", "webp"]).default("png").describe("Format of the picture"),
  animate: z.boolean().default(false).describe("Save the ascent as animated WebP"),
  preview: z.boolean().optional().describe("Draw previews in the terminal (default: when it is one)"),
  replay: z.string().optional().describe("Make the picture in this file again, from the settings inside it"),
  resume: z
    .string()
    .optional()
    .describe("Go on with an interrupted run, by its run folder; ends in the same bytes"),
});

/** Resolved options of `generate`. */
export type GenerateOptions = z.infer<typeof generateSchema>;

/** `clipsteer generate`. */
export const generate = defineCommand({
  usage: "generate [text..]",
  describe: "Make a picture from a sentence",
  schema: generateSchema,
  examples: [
    ['clipsteer generate "a red heart"', "one picture in outputs/"],
    [
      'clipsteer generate "a cat face" "blue::0.5" --seed 7 --animate',
      "two prompts, a fixed seed, and the ascent as animation",
    ],
    ["clipsteer generate --prompts prompts/showcase.yaml", "prompts, weights and schedule from a file"],
    ['clipsteer generate "a red heart" --budget 20s', "as many steps as fit"],
    ["clipsteer generate --replay outputs/00001-a-red-heart/image.png", "the same bytes again"],
  ],
  async run(options, context, given) {
    refuseOthers("generate", given, { replay: ["out", "animate"], resume: [] });
    if ("budget" in given && ("steps" in given || given.quality === "draft"))
      throw new ConfigError(
        `generate: --budget decides the steps; leave out ${"steps" in given ? "--steps" : "--quality draft, which takes none"}`,
      );
    if (options.engine === "compiled") {
      const { startEngine } = await import("../../engine/index.js");
      startEngine(); // while the rest is loaded and read
    }
    const { runGenerate } = await import("../generateRun.js");
    await runGenerate(options, given, context);
  },
});
