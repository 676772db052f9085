import { z } from "zod";
import type { StudioParts } from "./parts.js";
import { type Route, route } from "./routes.js";

const part = z.object({ name: z.string(), found: z.boolean(), detail: z.string() });

/** Engines, packs and packages of the machine. */
export const machineSchema = z.object({
  node: z.object({ version: z.string(), ok: z.boolean() }),
  platform: z.string(),
  threads: z.number(),
  memory: z.object({ totalGb: z.number(), freeGb: z.number() }),
  engines: z.array(part),
  engine: z.string(),
  optional: z.array(part),
  packs: z.array(z.object({ name: z.string(), megabytes: z.number(), problem: z.string().optional() })),
  /** Whether the models are loaded, and the memory of the server without them, bytes. */
  studio: z.object({ engineLoaded: z.boolean(), bytes: z.number() }),
});

/** Engines, packs and packages of the machine. */
export type MachineView = z.infer<typeof machineSchema>;

/** Routes about the machine. */
export function machineRoutes({ engine }: StudioParts): Route[] {
  return [
    route({
      method: "get",
      path: "/api/doctor",
      summary: "What this machine has, and what is missing",
      answer: machineSchema,
      async handle() {
        const studio = { engineLoaded: engine.loaded, bytes: process.memoryUsage.rss() };
        return { ...(await engine.call("machine", {})), studio };
      },
    }),
    route({
      method: "post",
      path: "/api/unload",
      summary: "Unload the models; the next run loads them again",
      body: z.strictObject({}),
      handle: () => engine.close(),
    }),
  ];
}
