import { readdir } from "node:fs/promises";
import { extname, join } from "node:path";
import { z } from "zod";
import { InputError } from "../errors.js";
import { parseJson } from "../files/index.js";
import { convertPicture } from "../images/index.js";
import { indexFile } from "../search/index.js";
import { type RunRecord, type SceneFile, sceneFileSchema } from "../runs/index.js";
import { defaultPack, paintsRegions } from "./packs.js";
import type { StudioParts } from "./parts.js";
import { readFileIn, runFolder } from "./folders.js";
import { galleryItemSchema, galleryQuerySchema } from "./gallery.js";
import { recordOf, restoreRecord, restoredSchema } from "./restore.js";
import { ConflictError, NotFoundError, type Route, route } from "./routes.js";
import { uploadSchema } from "./uploads.js";

const largestFile = 256e6;
const largestLog = 20e6;
const largestScene = 1e6;
/** Maximum number of results of a search by content; lower ranks are not similar to the words. */
const maxHits = 200;
const idAnswer = z.object({ id: z.string() });
/** Formats in which every picture of pixels can be saved. */
const pixelExports = ["png", "webp"] as const;
const exportFormats = [...pixelExports, "svg"] as const;
const exportQuery = z.strictObject({ format: z.enum(exportFormats) });

const lossLine = z.looseObject({ step: z.number(), loss: z.number() });

/** Losses of a `steps.jsonl`; half-written lines are left out. */
function lossesOf(text: string): { step: number; loss: number }[] {
  return text.split("\n").flatMap((line) => {
    try {
      const { step, loss } = lossLine.parse(JSON.parse(line));
      return [{ step, loss }];
    } catch {
      return [];
    }
  });
}

/** Layers of a `scene.json`. @throws {InputError} when it is damaged. */
function parseScene(text: string): SceneFile {
  try {
    return sceneFileSchema.parse(parseJson(text));
  } catch (cause) {
    throw new InputError("scene.json of this run cannot be read; paint the picture again", { cause });
  }
}

/** Routes of the gallery. */
export function galleryRoutes({ folders, gallery, runs, uploads, hub, engine }: StudioParts): Route[] {
  /** Items that match words or are similar to an upload, nearest first. */
  const byContent = async ({ words, by, offset, limit, ...query }: z.infer<typeof galleryQuerySchema>) => {
    const all = await gallery.list({ ...query, words: "", offset: 0, limit: Number.MAX_SAFE_INTEGER });
    const items = new Map(all.items.map((item) => [item.id, item]));
    const hits = await engine.call("search", {
      pack: defaultPack,
      folder: folders.out,
      index: join(folders.out, indexFile),
      query: by === "picture" ? await uploads.read(words) : words,
      top: maxHits,
      runs: true,
    });
    const found = hits.flatMap(({ id, score }) => {
      const item = items.get(id);
      return item ? [{ ...item, likeness: score }] : [];
    });
    return { total: found.length, items: found.slice(offset, offset + limit) };
  };
  const changed = (): void => hub.publish("gallery", {});
  const imageOf = async (id: string): Promise<{ bytes: Buffer; name: string }> => {
    const { image } = await gallery.item(id);
    if (image === undefined) throw new NotFoundError("this run has no picture yet");
    const { bytes } = await readFileIn(await runFolder(folders.out, id), image, largestFile);
    return { bytes, name: image };
  };
  /** Whether an SVG, or the pixels of one, can be painted from the settings of a picture. */
  const canPaint = async (record: RunRecord | undefined, unfinished: boolean): Promise<boolean> =>
    record?.command === "generate" && !unfinished && (await paintsRegions(record.pack.name));
  /** Paints the picture of a run again from its settings. */
  const paintAgain = async (id: string, format: "svg" | "png"): Promise<Uint8Array> => {
    const { bytes, name } = await imageOf(id);
    const record = await recordOf(bytes, name);
    const { unfinished, guide } = await gallery.item(id);
    if (!record || !(await canPaint(record, unfinished)))
      throw new NotFoundError(
        unfinished
          ? `this run was stopped: resume it, then save the finished picture as ${format.toUpperCase()}`
          : format === "svg"
            ? "there is no SVG of this picture: its generator makes pixels"
            : "there are no pixels of this SVG: it holds no settings of the studio's generators",
      );
    return engine.call("paint", { format, record, uploads: join(folders.own, "uploads"), guide });
  };
  /** The picture of a run in pixels: what a run wrote as AVIF or SVG is not read elsewhere. */
  const pixelsOf = async (id: string): Promise<{ bytes: Buffer; name: string }> => {
    const { bytes, name } = await imageOf(id);
    if (name.endsWith(".svg")) return { bytes: Buffer.from(await paintAgain(id, "png")), name: "image.png" };
    if (name.endsWith(".avif"))
      return { bytes: Buffer.from(await convertPicture(bytes, name, "png")), name: "image.png" };
    return { bytes, name };
  };
  const vectorOf = async (id: string): Promise<Uint8Array> => {
    const saved = await readFileIn(await runFolder(folders.out, id), "image.svg", largestFile).catch(
      (error: unknown) => {
        if (error instanceof NotFoundError) return undefined;
        throw error;
      },
    );
    return saved?.bytes ?? paintAgain(id, "svg");
  };
  const requireIdle = (id: string): void => {
    if (runs.list().some(({ status, folder }) => status === "running" && folder === id))
      throw new ConflictError("this run is running; stop it first");
  };

  return [
    route({
      method: "get",
      path: "/api/gallery",
      summary: "Run folders, filtered and sorted",
      query: galleryQuerySchema,
      answer: z.object({
        total: z.number(),
        items: z.array(galleryItemSchema.extend({ likeness: z.number().optional() })),
      }),
      handle: ({ query }) =>
        query.by !== "words" && query.words.trim() !== "" ? byContent(query) : gallery.list(query),
    }),
    route({
      method: "get",
      path: "/api/gallery/:id",
      summary: "A run folder: its files, its curve and its settings as a request",
      answer: z.object({
        item: galleryItemSchema,
        files: z.array(z.string()),
        /** Formats in which the picture can be saved. */
        formats: z.array(z.enum(exportFormats)),
        losses: z.array(z.object({ step: z.number(), loss: z.number() })),
        restored: restoredSchema.optional(),
        problem: z.string().optional(),
      }),
      async handle({ params }) {
        const id = params.id!;
        const item = await gallery.item(id);
        const folder = await runFolder(folders.out, id);
        const files = (await readdir(folder)).filter((name) => !name.startsWith(".")).sort();
        const log = await readFileIn(folder, "steps.jsonl", largestLog).catch(() => undefined);
        const losses = log ? lossesOf(log.bytes.toString("utf8")) : [];
        const found = { item, files, losses, formats: [] };
        if (item.image === undefined) return found;
        const { bytes, name } = await imageOf(id);
        const isVector = name.endsWith(".svg");
        const pixels = isVector ? [] : pixelExports;
        try {
          const record = await recordOf(bytes, name);
          const isPaintable = await canPaint(record, item.unfinished);
          const formats = [
            ...(isPaintable ? pixelExports : pixels),
            ...(files.includes("image.svg") || isPaintable ? (["svg"] as const) : []),
          ];
          if (!record) return { ...found, formats };
          return { ...found, formats, restored: await restoreRecord(record, uploads) };
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
          return { ...found, formats: pixels, problem: error.message };
        }
      },
    }),
    route({
      method: "get",
      path: "/api/gallery/:id/scene",
      summary: "Layers of a run's picture, as a request takes them under `scene`",
      answer: sceneFileSchema,
      async handle({ params }) {
        const folder = await runFolder(folders.out, params.id!);
        const { bytes } = await readFileIn(folder, "scene.json", largestScene);
        return parseScene(bytes.toString("utf8"));
      },
    }),
    route({
      method: "put",
      path: "/api/gallery/:id/star",
      summary: "Star a run, or take its star away",
      body: z.strictObject({ starred: z.boolean() }),
      async handle({ params, body }) {
        await gallery.star(params.id!, body.starred);
        changed();
      },
    }),
    route({
      method: "delete",
      path: "/api/gallery/:id",
      summary: "Move a run folder to the bin",
      async handle({ params }) {
        requireIdle(params.id!);
        await gallery.remove(params.id!);
        runs.setHidden(params.id!, true);
        changed();
      },
    }),
    route({
      method: "post",
      path: "/api/gallery/:id/restore",
      summary: "Bring a run folder back from the bin",
      body: z.strictObject({}),
      async handle({ params }) {
        await gallery.restore(params.id!);
        runs.setHidden(params.id!, false);
        changed();
      },
    }),
    route({
      method: "get",
      path: "/api/bin",
      summary: "How many runs are in the bin",
      answer: z.object({ runs: z.number() }),
      handle: async () => ({ runs: await gallery.binSize() }),
    }),
    route({
      method: "delete",
      path: "/api/bin",
      summary: "Delete what is in the bin for good",
      answer: z.object({ runs: z.number() }),
      handle: async () => ({ runs: await gallery.emptyBin() }),
    }),
    route({
      method: "post",
      path: "/api/gallery/:id/replay",
      summary: "Make the picture again from the settings inside it",
      body: z.strictObject({}),
      answer: idAnswer,
      async handle({ params }) {
        const { bytes, name } = await imageOf(params.id!);
        const record = await recordOf(bytes, name);
        if (!record) throw new InputError("this picture holds no settings");
        const { title } = await gallery.item(params.id!);
        const { request } = await restoreRecord(record, uploads);
        return { id: runs.add([{ kind: record.command, title, request, replay: record }], true)[0]! };
      },
    }),
    route({
      method: "post",
      path: "/api/gallery/:id/resume",
      summary: "Resume an interrupted run",
      body: z.strictObject({}),
      answer: idAnswer,
      async handle({ params }) {
        const id = params.id!;
        requireIdle(id);
        const { unfinished, title, kind } = await gallery.item(id);
        if (!unfinished) throw new ConflictError("this run is finished");
        const listedRun = runs.list().find(({ folder }) => folder === id);
        const command = kind === "edit" || listedRun?.kind === "edit" ? "edit" : "generate";
        return {
          id: runs.add([{ kind: command, title, request: listedRun?.request ?? {}, folder: id }], true)[0]!,
        };
      },
    }),
    route({
      method: "post",
      path: "/api/gallery/:id/upload",
      summary: "Take the picture of a run as an input of another one",
      body: z.strictObject({}),
      answer: uploadSchema,
      async handle({ params }) {
        const { bytes, name } = await pixelsOf(params.id!);
        return uploads.add(bytes, `${params.id!.replace(/^\d+-/, "")}${extname(name)}`);
      },
    }),
    route({
      method: "get",
      path: "/api/gallery/:id/export",
      summary: "The picture as a file; its settings stay inside PNG and WebP",
      query: exportQuery,
      async handle({ params, query: { format } }, context) {
        const send = (bytes: Uint8Array, type: string): Response =>
          context.body(new Uint8Array(bytes), 200, {
            "Content-Type": type,
            "Content-Disposition": `attachment; filename*=UTF-8''${encodeURIComponent(`${params.id}.${format}`)}`,
          });
        if (format === "svg") return send(await vectorOf(params.id!), "image/svg+xml");
        const { bytes, name } = await pixelsOf(params.id!);
        if (name.endsWith(`.${format}`)) return send(bytes, `image/${format}`);
        return send(await convertPicture(bytes, name, format), `image/${format}`);
      },
    }),
  ];
}
