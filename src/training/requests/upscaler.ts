import { z } from "zod";
import { emojiDataField, runFields } from "./fields.js";

/** What an upscaler is trained from. */
export const upscalerTrainingSchema = z.strictObject({
  generator: z.string().default("emoji").describe("Model pack whose pictures it learns to sharpen"),
  data: emojiDataField,
  out: z.string().default("outputs/train/upscaler").describe("Folder of the run"),
  pictures: z
    .int()
    .min(1)
    .max(20000)
    .default(1500)
    .describe("Number of training pictures that are drawn at the large size, 0.2 MB each"),
  steps: z.int().min(1).default(6000).describe("Batches to train on"),
  batch: z.int().min(1).max(64).default(4).describe("Pictures per batch"),
  rate: z.number().positive().default(2e-3).describe("Peak learning rate"),
  copies: z
    .number()
    .min(0)
    .max(1)
    .default(0.6)
    .describe("Fraction of the pictures that are replaced by the generator's copies"),
  seed: z.int().min(0).default(1).describe("Seed of weights and order"),
  ...runFields,
  saveEvery: z.number().positive().default(240).describe("Seconds between checkpoints"),
});

/** A request to train an upscaler, with every default filled in. */
export type UpscalerTrainingRequest = z.infer<typeof upscalerTrainingSchema>;
