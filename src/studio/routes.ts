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

/** A request's body does not arrive. */
export class RequestTimeoutError extends ToolkitError {
  constructor() {
    super("timeout", "the body of the request did not arrive in time");
  }
}

/** The body of a request is not of the expected media type. */
class MediaTypeError extends ToolkitError {
  constructor(type: string) {
    super("type", `send the body as ${type}`);
  }
}

/** The address has no such method. */
export class MethodError extends ToolkitError {
  constructor(methods: readonly string[]) {
    super("method", `this address allows ${methods.join(", ")}`);
  }
}

/** Largest JSON body, bytes. */
const largestJson = 1e6;

type Status = 400 | 404 | 405 | 408 | 409 | 413 | 415 | 422 | 500;

/** Status by an error's code: those of the engine's process arrive without their classes. */
const statusByCode: Readonly<Record<string, Status>> = {
  config: 400,
  missing: 404,
  method: 405,
  timeout: 408,
  conflict: 409,
  size: 413,
  type: 415,
  input: 422,
};

/** Whether a file or folder was removed between two looks at it, by another client for example. */
const isGone = (error: unknown): boolean =>
  error instanceof Error && ["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "");

/** HTTP status of an error. */
export function statusOf(error: unknown): Status {
  if (isGone(error)) return 404;
  return (error instanceof ToolkitError ? statusByCode[error.code] : undefined) ?? 500;
}

/** An error as the API sends it: one line, no stack. */
export function errorBody(error: unknown): { error: { code: string; message: string } } {
  if (isGone(error)) return errorBody(new NotFoundError("it was removed in the meantime"));
  const message = (error instanceof Error ? error.message : String(error)).split("\n")[0]!;
  return { error: { code: error instanceof ToolkitError ? error.code : "internal", message } };
}

declare module "hono" {
  interface ContextVariableMap {
    /** Seconds without a byte after which a body is given up. */
    bodyPatience: number;
  }
}

/** Chunks of a body. @throws {RequestTimeoutError} when the next one does not arrive within `patience` seconds. */
async function* chunksOf(body: AsyncIterable<Uint8Array>, patience: number): AsyncGenerator<Uint8Array> {
  const chunks = body[Symbol.asyncIterator]();
  for (;;) {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new RequestTimeoutError()), patience * 1000);
    });
    const next = await Promise.race([chunks.next(), late]).finally(() => clearTimeout(timer));
    if (next.done) return;
    yield next.value;
  }
}

/** A body's bytes; nothing beyond `limit` is read, and nothing after `patience` seconds without a byte. @throws {TooLargeError}, {RequestTimeoutError} */
export async function readBody(request: Request, limit: number, patience = 20): Promise<Uint8Array> {
  const refuse = (): never => {
    throw new TooLargeError(`the request is larger than ${limit / 1e6} MB`);
  };
  const announced = Number(request.headers.get("content-length") ?? 0);
  if (!(announced <= limit)) refuse();
  const chunks: Uint8Array[] = [];
  let size = 0;
  if (request.body)
    for await (const chunk of chunksOf(request.body as unknown as AsyncIterable<Uint8Array>, patience)) {
      size += chunk.length;
      if (size > limit) refuse();
      chunks.push(chunk);
    }
  return Buffer.concat(chunks);
}

async function readJson(context: Context): Promise<unknown> {
  const type = context.req.header("content-type") ?? "";
  if (!/^application\/json\s*(?:;|$)/i.test(type)) throw new MediaTypeError("application/json");
  const bytes = await readBody(context.req.raw, largestJson, context.get("bodyPatience"));
  try {
    return parseJson(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
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

/** Values of a query. @throws {ConfigError} for a name that occurs twice. */
function queryOf(context: Context): Record<string, string> {
  return Object.fromEntries(
    Object.entries(context.req.queries()).map(([name, values]) => {
      if (values.length > 1) throw new ConfigError(`query.${name}: occurs ${values.length} times`);
      return [name, values[0]!];
    }),
  );
}

/** Methods of the routes whose path fits an address. */
export function methodsAt(routes: readonly Pick<Route, "method" | "path">[], address: string): string[] {
  const fits = ({ path }: Pick<Route, "path">): boolean => {
    const [parts, given] = [path.split("/"), address.split("/")];
    return (
      parts.length === given.length && parts.every((part, at) => part.startsWith(":") || part === given[at])
    );
  };
  return [...new Set(routes.filter(fits).map(({ method }) => method.toUpperCase()))];
}

/** Serves a route: its input is checked before the handler sees it. */
export function addRoute(app: Hono, { method, path, body, query, handle }: Route): void {
  app.on(method.toUpperCase(), path, async (context) => {
    const result = await handle(
      {
        body: body && check(body, await readJson(context), "body"),
        query: query && check(query, queryOf(context), "query"),
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
