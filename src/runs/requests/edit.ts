import { z } from "zod";
import { runFields } from "../../prompts/index.js";
import { outputFields, sessionFields } from "./session.js";

const fraction = z.number().min(0).max(1);
const words = z.string().trim().min(1);
/** Values of an edit's `change`. */
export const changeKind = z.enum(["auto", "colour", "shape", "drawing", "layer"]);

/** One edit of a list of edits. */
export const editItemSchema = z.strictObject({
  prompt: words.describe("What the picture should show"),
  from: words.optional().describe("What it shows now"),
  mask: words.optional().describe("What may change: a picture, or a shape"),
  maskPrompt: words.optional().describe("What may change, in words"),
  maskInvert: z.boolean().optional().describe("Whether the mask is inverted: what it excludes may change"),
  strength: fraction.optional().describe("Strength of the change, 0 to 1"),
  change: changeKind
    .optional()
    .describe("What changes: colours, shapes too, the whole drawing, an added layer, or auto"),
});

/** Schema of an edit file: a list of edits. */
export const editListSchema = z.array(editItemSchema).min(1).max(64);

/** Schema of a request of `runEdit`. The command line's flags, HTTP bodies and the JSON Schema are derived from it. */
export const editRequestSchema = z.strictObject({
  picture: z
    .string()
    .optional()
    .describe("Picture to change: PNG, JPEG, WebP or GIF")
    .meta({ positional: true }),
  prompt: z
    .array(z.string())
    .max(64)
    .default([])
    .describe('What it should show: "a blue cat"; several prompts are applied in turn')
    .meta({ positional: true }),
  from: z
    .array(z.string())
    .default([])
    .describe("What it shows now, in words; one for all prompts or one each (default: an emoji)"),
  mask: z
    .array(z.string())
    .default([])
    .describe(
      'What may change, one for all prompts or one each: a picture (white may change, black does not change), or a shape in fractions of the sides: "circle 0.5 0.5 0.3", "box 0 0 0.5 1", "polygon 0 1 0.5 0 1 1"',
    ),
  maskPrompt: z
    .array(z.string())
    .default([])
    .describe('What may change, in words: "the hat"; one for all prompts or one each'),
  maskInvert: z
    .boolean()
    .default(false)
    .describe(
      "Invert the masks: what they exclude may change. A transparent hole may then change, as in other tools",
    ),
  edits: editListSchema
    .optional()
    .describe(
      "List of edits instead of prompts, each with prompt, from, mask or maskPrompt, maskInvert, strength, change",
    ),
  strength: fraction
    .default(1)
    .describe("Strength of the change: 0 returns the input unchanged, 1 applies all of it"),
  change: changeKind
    .default("auto")
    .describe(
      "What changes: only colours, shapes too, the whole drawing (another known thing), a layer (a thing is added), or (auto) whatever differs between from and prompt. shape always uses ascent; the others avoid it where the texts name the change",
    ),
  variations: z.int().min(1).max(64).default(1).describe("Number of results, with consecutive seeds"),
  generator: sessionFields.generator,
  steps: runFields.steps.default(30).describe("Steps of ascent; 0 uses the best start"),
  views: runFields.views.default(16),
  lr: runFields.lr.default(0.02),
  seed: runFields.seed.default(0),
  engine: sessionFields.engine,
  threads: sessionFields.threads,
  format: outputFields.format,
  metadata: outputFields.metadata,
});

/** A request before defaults are filled in. */
export type EditRequest = z.input<typeof editRequestSchema>;

/** A request with defaults filled in. */
export type FullEditRequest = z.output<typeof editRequestSchema>;
