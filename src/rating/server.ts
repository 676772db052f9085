import { randomBytes } from "node:crypto";
import type { AddressInfo } from "node:net";
import { type ServerType, serve } from "@hono/node-server";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { z } from "zod";
import { ConfigError, ToolkitError } from "../errors.js";
import { guardRequests, requireToken } from "../studio/index.js";
import { css, html, script } from "./page.js";
import type { RatingSession } from "./session.js";

const address = "127.0.0.1";

const answerSchema = z.strictObject({
  trial: z.int().min(0),
  /** Index of the chosen picture or option; null for no choice. */
  choice: z.int().min(0).max(7).nullable(),
  seconds: z.number().min(0).max(1e6),
});

/** A rating page's server. */
export interface RatingServer {
  /** Address with the token in its fragment. */
  readonly url: string;
  readonly token: string;
  close(): Promise<void>;
}

/**
 * Creates the application: the page, the next question, its pictures, and answers. All addresses under `/api` need the bearer
 * token; the page, its script and its style do not.
 */
export function createRatingApp(session: RatingSession, token: string): Hono {
  const access = { token, bind: address };
  const app = new Hono();
  app.onError((error, context) => {
    const known = error instanceof ToolkitError;
    const message = known ? error.message : "unexpected failure; see the terminal";
    return context.json({ error: { message } }, known ? 400 : 500);
  });
  app.use("*", guardRequests(access));
  for (const [path, type, text] of [
    ["/", "text/html", html],
    ["/page.js", "text/javascript", script],
    ["/page.css", "text/css", css],
  ] as const)
    app.get(path, (context) =>
      context.body(text, 200, { "Content-Type": `${type}; charset=utf-8`, "Cache-Control": "no-store" }),
    );
  app.use("/api/*", requireToken(access), bodyLimit({ maxSize: 10_000 }));
  app.get("/api/question", (context) =>
    context.json({ question: session.next() ?? null, total: session.total }),
  );
  app.get("/api/pictures/:trial{[0-9]{1,6}}/:place{[01]}", async (context) => {
    const { trial, place } = context.req.param();
    const bytes = await session.picture(Number(trial), Number(place));
    if (!bytes) return context.json({ error: { message: "no such picture" } }, 404);
    return context.body(new Uint8Array(bytes), 200, {
      "Content-Type": "image/png",
      "Cache-Control": "no-store",
    });
  });
  app.post("/api/answers", async (context) => {
    const parsed = answerSchema.safeParse(await context.req.json().catch(() => undefined));
    if (!parsed.success) throw new ConfigError("answer: needs trial, choice and seconds");
    await session.answer(parsed.data.trial, parsed.data.choice, parsed.data.seconds);
    return context.json({ saved: true });
  });
  app.post("/api/undo", async (context) => context.json({ undone: await session.undo() }));
  return app;
}

/**
 * Serves a rating session over HTTP on the loopback address.
 * @param session session of `openRating`.
 * @param port 0 selects a free port.
 * @returns the running server; the caller closes it.
 * @throws {ConfigError} when the port is in use.
 */
export async function serveRating(session: RatingSession, port: number): Promise<RatingServer> {
  const token = randomBytes(24).toString("base64url");
  const app = createRatingApp(session, token);
  const server = await new Promise<ServerType>((resolve, reject) => {
    const starting = serve({ fetch: app.fetch, hostname: address, port }, () => resolve(starting));
    starting.on("error", (cause: NodeJS.ErrnoException) =>
      reject(
        new ConfigError(
          `${address}:${port}: cannot be used (${cause.code ?? cause.message}); name another port`,
          { cause },
        ),
      ),
    );
  });
  const { port: bound } = server.address() as AddressInfo;
  return {
    token,
    url: `http://${address}:${bound}/#${token}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        if ("closeAllConnections" in server) server.closeAllConnections();
      }),
  };
}
