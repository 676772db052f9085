import { z } from "zod";
import { InputError } from "../errors.js";
import { defaultPack } from "./packs.js";
import type { StudioParts } from "./parts.js";
import { recordOf, restoreRecord, restoredSchema } from "./restore.js";
import { type Route, readBody, route } from "./routes.js";
import { largestUpload, uploadSchema } from "./uploads.js";

/**
 * Makes two routes. One stores a picture, and returns the settings recorded in it when this toolkit made it; `problem` says why they
 * cannot be read, and the picture is stored all the same. The other computes a mask from words and stores it as an upload.
 */
export function uploadRoutes({ uploads, engine }: StudioParts): Route[] {
  return [
    route({
      method: "post",
      path: "/api/uploads",
      summary:
        "Send a picture; the answer says what it is, and which settings it holds when this toolkit made it",
      bytes: "application/octet-stream",
      query: z.strictObject({ name: z.string().max(300).default("picture") }),
      answer: uploadSchema.extend({ restored: restoredSchema.optional(), problem: z.string().optional() }),
      async handle({ query: { name } }, context) {
        const bytes = Buffer.from(
          await readBody(context.req.raw, largestUpload, context.get("bodyPatience")),
        );
        const upload = await uploads.add(bytes, name);
        try {
          const record = await recordOf(bytes, upload.name);
          // Only looks up which inputs are still uploaded; stores nothing.
          return record ? { ...upload, restored: await restoreRecord(record, uploads) } : upload;
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
          return { ...upload, problem: error.message };
        }
      },
    }),
    route({
      method: "post",
      path: "/api/relevance",
      summary: "Compute the mask of the object that words name, and store it",
      body: z.strictObject({
        picture: z.string().describe("upload id"),
        words: z.string().trim().min(1).max(200),
      }),
      answer: z.object({
        mask: z.string().describe("upload id of a grey PNG of the picture's size"),
        certainty: z.number().describe("confidence; may be negative or above 1"),
        weak: z.boolean().describe("whether the mask is little better than chance"),
      }),
      async handle({ body: { picture, words } }) {
        const relevance = await engine.call("relevance", {
          pack: defaultPack,
          words,
          picture: await uploads.read(picture),
        });
        const { id } = await uploads.add(relevance.mask, "mask.png");
        return { mask: id, certainty: relevance.certainty, weak: relevance.weak };
      },
    }),
  ];
}
