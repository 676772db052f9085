import { z } from "zod";
import { composedFields, runFields } from "./fields.js";

/** What the independent judge is trained from. */
export const judgeTrainingSchema = z.strictObject({
  out: z.string().default("outputs/judge").describe("Folder of the judge"),
  data: z
    .string()
    .default("outputs/data/judge")
    .describe("Folder of its drawings, which is built when missing"),
  cache: z
    .string()
    .optional()
    .describe("Folder of downloaded packages (default: packages in the data folder)"),
  offline: z.boolean().default(false).describe("Use only downloaded packages"),
  steps: z.int().min(1).default(4000).describe("Batches to train on"),
  batch: z.int().min(2).max(4096).default(256).describe("Pictures per batch"),
  rate: z.number().positive().default(1e-3).describe("Peak learning rate"),
  seed: z.int().min(0).default(17).describe("Seed of weights, order and augmentation"),
  ...composedFields,
  ...runFields,
});

/** A request to train the independent judge, with every default filled in. */
export type JudgeTrainingRequest = z.infer<typeof judgeTrainingSchema>;
