import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { Hono } from "hono";
import { streamSSE } from "hono/streaming";
import { z } from "zod";
import { ConfigError } from "../errors.js";
import { maxPixelsOfPicture } from "../images/index.js";
import { listPacks } from "../packs/index.js";
import { modelsSchema, pageStateSchema } from "./api.js";
import { classifyRoutes } from "./classifyRoutes.js";
import { galleryRoutes } from "./galleryRoutes.js";
import type { Hub } from "./hub.js";
import { machineRoutes } from "./machineRoutes.js";
import { mediaRoutes } from "./media.js";
import { formatMetrics } from "./metrics.js";
import { servePage } from "./page.js";
import type { StudioParts } from "./parts.js";
import { defaultPack } from "./packs.js";
import { promptRoutes } from "./promptRoutes.js";
import {
  MethodError,
  NotFoundError,
  type Route,
  methodsAt,
  addRoute,
  errorBody,
  openApi,
  route,
  statusOf,
} from "./routes.js";
import { runRoutes } from "./runRoutes.js";
import { equalSecrets, guardRequests, limitTries, requireToken } from "./security.js";
import { largestUpload } from "./uploads.js";
import { uploadRoutes } from "./uploadRoutes.js";

/** Seconds between keep-alive messages, by which proxies and pages detect a dead connection. */
const heartbeat = 15;

function version(): string {
  // Beside the bundle (dist/engine/…) or, from source, beside src.
  const file = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(file) as { version: string }).version;
}

/** Milliseconds for which an event may wait to be sent together with the next one: each arrival costs a page time. */
const patience = 250;

/** Event stream of the pages. Source: WHATWG HTML, §9.2, server-sent events. */
function serveEvents(app: Hono, hub: Hub): void {
  app.get("/api/events", (context) => {
    const last = Number(context.req.header("last-event-id") ?? Number.NaN);
    const ended = new AbortController();
    return streamSSE(context, async (stream) => {
      stream.onAbort(() => ended.abort());
      let pendingText = "";
      let timer: NodeJS.Timeout | undefined;
      const flush = async (): Promise<void> => {
        clearTimeout(timer);
        timer = undefined;
        const text = pendingText;
        pendingText = "";
        if (text !== "") await stream.write(text);
      };
      const beat = setInterval(() => void stream.write(": \n\n"), heartbeat * 1000);
      try {
        await stream.write(": \n\n");
        const after = Number.isFinite(last) ? last : undefined;
        for await (const { id, type, data, patient } of hub.subscribe(after, ended.signal)) {
          pendingText += `event: ${type}\ndata: ${data}\nid: ${id}\n\n`;
          if (patient) timer ??= setTimeout(() => void flush(), patience);
          else await flush();
        }
      } finally {
        clearTimeout(timer);
        clearInterval(beat);
      }
    });
  });
}

function loginRoute({ access, password }: StudioParts): Route {
  const allowed = limitTries(10, 60);
  return route({
    method: "post",
    path: "/api/login",
    summary: "Exchange the password for the token, where the studio is bound to the network",
    body: z.strictObject({ password: z.string().max(1000) }),
    answer: z.object({ token: z.string() }),
    handle({ body }) {
      if (password === undefined) throw new NotFoundError("this studio has no password");
      if (!allowed()) throw new ConfigError("too many tries; wait a minute");
      if (!equalSecrets(body.password, password)) throw new ConfigError("the password is wrong");
      return { token: access.token };
    },
  });
}

/** Creates the server's application: page, API, pictures, events, metrics. */
export function createApp(parts: StudioParts): Hono {
  const { access, bodyPatience, engine, folders, hub, page } = parts;
  const app = new Hono();
  const mediaKey = randomBytes(24).toString("base64url");
  app.onError((error, context) => context.json(errorBody(error), statusOf(error)));
  app.use("*", guardRequests(access));
  app.use("*", (context, next) => {
    context.set("bodyPatience", bodyPatience);
    return next();
  });
  servePage(app, page, () => {
    // With a password, whoever opens the page has yet to log in.
    if (parts.password === undefined) engine.start();
  });
  mediaRoutes(app, parts, mediaKey);
  const login = loginRoute(parts);
  addRoute(app, login);
  app.use("/api/*", requireToken(access));
  app.use("/metrics", requireToken(access));

  const routes: Route[] = [
    login,
    route({
      method: "get",
      path: "/api/session",
      summary: "What a page needs to know first",
      answer: pageStateSchema,
      handle: async () => ({
        version: version(),
        mediaKey,
        out: folders.out,
        packs: await listPacks(),
        uploadLimit: largestUpload,
        pixelLimit: maxPixelsOfPicture,
        pictureHelp: parts.pictureHelp,
      }),
    }),
    route({
      method: "get",
      path: "/api/models",
      summary: "Load the models of a pack, and describe them",
      query: z.strictObject({ pack: z.string().max(100).default(defaultPack) }),
      answer: modelsSchema,
      async handle({ query: { pack } }) {
        if (!(await listPacks()).includes(pack)) throw new NotFoundError("no such pack");
        return engine.call("models", { pack });
      },
    }),
    ...runRoutes(parts),
    ...galleryRoutes(parts),
    ...uploadRoutes(parts),
    ...classifyRoutes(parts),
    ...promptRoutes(parts),
    ...machineRoutes(parts),
  ];
  for (const each of routes.slice(1)) addRoute(app, each);
  app.notFound((context) => {
    const methods = methodsAt(routes, context.req.path);
    if (methods.length === 0) return context.json(errorBody(new NotFoundError("no such address")), 404);
    return context.json(errorBody(new MethodError(methods)), 405, { Allow: methods.join(", ") });
  });
  app.get("/api/openapi.json", (context) => context.json(openApi(routes, version())));
  app.get("/metrics", (context) =>
    context.text(formatMetrics(parts), 200, { "Content-Type": "text/plain; version=0.0.4" }),
  );
  serveEvents(app, hub);
  return app;
}
