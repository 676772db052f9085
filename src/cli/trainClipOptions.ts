import { z } from "zod";

/** Options of both trainings on the emoji data about pictures composed for it. */
export const composedOptions = {
  composed: z
    .number()
    .min(0)
    .max(0.9)
    .default(0.5)
    .describe(
      "Part of the training pictures that are composed: recoloured, one on another, two side by side",
    ),
  held: z
    .string()
    .default("prompts/compositions-50.yaml,prompts/test-compositions.yaml")
    .describe("Prompt files kept for measuring, by commas: no composed picture shows what they name"),
};

/** Options of `clipsteer train clip`. */
export const trainClipSchema = z.strictObject({
  images: z.string().optional().describe("Folder of your own captioned pictures, instead of the emoji data"),
  captions: z
    .string()
    .optional()
    .describe("CSV or JSONL with file and caption (default: a .txt beside each picture, else its name)"),
  preset: z
    .enum(["guide-a", "guide-b", "judge", "tiny", "vit"])
    .default("guide-a")
    .describe("Shape of the encoders"),
  shape: z.string().optional().describe("YAML file with the shape, image and text, instead of a preset"),
  loss: z
    .enum(["softmax", "sigmoid"])
    .default("softmax")
    .describe("Compare a picture with all texts (CLIP), or judge each pair (SigLIP); for --images"),
  accumulate: z
    .int()
    .min(1)
    .max(64)
    .default(1)
    .describe("Compute a batch in parts, for less memory; for --images"),
  balance: z
    .string()
    .optional()
    .describe(
      "Give groups of pictures the same say: a column of --captions, or folder; set, style or group of the emoji data",
    ),
  balanceBy: z
    .enum(["sampling", "weights"])
    .default("sampling")
    .describe("With --balance: draw groups equally often, or weigh their loss"),
  augment: z
    .number()
    .min(0)
    .max(2)
    .default(1)
    .describe("Strength of close crops, flips, colours and noise; at 0 only small shifts remain"),
  ...composedOptions,
  validate: z
    .number()
    .min(0)
    .max(0.5)
    .default(0.1)
    .describe("Part held out to measure retrieval; for --images"),
  data: z.string().default("outputs/data/emoji").describe("Folder made by clipsteer data emoji"),
  out: z.string().optional().describe("Folder of the run (default: outputs/train/<preset>)"),
  steps: z.int().min(1).default(1000).describe("Batches to train on"),
  batch: z.int().min(2).max(4096).default(256).describe("Pictures a batch"),
  rate: z.number().positive().default(1e-3).describe("Peak learning rate"),
  seed: z.int().min(0).default(1).describe("Seed of weights, order and augmentation"),
  saveEvery: z.number().positive().default(180).describe("Seconds between checkpoints"),
  resume: z.boolean().default(false).describe("Go on from the checkpoint in --out"),
  from: z.string().optional().describe("Run folder, or model pack, whose weights a fresh run begins with"),
  threads: z.int().min(1).optional().describe("Threads (default: one a core)"),
});

/** Options as parsed. */
export type TrainClipOptions = z.infer<typeof trainClipSchema>;
