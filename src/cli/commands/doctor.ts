import { z } from "zod";
import { defineCommand } from "../command.js";

/** `clipsteer doctor`. */
export const doctor = defineCommand({
  usage: "doctor",
  describe: "Show what this machine has for clipsteer, and what is missing",
  schema: z.strictObject({}),
  examples: [
    ["clipsteer doctor", "a readable list"],
    ["clipsteer doctor --json", "the same as one JSON object"],
  ],
  async run(_options, context) {
    const { inspectMachine } = await import("../../machine/index.js");
    const { node, platform, threads, memory, engines, engine, optional, packs } = await inspectMachine();
    context.printJson({ node, platform, threads, memory, engines, engine, optional, packs });
    const mark = (good: boolean): string => (good ? "✓" : "–");
    context.print(`${mark(node.ok)} Node ${node.version}${node.ok ? "" : " (20 or newer is needed)"}`);
    context.print(`✓ ${platform}, ${threads} threads, ${memory.totalGb} GB memory (${memory.freeGb} free)`);
    context.print("Engines");
    for (const { name, found, detail } of engines)
      context.print(`  ${mark(found)} ${name}${name === engine ? " (chosen)" : ""}: ${detail}`);
    context.print("Optional packages");
    for (const { name, found, detail } of optional) context.print(`  ${mark(found)} ${name}: ${detail}`);
    context.print("Packs");
    for (const { name, megabytes, problem } of packs)
      context.print(`  ${mark(!problem)} ${name}: ${problem ?? `${megabytes} MB`}`);
    if (packs.length === 0)
      context.print("  – none found; install again, or make one with clipsteer pack emoji");
  },
});
