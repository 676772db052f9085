import { extname, join } from "node:path";
import type { Context, Hono } from "hono";
import { readPictureHeader, makeThumbnail } from "../images/index.js";
import type { StudioParts } from "./parts.js";
import { readFileIn, runFolder } from "./folders.js";
import { NotFoundError, errorBody } from "./routes.js";
import { equalSecrets } from "./security.js";

/** Pixels of a thumbnail's longer side. */
const thumbSide = 384;
const largestFile = 256e6;
/** Maximum number of thumbnails in memory. */
const maxThumbs = 600;

/** Media type of a run's picture. */
function typeOf(name: string): string {
  const format = extname(name).slice(1);
  return format === "svg" ? "image/svg+xml" : `image/${format}`;
}

/**
 * Serves pictures. `<img>` cannot send a token, so the address holds a key of its own, which is valid for pictures only, and
 * only while the server runs.
 */
export function mediaRoutes(
  app: Hono,
  { folders, pictureFolders, runs, uploads, gallery }: StudioParts,
  key: string,
): void {
  const thumbs = new Map<string, Promise<Buffer>>();
  app.use("/media/:key/*", async (context, next) =>
    equalSecrets(context.req.param("key"), key)
      ? next()
      : context.json(errorBody(new NotFoundError("no such picture")), 403),
  );
  const send = (context: Context, bytes: Uint8Array, type: string): Response =>
    context.body(new Uint8Array(bytes), 200, {
      "Content-Type": type,
      // An address that names a version never shows anything else.
      "Cache-Control": "private, max-age=3600, immutable",
      "Content-Disposition": "inline",
    });
  const imageOf = async (id: string): Promise<{ bytes: Buffer; name: string; version: string }> => {
    const folder = await runFolder(folders.out, id);
    const { image } = await gallery.item(id);
    if (image === undefined) throw new NotFoundError("this run has no picture yet");
    const { bytes, changed } = await readFileIn(folder, image, largestFile);
    return { bytes, name: image, version: `${join(folder, image)} ${changed}` };
  };

  app.get("/media/:key/runs/:id/image", async (context) => {
    const { bytes, name } = await imageOf(context.req.param("id"));
    return send(context, bytes, typeOf(name));
  });
  app.get("/media/:key/runs/:id/file/:name", async (context) => {
    const { id, name } = context.req.param();
    if (!/^[\w-]+\.(?:png|webp)$/.test(name)) throw new NotFoundError("no such picture");
    const { bytes } = await readFileIn(await runFolder(folders.out, id), name, largestFile);
    return send(context, bytes, typeOf(name));
  });
  /** A small copy; `version` names the file and its time. */
  const sendThumb = async (context: Context, bytes: Buffer, version: string): Promise<Response> => {
    let thumb = thumbs.get(version);
    if (!thumb) {
      thumb = makeThumbnail(bytes, "picture", thumbSide);
      thumbs.set(version, thumb);
      thumb.catch(() => thumbs.delete(version));
      for (const old of [...thumbs.keys()].slice(0, -maxThumbs)) thumbs.delete(old);
    }
    return send(context, await thumb, "image/webp");
  };
  app.get("/media/:key/runs/:id/thumb", async (context) => {
    const { bytes, name, version } = await imageOf(context.req.param("id"));
    // What is not decoded here is small, and the browser shows it.
    if (/\.(?:avif|svg)$/.test(name)) return send(context, bytes, typeOf(name));
    return sendThumb(context, bytes, version);
  });
  app.get("/media/:key/folders/:folder/thumb/:path", async (context) => {
    const { folder, path: name } = context.req.param();
    const { bytes, path, changed } = await pictureFolders.read(folder, name);
    return sendThumb(context, bytes, `${path} ${changed}`);
  });
  app.get("/media/:key/frames/:id/:step", async (context) => {
    const { id, step } = context.req.param();
    return send(context, await runs.frame(id, Number(step)), "image/png");
  });
  app.get("/media/:key/uploads/:id", async (context) => {
    const bytes = await uploads.read(context.req.param("id"));
    const header = readPictureHeader(bytes);
    if (!header || "other" in header) throw new NotFoundError("no such picture");
    return send(context, bytes, `image/${header.format}`);
  });
}
