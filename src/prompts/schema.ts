import { z } from "zod";
import { runFields } from "./runFields.js";

/** Maximum length of a prompt, in UTF-16 units. */
export const longestPrompt = 10_000;

const words = z.string().trim().min(1, "a prompt that is not empty").max(longestPrompt);
const part = z
  .number()
  .min(0, "must be a part of the run, 0 to 1")
  .max(1, "must be a part of the run, 0 to 1, not a number of steps");

const term = z
  .strictObject({
    text: words.optional().describe("What the picture should show"),
    image: z
      .string()
      .min(1)
      .optional()
      .describe("Path of a picture used as a prompt, from this file's folder"),
    weight: z.number().min(1e-6).max(1e6).default(1).describe("Weight of this prompt relative to the others"),
    name: words.optional().describe("Name of the prompt in the schedule (default: its text)"),
    templates: z.array(words).min(1).optional().describe("Templates for this prompt instead of the file's"),
    from: part.default(0).describe("Part of the run (0 to 1) at which the prompt starts to count"),
    to: part.default(1).describe("Part of the run (0 to 1) after which it no longer counts"),
  })
  .refine(({ text, image }) => (text === undefined) !== (image === undefined), "either text or image")
  .refine(({ from, to }) => from < to, { path: ["to"], message: "must be after from, or it never counts" });

/** Schema of a prompt file. Its JSON Schema for editors is `prompts/schema.json`. */
export const promptFileSchema = z.strictObject({
  description: z.string().optional().describe("Purpose of this file"),
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
          .describe("Weight by prompt name; it is interpolated linearly between entries"),
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
    .describe("Default settings; options override them"),
});

/** Content of a prompt file. */
export type PromptFile = z.infer<typeof promptFileSchema>;

/** Makes a JSON Schema of prompt files, for editors. */
export function makePromptSchema(): Record<string, unknown> {
  return z.toJSONSchema(promptFileSchema, { io: "input" }) as Record<string, unknown>;
}
