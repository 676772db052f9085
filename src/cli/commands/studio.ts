import { z } from "zod";
import { defineCommand } from "../command.js";

/** `clipsteer studio`. */
export const studio = defineCommand({
  usage: "studio",
  describe: "Open a page on this machine to generate, steer, edit and compare pictures",
  schema: z.strictObject({
    port: z.int().min(1).max(65535).default(4477).describe("Port; if it is in use, the next free port"),
    open: z.boolean().default(true).describe("Open the page in the browser (--no-open to prevent it)"),
    out: z.string().default("outputs").describe("Folder of the run folders"),
    pictures: z
      .array(z.string())
      .default([])
      .describe("Folder of pictures that the page may classify, search and measure; repeatable"),
    host: z
      .string()
      .default("127.0.0.1")
      .describe("Address to bind to; any other needs a password in CLIPSTEER_STUDIO_PASSWORD"),
  }),
  examples: [
    ["clipsteer studio", "opens the page in the browser; Ctrl-C ends it"],
    ["clipsteer studio --pictures photos", "also classifies, searches and compares the pictures of a folder"],
    ["clipsteer studio --no-open --json", "prints the address and the token for programs"],
  ],
  async run(options, context) {
    const { runStudio } = await import("../studioRun.js");
    await runStudio(options, context);
  },
});
