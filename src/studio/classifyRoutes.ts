import { createHash } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { z } from "zod";
import { ConfigError } from "../errors.js";
import { defaultPack } from "./packs.js";
import type { StudioParts } from "./parts.js";
import { pictureFolderSchema } from "./pictureFolders.js";
import { NotFoundError, type Route, route } from "./routes.js";
import { uploadSchema } from "./uploads.js";

/** Maximum number of pictures that are classified. */
const maxPictures = 500;
/** Maximum number of search results. */
const maxHits = 200;

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
      /** Run folder, or path from the folder. */
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

/** A value with its 95 % interval. */
export const estimateSchema = z.object({
  mean: z.number(),
  low: z.number(),
  high: z.number(),
  samples: z.number(),
});

/** Rates of a decision by groups of pictures. */
export const biasSchema = z.object({
  labels: z.array(z.string()),
  pictures: z.number(),
  unreadable: z.number(),
  tables: z.array(
    z.object({
      by: z.string(),
      groups: z.array(
        z.object({
          group: z.string(),
          rate: estimateSchema,
          pictures: z.array(z.object({ path: z.string(), label: z.string(), counts: z.boolean() })),
        }),
      ),
      gap: z.object({ from: z.string(), to: z.string(), difference: estimateSchema }).optional(),
    }),
  ),
});

/** Rates of a decision by groups of pictures. */
export type BiasView = z.infer<typeof biasSchema>;

const folderName = z.string().min(1).max(1000).describe("A folder, as /api/folders names it");
const label = z.string().trim().min(1).max(200);
const labelsSchema = z.array(label).max(1000);

function requireDistinct(labels: readonly string[]): void {
  const repeated = labels.find((each, at) => labels.indexOf(each) !== at);
  if (repeated !== undefined) throw new ConfigError(`labels: "${repeated}" is given twice`);
}

/** Routes that name, find and compare the pictures of folders. */
export function classifyRoutes({ engine, folders, pictureFolders, uploads }: StudioParts): Route[] {
  return [
    route({
      method: "get",
      path: "/api/folders",
      summary: "Folders of pictures that the studio was started with, and the folders in them",
      answer: z.object({ folders: z.array(pictureFolderSchema) }),
      handle: async () => ({ folders: await pictureFolders.list() }),
    }),
    route({
      method: "post",
      path: "/api/classify",
      summary:
        "Name an upload or the pictures of a folder by labels; without either, the newest of the gallery",
      body: z
        .strictObject({
          labels: labelsSchema.min(2, "needs two labels or more"),
          folder: folderName.optional(),
          picture: z.string().max(100).optional().describe("Id of an upload"),
        })
        .refine(({ folder, picture }) => folder === undefined || picture === undefined, {
          message: "names a folder and a picture; name one of them",
        }),
      answer: classifiedSchema,
      async handle({ body: { labels, folder, picture } }) {
        requireDistinct(labels);
        if (picture !== undefined) {
          if (!(await uploads.has(picture))) throw new NotFoundError("no such picture");
          const stored = join(folders.own, "uploads");
          return engine.call("classify", {
            pack: defaultPack,
            folder: stored,
            only: picture,
            labels,
            maxPictures: 1,
            runs: false,
          });
        }
        return engine.call("classify", {
          pack: defaultPack,
          folder: folder === undefined ? folders.out : await pictureFolders.pathOf(folder),
          labels,
          maxPictures,
          runs: folder === undefined,
        });
      },
    }),
    route({
      method: "get",
      path: "/api/folders/search",
      summary: "Pictures of a folder that show what words say, or are like an upload, the nearest first",
      query: z.strictObject({
        folder: folderName,
        words: z.string().trim().min(1).max(500),
        by: z.enum(["content", "picture"]).default("content").describe("Words, or the id of an upload"),
      }),
      answer: z.object({ pictures: z.array(z.object({ path: z.string(), likeness: z.number() })) }),
      async handle({ query: { folder: name, words, by } }) {
        const folder = await pictureFolders.pathOf(name);
        // Other folders are read only: their indexes are among the studio's own files.
        const indexes = join(folders.own, "indexes");
        await mkdir(indexes, { recursive: true });
        const index = join(indexes, createHash("sha256").update(folder).digest("hex").slice(0, 32));
        const query = by === "picture" ? await uploads.read(words) : words;
        const found = await engine.call("search", {
          pack: defaultPack,
          folder,
          index,
          query,
          top: maxHits,
          runs: false,
        });
        return { pictures: found.map(({ id, score }) => ({ path: id, likeness: score })) };
      },
    }),
    route({
      method: "post",
      path: "/api/folders/upload",
      summary: "Take a picture of a folder as an input of a run",
      body: z.strictObject({ folder: folderName, path: z.string().min(1).max(2000) }),
      answer: uploadSchema,
      async handle({ body: { folder, path } }) {
        const { bytes } = await pictureFolders.read(folder, path);
        return uploads.add(bytes, basename(path));
      },
    }),
    route({
      method: "post",
      path: "/api/bias",
      summary: "Compare the groups of a labelled folder by what the CLIPs decide for their pictures",
      body: z.strictObject({
        folder: folderName,
        labels: labelsSchema.default([]).describe("Labels to decide between (default: those of the folder)"),
        outcome: labelsSchema
          .default([])
          .describe("Labels whose rate is measured (default: a picture's own label)"),
      }),
      answer: biasSchema,
      async handle({ body: { folder, labels, outcome } }) {
        requireDistinct(labels);
        return engine.call("bias", {
          pack: defaultPack,
          folder: await pictureFolders.pathOf(folder),
          labels,
          outcome,
        });
      },
    }),
  ];
}
