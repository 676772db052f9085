import { z } from "zod";

/** Fields of every training: checkpoints and threads. */
export const runFields = {
  saveEvery: z.number().positive().default(180).describe("Seconds between checkpoints"),
  resume: z
    .boolean()
    .default(false)
    .describe("Continue from the checkpoint in the run's folder; more steps lengthen the run"),
  threads: z.int().min(1).optional().describe("Threads (default: one per core)"),
};

/** Folder of the emoji data. */
export const emojiDataField = z.string().default("outputs/data/emoji").describe("Folder of the emoji data");

/** Seconds between checkpoints that come with a sheet of samples. */
export const saveWithSamplesField = z
  .number()
  .positive()
  .default(240)
  .describe("Seconds between checkpoints and sample sheets");

/** Run or pack that a new run takes its weights from. */
export const fromField = z
  .string()
  .optional()
  .describe("Run folder or model pack with the initial weights of a new run");

/** Fields about the pictures composed for trainings on the emoji data. */
export const composedFields = {
  composed: z
    .number()
    .min(0)
    .max(0.9)
    .default(0.5)
    .describe(
      "Fraction of the training pictures that are composed: recoloured, one on another, two side by side",
    ),
  held: z
    .string()
    .default("prompts/compositions-50.yaml,prompts/test-compositions.yaml")
    .describe("Comma-separated prompt files for evaluation; no composed picture shows what they name"),
};
