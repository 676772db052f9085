import { z } from "zod";
import { runDetailSchema, runViewSchema } from "./api.js";
import type { StudioParts } from "./parts.js";
import { checkRequest } from "./requests.js";
import { titleOfRequest } from "./titles.js";
import { type Route, route } from "./routes.js";
import { longestList, promptsOf } from "./wildcards.js";

const ids = z.object({ ids: z.array(z.string()) });
const request = z.record(z.string(), z.unknown());

/** Routes of the queue and of the runs in it. */
export function runRoutes({ runs, uploads }: StudioParts): Route[] {
  return [
    route({
      method: "get",
      path: "/api/runs",
      summary: "Every run that is known: waiting, running and finished",
      answer: z.object({ runs: z.array(runViewSchema) }),
      handle: () => ({ runs: runs.list() }),
    }),
    route({
      method: "post",
      path: "/api/runs",
      summary: "Start runs; they run one after the other",
      body: z.strictObject({
        kind: z.enum(["generate", "edit"]),
        requests: z
          .array(
            z.strictObject({
              request,
              cell: z.strictObject({ x: z.string().max(200), y: z.string().max(200) }).optional(),
            }),
          )
          .min(1)
          .max(1000),
        next: z.boolean().default(false).describe("Before what waits"),
        group: z.string().max(200).optional().describe("Name of the group that they belong to"),
      }),
      answer: ids,
      async handle({ body: { kind, requests, next, group } }) {
        const checked = [];
        for (const { request: given, cell } of requests) {
          const accepted = await checkRequest(kind, given);
          checked.push({ kind, title: titleOfRequest(accepted), request: accepted, group, cell });
        }
        return { ids: runs.add(checked, next) };
      },
    }),
    route({
      method: "post",
      path: "/api/queue/expand",
      summary: "Prompts of a pasted list: lines or YAML, with choices such as {red|blue}",
      body: z.strictObject({ text: z.string().max(longestList) }),
      answer: z.object({ prompts: z.array(z.string()) }),
      handle: ({ body }) => ({ prompts: promptsOf(body.text) }),
    }),
    route({
      method: "get",
      path: "/api/runs/:id",
      summary: "A run with its curves",
      answer: runDetailSchema,
      handle: ({ params }) => runs.detail(params.id!),
    }),
    route({
      method: "post",
      path: "/api/runs/:id/stop",
      summary: "End a run; the best picture so far is kept",
      body: z.strictObject({}),
      handle: ({ params }) => runs.stop(params.id!),
    }),
    route({
      method: "post",
      path: "/api/runs/:id/again",
      summary: "Queue a failed or stopped run again; it resumes from its snapshot if there is one",
      body: z.strictObject({}),
      handle: ({ params }) => runs.again(params.id!),
    }),
    route({
      method: "post",
      path: "/api/runs/:id/move",
      summary: "Move a waiting run to a place in the queue",
      body: z.strictObject({ to: z.int().min(0) }),
      handle: ({ params, body }) => runs.move(params.id!, body.to),
    }),
    route({
      method: "post",
      path: "/api/runs/:id/branch",
      summary: "Start a run from a step of another one, or from the nearest step whose picture is stored",
      body: z.strictObject({ step: z.int().min(0), request }),
      answer: z.object({ id: z.string(), step: z.number() }),
      async handle({ params, body }) {
        const run = params.id!;
        const step = await runs.nearestStep(run, body.step);
        const { id: init } = await uploads.add(await runs.frame(run, step), `step-${step}.png`);
        const accepted = await checkRequest("generate", { ...body.request, init });
        const parent = { run, step };
        const added = {
          kind: "generate",
          title: titleOfRequest(accepted),
          request: accepted,
          parent,
        } as const;
        return { id: runs.add([added], true)[0]!, step };
      },
    }),
    route({
      method: "delete",
      path: "/api/runs/:id",
      summary: "Take a run out of the queue, or forget a finished one; its folder stays",
      handle: ({ params }) => runs.remove(params.id!),
    }),
    route({
      method: "delete",
      path: "/api/runs",
      summary: "Forget the finished runs; their folders stay",
      handle: () => runs.clear(),
    }),
  ];
}
