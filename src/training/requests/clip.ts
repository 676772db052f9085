import { z } from "zod";
import { requestedPresets } from "./clipPresets.js";
import { composedFields, emojiDataField, fromField, runFields } from "./fields.js";

/** What a CLIP is trained from: the emoji data, or a folder of captioned pictures. */
export const clipTrainingSchema = z.strictObject({
  images: z.string().optional().describe("Folder of your own captioned pictures, instead of the emoji data"),
  captions: z
    .string()
    .optional()
    .describe("CSV or JSONL with file and caption (default: a .txt beside each picture, else its name)"),
  preset: z
    .enum(Object.keys(requestedPresets) as (keyof typeof requestedPresets)[])
    .default("guide-a")
    .describe("Shape of the encoders"),
  shape: z.string().optional().describe("YAML file with the shape, image and text, instead of a preset"),
  loss: z
    .enum(["softmax", "sigmoid"])
    .default("softmax")
    .describe(
      "Compare a picture with all texts (CLIP), or classify each pair (SigLIP); only with your own images",
    ),
  accumulate: z
    .int()
    .min(1)
    .max(64)
    .default(1)
    .describe("Number of parts in which a batch is computed, to save memory; only with your own images"),
  balance: z
    .string()
    .optional()
    .describe(
      "Give groups of pictures the same influence: a column of the captions, or folder; set, style or group of the emoji data",
    ),
  balanceBy: z
    .enum(["sampling", "weights"])
    .default("sampling")
    .describe("How to balance: sample groups equally often, or weight their loss"),
  augment: z
    .number()
    .min(0)
    .max(2)
    .default(1)
    .describe("Strength of close crops, flips, colours and noise; at 0 only small shifts remain"),
  ...composedFields,
  swapped: z
    .number()
    .min(0)
    .max(1)
    .default(0.25)
    .describe(
      "Captions of composed pictures with swapped words, wrong for all pictures, for each picture of a batch",
    ),
  things: z
    .string()
    .optional()
    .describe("Folder of sticker data: also learn the things of its icons that no emoji shows"),
  validate: z
    .number()
    .min(0)
    .max(0.5)
    .default(0.1)
    .describe("Fraction of the pictures held out to measure retrieval; only with your own images"),
  data: emojiDataField,
  out: z.string().optional().describe("Folder of the run (default: outputs/train/<preset>)"),
  steps: z.int().min(1).default(1000).describe("Batches to train on"),
  batch: z.int().min(2).max(4096).default(256).describe("Pictures per batch"),
  rate: z.number().positive().default(1e-3).describe("Peak learning rate"),
  seed: z.int().min(0).default(1).describe("Seed of weights, order and augmentation"),
  from: fromField,
  ...runFields,
});

/** A request to train a CLIP, with every default filled in. */
export type ClipTrainingRequest = z.infer<typeof clipTrainingSchema>;
