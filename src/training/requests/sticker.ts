import { z } from "zod";
import { runFields, saveWithSamplesField } from "./fields.js";

/** Names or whole numbers with commas between them. */
const list = (pattern: RegExp, expected: string) => z.string().regex(pattern, `expected ${expected}`);

/** Fields that both sticker trainings share. */
const stickerFields = {
  data: z.string().default("outputs/data/stickers").describe("Folder of the sticker data"),
  from: z.string().optional().describe("Run folder or sticker pack with the initial weights of a new run"),
  ...runFields,
  saveEvery: saveWithSamplesField,
};

/** What a sticker generator's encoder and decoder are trained from. */
export const stickerTrainingSchema = z.strictObject({
  sets: list(/^[\w-]+(,[\w-]+)*$/, "names of icon sets with commas")
    .default("noto,twemoji,fluent-emoji-flat")
    .describe("Icon sets whose styles are learned"),
  development: z
    .boolean()
    .default(false)
    .describe(
      "Hold out 200 pairs of style and concept for evaluation, besides the 60 concepts that are always held out",
    ),
  out: z.string().default("outputs/train/sticker").describe("Folder of the run"),
  steps: z
    .int()
    .min(0)
    .default(7000)
    .describe("Batches to train on; 0 creates a run with its initial weights"),
  batch: z.int().min(2).max(512).multipleOf(2).default(32).describe("Drawings per batch; an even number"),
  rate: z.number().positive().default(2e-3).describe("Peak learning rate"),
  noise: z.number().min(0).default(0.1).describe("Noise on codes, as a fraction of their standard deviation"),
  recoloured: z.number().min(0).max(1).default(0.3).describe("Fraction of the drawings whose hue is rotated"),
  codes: z
    .boolean()
    .default(false)
    .describe("Train a code for every drawing beside the weights, instead of taking the encoder's"),
  only: z
    .string()
    .optional()
    .describe('Train only the weights whose names begin with this, such as "decoder.detail"'),
  drawings: z
    .int()
    .positive()
    .optional()
    .describe("Number of drawings to learn, evenly spread over the sets; all when absent"),
  reassign: list(/^(\d+(,\d+)*)?$/, "whole numbers with commas")
    .default("800,1600,2800,4000")
    .describe("Steps at which slots are reassigned to the order with the lowest loss"),
  seed: z.int().min(0).default(1).describe("Seed of weights, order and noise"),
  ...stickerFields,
});

/** A request to train a sticker generator's encoder and decoder, with every default filled in. */
export type StickerTrainingRequest = z.infer<typeof stickerTrainingSchema>;
