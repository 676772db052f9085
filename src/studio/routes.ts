import type { Context, Hono } from "hono";
import { z } from "zod";
import { ConfigError, ToolkitError } from "../errors.js";
import { parseJson } from "../files/index.js";

/** A route of the HTTP API. Its schemas validate requests and describe them in the OpenAPI document. */
export interface Route<Body extends z.ZodType = z.ZodType, Query extends z.ZodType = z.ZodType> {
  readonly method: "get" | "post" | "put" | "delete";
  /** Path in the syntax of Hono: `/api/runs/:id`. */
  readonly path: string;
  readonly summary: string;
  /** JSON body. */
  readonly body?: Body;
  /** Media type of a binary body, which the handler reads itself. */
  readonly bytes?: string;
  readonly query?: Query;
  /** JSON answer. */
  readonly answer?: z.ZodType;
  handle(
    input: { body: z.infer<Body>; query: z.infer<Query>; params: Record<string, string> },
    context: Context,
  ): unknown;
}

/** Types a route by its own schemas. */
export function route<Body extends z.ZodType, Query extends z.ZodType>(given: Route<Body, Query>): Route {
  return given as unknown as Route; // each handler gets the values that its own schemas accepted
}

/** The requested resource does not exist. */
export class NotFoundError extends ToolkitError {
  constructor(message: string) {
    super("missing", message);
  }
}

/** The resource is not in a state that allows the operation. */
export class ConflictError extends ToolkitError {
  constructor(message: string) {
    super("conflict", message);
  }
}

/** A request exceeds the size limit. */
export class TooLargeError extends ToolkitError {
  constructor(message: string) {
    super("size", message);
  }
}

/** Largest JSON body, bytes. */
const largestJson = 1e6;

type Status = 400 | 404 | 409 | 413 | 422 | 500;

/** Status by an error's code: those of the engine's process arrive without their classes. */
const statusByCode: Readonly<Record<string, Status>> = {
  config: 400,
  missing: 404,
  conflict: 409,
  size: 413,
  input: 422,
};

/** HTTP status of an error. */
export function statusOf(error: unknown): Status {
  return (error instanceof ToolkitError ? statusByCode[error.code] : undefined) ?? 500;
}

/** An error as the API sends it: one line, no stack. */
export function errorBody(error: unknown): { error: { code: string; message: string } } {
  const message = (error instanceof Error ? error.message : String(error)).split("\n")[0]!;
  return { error: { code: error instanceof ToolkitError ? error.code : "internal", message } };
}

/** A body's bytes; nothing beyond `limit` is read. @throws {TooLargeError} */
export async function readBody(request: Request, limit: number): Promise<Uint8Array> {
  const refuse = (): never => {
    throw new TooLargeError(`the request is larger than ${limit / 1e6} MB`);
  };
  const announced = Number(request.headers.get("content-length") ?? 0);
  if (!(announced <= limit)) refuse();
  const chunks: Uint8Array[] = [];
  let size = 0;
  if (request.body)
    for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) {
      size += chunk.length;
      if (size > limit) refuse();
      chunks.push(chunk);
    }
  return Buffer.concat(chunks);
}

async function readJson(context: Context): Promise<unknown> {
  const type = context.req.header("content-type") ?? "";
  if (!/^application\/json(?:;|$)/.test(type)) throw new ConfigError("send the body as application/json");
  const text = Buffer.from(await readBody(context.req.raw, largestJson)).toString("utf8");
  try {
    return parseJson(text);
  } catch (cause) {
    throw new ConfigError("the body is not valid JSON", { cause });
  }
}

function check<T extends z.ZodType>(schema: T, value: unknown, part: string): z.infer<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  throw new ConfigError(
    `${[part, ...path.map(String)].join(".")}: ${message.replace(/^Invalid input: /, "")}`,
  );
}

/** Serves a route: its input is checked before the handler sees it. */
export function addRoute(app: Hono, { method, path, body, query, handle }: Route): void {
  app.on(method.toUpperCase(), path, async (context) => {
    const result = await handle(
      {
        body: body && check(body, await readJson(context), "body"),
        query: query && check(query, context.req.query(), "query"),
        params: context.req.param() as Record<string, string>,
      },
      context,
    );
    return result instanceof Response ? result : context.json((result ?? {}) as object);
  });
}

/** The OpenAPI document of routes. Source: OpenAPI 3.1, whose schemas are JSON Schema 2020-12, which zod writes. */
export function openApi(routes: readonly Route[], version: string): object {
  const schemaOf = (schema: z.ZodType, io: "input" | "output"): object => {
    const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: "any" });
    return rest;
  };
  const json = (schema: z.ZodType, io: "input" | "output") => ({
    "application/json": { schema: schemaOf(schema, io) },
  });
  const paths: Record<string, Record<string, object>> = {};
  for (const { method, path, summary, body, bytes, query, answer } of routes) {
    const names = [...path.matchAll(/:(\w+)/g)].map((match) => match[1]!);
    const queryFields = query
      ? (z.toJSONSchema(query, { io: "input" }) as {
          properties?: Record<string, object>;
          required?: string[];
        })
      : {};
    const parameters = [
      ...names.map((name) => ({ name, in: "path", required: true, schema: { type: "string" } })),
      ...Object.entries(queryFields.properties ?? {}).map(([name, schema]) => ({
        name,
        in: "query",
        required: queryFields.required?.includes(name) ?? false,
        schema,
      })),
    ];
    const content = body ? json(body, "input") : bytes === undefined ? undefined : { [bytes]: {} };
    (paths[path.replace(/:(\w+)/g, "{$1}")] ??= {})[method] = {
      summary,
      parameters: parameters.length > 0 ? parameters : undefined,
      requestBody: content ? { required: true, content } : undefined,
      responses: {
        200: { description: "Done", content: answer ? json(answer, "output") : undefined },
        "4XX": { description: "Refused; `error.message` says why" },
      },
    };
  }
  return {
    openapi: "3.1.0",
    info: { title: "Studio of clipsteer", version },
    components: { securitySchemes: { token: { type: "http", scheme: "bearer" } } },
    security: [{ token: [] }],
    paths,
  };
}
