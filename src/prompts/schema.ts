import { z } from "zod";
import { runFields } from "./runFields.js";

/** Maximum length of a prompt, in UTF-16 units. */
export const longestPrompt = 10_000;

const words = z.string().trim().min(1, "a prompt that is not empty").max(longestPrompt);
const part = z
  .number()
  .min(0, "must be a part of the run, 0 to 1")
  .max(1, "must be a part of the run, 0 to 1, and no number of steps");

const term = z
  .strictObject({
    text: words.optional().describe("What the picture should show"),
    image: z
      .string()
      .min(1)
      .optional()
      .describe("Path of a picture used as a prompt, from this file's folder"),
    weight: z.number().min(1e-6).max(1e6).default(1).describe("How much this counts beside the others"),
    name: words.optional().describe("A name for the schedule; the text itself when absent"),
    templates: z.array(words).min(1).optional().describe("Templates for this prompt instead of the file's"),
    from: part.default(0).describe("Part of the run (0 to 1) from which it counts"),
    to: part.default(1).describe("Part of the run (0 to 1) until which it counts"),
  })
  .refine(({ text, image }) => (text === undefined) !== (image === undefined), "either text or image")
  .refine(({ from, to }) => from < to, { path: ["to"], message: "must be after from, or it never counts" });

/** Schema of a prompt file. Its JSON Schema for editors is `prompts/schema.json`. */
export const promptFileSchema = z.strictObject({
  description: z.string().optional().describe("What this file is for"),
  templates: z
    .array(words)
    .min(1)
    .optional()
    .describe("Sentences that each text is put into, at {}; their embeddings are averaged"),
  prompts: z
    .array(z.union([words, term]))
    .default([])
    .describe("What the picture should show"),
  negatives: z
    .array(z.union([words, term]))
    .default([])
    .describe("What it should not show"),
  schedule: z
    .array(
      z.strictObject({
        at: part.describe("Part of the run, 0 to 1"),
        weights: z
          .record(z.string(), z.number().min(0).max(1e6))
          .describe("Weight by prompt name; between entries it changes evenly"),
      }),
    )
    .default([])
    .describe("Weights by part of the run"),
  defaults: z
    .strictObject({
      generator: runFields.generator.optional(),
      steps: runFields.steps.optional(),
      views: runFields.views.optional(),
      lr: runFields.lr.optional(),
      seed: runFields.seed.optional(),
      count: runFields.count.optional(),
    })
    .default({})
    .describe("Settings of generate that the command line may still change"),
});

/** Content of a prompt file. */
export type PromptFile = z.infer<typeof promptFileSchema>;

/** JSON Schema of prompt files, for editors. */
export function promptSchema(): Record<string, unknown> {
  return z.toJSONSchema(promptFileSchema, { io: "input" }) as Record<string, unknown>;
}
