import { z } from "zod";

/** Engines that programs run on, the usual one first. */
export const engineNames = ["compiled", "tensorflow", "wasm", "cpu"] as const;

/** Fields of a request that decide which session serves it. */
export const sessionFields = {
  generator: z.string().default("emoji").describe("Model pack, by name or folder"),
  engine: z.enum(engineNames).default("compiled").describe("Where it runs"),
  threads: z.int().min(1).max(256).optional().describe("Threads (default: one a core)"),
};

/** Fields that decide how a picture is written. */
export const outputFields = {
  format: z.enum(["png", "webp"]).default("png").describe("Format of the picture"),
  metadata: z
    .boolean()
    .default(true)
    .describe("Write the settings into the picture, so that it can be made again"),
};
