import { z } from "zod";
import { defineCommand } from "../command.js";
import { refuseOthers } from "../options.js";

const part = z.number().min(0).max(1);

/** Options of `edit`. */
export const editSchema = z.strictObject({
  picture: z
    .string()
    .optional()
    .describe("Picture to change: PNG, JPEG, WebP or GIF")
    .meta({ positional: true }),
  prompt: z
    .array(z.string())
    .default([])
    .describe('What it should show: "a blue cat"; of several, each changes the result of the one before')
    .meta({ positional: true }),
  from: z
    .array(z.string())
    .default([])
    .describe("What it shows now, in words; one for all prompts or one each (default: an emoji)"),
  mask: z
    .array(z.string())
    .default([])
    .describe(
      'What may change, one for all prompts or one each: a picture (white may, black stays to the bit), or a shape in parts of the sides: "circle 0.5 0.5 0.3", "box 0 0 0.5 1", "polygon 0 1 0.5 0 1 1"',
    ),
  maskPrompt: z
    .array(z.string())
    .default([])
    .describe('What may change, in words: "the hat"; one for all prompts or one each'),
  edits: z
    .string()
    .optional()
    .describe(
      "YAML list of edits instead of prompts, each with prompt, from, mask or maskPrompt, strength, change",
    ),
  strength: part.default(1).describe("How far to go: 0 gives the input back to the bit, 1 goes all the way"),
  change: z
    .enum(["auto", "colour", "shape"])
    .default("auto")
    .describe(
      "What may change: colours alone, shapes too, or (auto) colours where --from and prompt differ in colours alone",
    ),
  variations: z.int().min(1).max(64).default(1).describe("Results to make, with seeds counting up"),
  generator: z.string().default("emoji").describe("Model pack, by name or folder"),
  steps: z.int().min(0).max(5000).default(30).describe("Steps of ascent; 0 takes the best start"),
  views: z.int().min(1).max(128).default(16).describe("Random views a step"),
  lr: z.number().positive().max(2).default(0.02).describe("Peak step in latent units"),
  seed: z.int().min(0).default(0).describe("Seed; the same seed gives the same bytes"),
  engine: z.enum(["compiled", "tensorflow", "wasm", "cpu"]).default("compiled").describe("Where it runs"),
  threads: z.int().min(1).max(256).optional().describe("Threads (default: one a core)"),
  out: z.string().default("outputs").describe("Folder for run folders"),
  format: z.enum(["png", "webp"]).default("png").describe("Format of the picture"),
  preview: z.boolean().optional().describe("Draw previews in the terminal (default: when it is one)"),
  replay: z.string().optional().describe("Make the picture in this file again, from the settings inside it"),
  resume: z
    .string()
    .optional()
    .describe("Go on with an interrupted run, by its run folder; ends in the same bytes"),
});

/** Resolved options of `edit`. */
export type EditOptions = z.infer<typeof editSchema>;

/** `clipsteer edit`. */
export const edit = defineCommand({
  usage: "edit [picture] [prompt..]",
  describe: "Change a picture towards a sentence, and leave the rest alone",
  schema: editSchema,
  examples: [
    ['clipsteer edit cat.png "a blue cat" --from "a cat"', "the change from one text to the other"],
    [
      'clipsteer edit cowboy.png "a red hat" --from "a brown hat" --mask-prompt "the hat"',
      "only where the guides see the hat",
    ],
    [
      'clipsteer edit cat.png "a hat" --mask "box 0 0 1 0.4" --strength 0.7 --variations 4',
      "only in the upper part, less of it, four times",
    ],
    ["clipsteer edit --replay outputs/00001-cat-a-blue-cat/image.png", "the same bytes again"],
  ],
  async run(options, context, given) {
    refuseOthers("edit", given, { replay: ["out"], resume: [] });
    const { runEdit } = await import("../editRun.js");
    await runEdit(options, context);
  },
});
