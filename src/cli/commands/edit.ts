import { z } from "zod";
import { defineCommand } from "../command.js";

/** Options of `edit`. */
export const editSchema = z.strictObject({
  picture: z.string().describe("Picture to change: PNG, JPEG, WebP or GIF").meta({ positional: true }),
  prompt: z.string().describe('What it should show: "a blue cat"').meta({ positional: true }),
  from: z.string().default("an emoji").describe("What it shows now, in words"),
  mask: z
    .string()
    .optional()
    .describe(
      'What may change: a picture of the same size (white may, black stays to the bit), or a shape in parts of the sides: "circle 0.5 0.5 0.3", "box 0 0 0.5 1", "polygon 0 1 0.5 0 1 1"',
    ),
  strength: z.number().min(0).max(1).default(1).describe("How much of the change is applied"),
  generator: z.string().default("emoji").describe("Model pack, by name or folder"),
  steps: z.int().min(0).max(5000).default(100).describe("Steps of ascent"),
  views: z.int().min(1).max(128).default(16).describe("Random views a step"),
  lr: z.number().positive().max(2).default(0.04).describe("Peak step in latent units"),
  seed: z.int().min(0).default(0).describe("Seed; the same seed gives the same bytes"),
  engine: z.enum(["compiled", "tensorflow", "wasm", "cpu"]).default("compiled").describe("Where it runs"),
  threads: z.int().min(1).max(256).optional().describe("Threads (default: one a core)"),
  out: z.string().default("outputs").describe("Folder for run folders"),
  format: z.enum(["png", "webp"]).default("png").describe("Format of the picture"),
  preview: z.boolean().optional().describe("Draw previews in the terminal (default: when it is one)"),
});

/** Resolved options of `edit`. */
export type EditOptions = z.infer<typeof editSchema>;

/** `clipsteer edit`. */
export const edit = defineCommand({
  usage: "edit <picture> <prompt>",
  describe: "Change a picture towards a sentence, and leave the rest alone",
  schema: editSchema,
  examples: [
    ['clipsteer edit cat.png "a blue cat" --from "a cat"', "the change from one text to the other"],
    [
      'clipsteer edit cat.png "a hat" --mask "box 0 0 1 0.4" --strength 0.7',
      "only in the upper part, and less of it",
    ],
  ],
  async run(options, context) {
    const { runEdit } = await import("../editRun.js");
    await runEdit(options, context);
  },
});
