import { z } from "zod";

/** Options of every command that makes pictures, beside those of its request. */
export const runOptions = {
  out: z.string().default("outputs").describe("Folder for run folders"),
  preview: z.boolean().optional().describe("Draw previews in the terminal (default: when it is one)"),
  replay: z.string().optional().describe("Make the picture in this file again, from the settings inside it"),
  inputs: z
    .string()
    .optional()
    .describe(
      "Folder of the pictures that --replay needs (default: the picture's folder, and the current one)",
    ),
  resume: z
    .string()
    .optional()
    .describe("Go on with an interrupted run, by its run folder; ends in the same bytes"),
};

/** Options of a command that are not part of its request. */
export const runOptionNames: ReadonlySet<string> = new Set(Object.keys(runOptions));
