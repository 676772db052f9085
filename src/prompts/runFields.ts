import { z } from "zod";

/** Optimisers: gradient ascent, evolution, or evolution followed by gradient ascent. */
export const optimizers = ["adam", "cma-es", "hybrid"] as const;

/** Types and ranges of the settings that prompt files, requests and records share. Requests add defaults. */
export const runFields = {
  generator: z.string().describe("Model pack, by name or folder"),
  steps: z.int().min(0).max(5000).describe("Steps of ascent"),
  views: z.int().min(1).max(128).describe("Random views per step"),
  lr: z.number().positive().max(2).describe("Peak step in latent units"),
  seed: z
    .int()
    .min(0, "must be 0 or more; leave it out for a random one")
    .describe("Seed; the same seed gives the same bytes"),
  count: z.int().min(1).max(1000).describe("Number of pictures, with consecutive seeds"),
};
