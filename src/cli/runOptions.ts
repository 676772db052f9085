import { z } from "zod";

/** Options of every command that makes pictures, beside those of its request. */
export const runOptions = {
  out: z.string().default("outputs").describe("Folder for run folders"),
  preview: z
    .boolean()
    .optional()
    .describe("Draw previews in the terminal (default: when stderr is a terminal)"),
  replay: z.string().optional().describe("Reproduce the picture in this file from its metadata"),
  inputs: z
    .string()
    .optional()
    .describe(
      "Folder of the input pictures of --replay (default: the picture's folder and the current folder)",
    ),
  resume: z
    .string()
    .optional()
    .describe("Continue an interrupted run in this run folder; the result has the same bytes"),
};

/** Options of a command that are not part of its request. */
export const runOptionNames: ReadonlySet<string> = new Set(Object.keys(runOptions));
