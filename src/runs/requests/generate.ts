import { z } from "zod";
import { optimizers, promptFileSchema, runFields } from "../../prompts/index.js";
import { budgetPattern } from "./budget.js";
import { mostThings, sceneFileSchema } from "./scene.js";
import { backgroundPattern, outputFields, pictureFormats, sessionFields, widestOutline } from "./session.js";

/** Values of each quality preset. The prompt file and the request override them. */
export const qualityPresets = {
  draft: { steps: 0, candidates: 48 },
  normal: {},
  best: { steps: 200, views: 32, candidates: 256 },
} as const;

/** Schema of a request of `runGenerate`. The command line's flags, HTTP bodies and the JSON Schema are derived from it. */
export const generateRequestSchema = z.strictObject({
  text: z
    .array(z.string())
    .default([])
    .describe('What to show: "a red heart", with a weight "a red heart::2", or steering away "a face::-0.5"')
    .meta({ positional: true }),
  prompts: promptFileSchema.optional().describe("Content of a prompt file: prompts, weights, schedule"),
  scene: sceneFileSchema
    .optional()
    .describe(
      "Layers of a scene file, to paint unchanged or, with steps, to steer; a text only decides what they are scored by and steered to",
    ),
  negative: z.array(z.string()).default([]).describe("What it should not show; repeatable"),
  imagePrompt: z
    .array(z.string())
    .default([])
    .describe(
      'Picture it should resemble in meaning, "apple.png" or with a weight "apple.png::0.5"; repeatable',
    ),
  generator: sessionFields.generator,
  quality: z
    .enum(["draft", "normal", "best"])
    .default("normal")
    .describe("draft: the best of 48 drafts; best: 256 drafts, 200 steps of 32 views"),
  budget: z
    .string()
    .regex(budgetPattern, "must be a time or a number of CLIP passes, such as 10s, 2min or 500passes")
    .optional()
    .describe("Instead of steps: a limit such as 10s, 2min or 500passes (views embedded by CLIPs)"),
  steps: runFields.steps
    .default(60)
    .describe(
      "Steps of ascent; 0 returns the best draft, the default for scenes and for things that the generator knows",
    ),
  views: runFields.views.default(16),
  optimizer: z
    .enum(optimizers)
    .default("adam")
    .describe(
      "adam: gradient ascent; cma-es: evolution, which mixes drafts by score; hybrid: evolution, then gradient ascent",
    ),
  lr: runFields.lr.default(0.02),
  candidates: z.int().min(1).max(256).default(96).describe("Number of drafts; the best one is steered"),
  plateau: z
    .int()
    .min(0)
    .max(5000)
    .default(40)
    .describe("Stop when the loss's moving average has not fallen for this many steps; 0 never stops early"),
  truncation: z.number().min(0).max(1).default(0.5).describe("Variety of the drafts: 0 typical, 1 all"),
  style: z
    .string()
    .optional()
    .describe(
      "Drawing style of the generator, by its name or the beginning of it: twemoji (default: the best of all)",
    ),
  layers: z
    .int()
    .min(1)
    .max(mostThings)
    .default(mostThings)
    .describe(
      'Maximum number of layers for a prompt that names several things ("a cat wearing a crown"); 1 draws it as one',
    ),
  layerFiles: z
    .boolean()
    .default(false)
    .describe("Also save each layer as a separate picture, for prompts of several things"),
  seed: runFields.seed
    .optional()
    .describe("Seed; the same seed gives the same bytes (default: a random one, shown)"),
  count: runFields.count.default(1),
  init: z.string().optional().describe("Picture to start from"),
  size: z
    .int()
    .min(16)
    .max(4096)
    .optional()
    .describe(
      "Side of the saved picture in pixels (default: 512 for shape-based packs, 4 times the generator's with an upscaler in the pack, otherwise the generator's)",
    ),
  engine: sessionFields.engine,
  threads: sessionFields.threads,
  format: z.enum(pictureFormats).default("png").describe("Format of the picture; svg for shape-based packs"),
  background: z
    .string()
    .regex(backgroundPattern, "must be none, white or a colour such as #ff8800")
    .optional()
    .describe("none, white or a colour such as #ff8800 (default: none for shape-based packs, else white)"),
  outline: z
    .number()
    .min(0)
    .max(widestOutline)
    .default(0)
    .describe("Width of a white sticker border, in pixels at 256×256; scales with the size"),
  animate: z.boolean().default(false).describe("Save the ascent as animated WebP"),
  metadata: outputFields.metadata,
});

/** A request before defaults are filled in. Defaults come from the prompt file, the quality preset or the schema, in this order. */
export type GenerateRequest = z.input<typeof generateRequestSchema>;

/** A request with defaults filled in. */
export type FullGenerateRequest = z.output<typeof generateRequestSchema>;
