import { createHash } from "node:crypto";
import { type IncomingMessage, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createRandom } from "../../src/tensor/index.js";

/** A file that the server has: the start of an archive, then bytes that look like nothing else. */
export const content = Buffer.from(
  Uint8Array.from(
    { length: 300_000 },
    (
      (random) => () =>
        random.integer(256)
    )(createRandom("file")),
  ),
);
content.write("PK\x03\x04", "latin1");
export const sha256 = createHash("sha256").update(content).digest("hex");

/** What the server was asked. */
export interface Asked {
  readonly path: string;
  readonly method: string;
  readonly range: string | undefined;
  readonly authorization: string | undefined;
  readonly host: string | undefined;
}

/** How a path answers; `turn` counts the requests for it from 0. */
export type Answer = (request: IncomingMessage, response: ServerResponse, turn: number) => void;

/** First byte that a request asks for. */
export function startOf({ headers }: IncomingMessage): number {
  return Number(/^bytes=(\d+)-/.exec(headers.range ?? "")?.[1] ?? 0);
}

/** Answers as a good server does: the whole file, or the rest that is asked for. */
export const good: Answer = (request, response) => sendRest(request, response, content);

/** Sends `bytes` from where the request asks, `stop` of them at most, then breaks the connection if there were more. */
export function sendRest(
  request: IncomingMessage,
  response: ServerResponse,
  bytes: Buffer,
  stop = Infinity,
): void {
  const start = startOf(request);
  const one = request.headers.range === "bytes=0-0";
  if (start > 0 && start >= bytes.length) {
    response.writeHead(416).end();
    return;
  }
  const body = one ? bytes.subarray(0, 1) : bytes.subarray(start);
  response.writeHead(request.headers.range ? 206 : 200, {
    "content-length": body.length,
    etag: '"one"',
    ...(request.headers.range && {
      "content-range": `bytes ${start}-${start + body.length - 1}/${bytes.length}`,
    }),
  });
  if (body.length <= stop) response.end(body);
  else response.write(body.subarray(0, stop), () => setTimeout(() => response.destroy(), 20));
}

/** A server on this machine whose paths answer as told. */
export async function serve(answers: Readonly<Record<string, Answer>>): Promise<{
  url: string;
  requests: Asked[];
  close(): Promise<void>;
}> {
  const requests: Asked[] = [];
  const turns = new Map<string, number>();
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    const { range, authorization, host } = request.headers;
    requests.push({ path, method: request.method ?? "", range, authorization, host });
    const turn = turns.get(path) ?? 0;
    // Asking for the first byte is how sizes are learned; it takes no turn.
    if (range !== "bytes=0-0") turns.set(path, turn + 1);
    const answer = answers[path];
    if (answer) answer(request, response, turn);
    else response.writeHead(404).end();
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}
