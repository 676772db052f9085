import { z } from "zod";
import { ConfigError } from "../errors.js";
import { defaultPack } from "./packs.js";
import type { StudioParts } from "./parts.js";
import { type Route, route } from "./routes.js";

/** Pictures that are named at a time. */
const mostPictures = 500;

const share = z.object({
  label: z.string(),
  count: z.number(),
  share: z.number(),
  low: z.number(),
  high: z.number(),
});

/** Pictures with their labels, and how many got each. */
export const classifiedSchema = z.object({
  pictures: z.array(
    z.object({
      /** Run folder. */
      path: z.string(),
      labels: z.array(z.object({ label: z.string(), probability: z.number() })),
    }),
  ),
  shares: z.array(share),
  skipped: z.number(),
  left: z.number(),
});

/** Pictures with their labels, and how many got each. */
export type ClassifiedView = z.infer<typeof classifiedSchema>;

/** Routes that name pictures. */
export function classifyRoutes({ engine, folders }: StudioParts): Route[] {
  return [
    route({
      method: "post",
      path: "/api/classify",
      summary: "Name the newest pictures of the gallery by labels",
      body: z.strictObject({
        labels: z.array(z.string().trim().min(1).max(200)).min(2, "needs two labels or more").max(1000),
      }),
      answer: classifiedSchema,
      handle({ body: { labels } }) {
        const twice = labels.find((label, at) => labels.indexOf(label) !== at);
        if (twice !== undefined) throw new ConfigError(`labels: "${twice}" is there twice`);
        return engine.call("classify", {
          pack: defaultPack,
          folder: folders.out,
          labels,
          most: mostPictures,
          runs: true,
        });
      },
    }),
  ];
}
