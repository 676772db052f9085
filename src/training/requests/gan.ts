import { z } from "zod";
import { composedFields, emojiDataField, fromField, runFields, saveWithSamplesField } from "./fields.js";

/** What the emoji generator is trained from. */
export const ganTrainingSchema = z.strictObject({
  clip: z.string().default("outputs/train/guide-a").describe("Run folder of the CLIP that conditions it"),
  data: emojiDataField,
  out: z.string().default("outputs/train/gan").describe("Folder of the run"),
  steps: z.int().min(1).default(6000).describe("Batches to train on"),
  phases: z
    .string()
    .regex(/^\d+(?:,\d+){3}$/, "expected four whole numbers with commas")
    .default("27,23,37,13")
    .describe(
      "Proportions of the four phases: pictures only, texts only, with the discriminator, texts again",
    ),
  batch: z.int().min(2).max(512).default(32).describe("Pictures per batch"),
  rate: z.number().positive().default(1.5e-3).describe("Peak learning rate of generator and encoder"),
  criticRate: z.number().positive().default(5e-4).describe("Peak learning rate of the discriminator"),
  adversarial: z.number().min(0).default(0.06).describe("Weight of the discriminator's term"),
  ...composedFields,
  renew: z
    .int()
    .min(0)
    .default(2000)
    .describe("Steps after which the composed pictures are regenerated; 0: never"),
  seed: z.int().min(0).default(1).describe("Seed of weights, order and noise"),
  from: fromField,
  ...runFields,
  saveEvery: saveWithSamplesField,
});

/** A request to train the emoji generator, with every default filled in. */
export type GanTrainingRequest = z.infer<typeof ganTrainingSchema>;
