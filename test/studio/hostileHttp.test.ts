import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { type Socket, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Studio, openStudio } from "../../src/studio/index.js";
import { type FakeEngine, fakeEngine, pngOf } from "./fake.js";

let folder: string;
let studio: Studio;
let engine: FakeEngine;
let url: string;
let port: number;
const errors: unknown[] = [];
/** Seconds without a byte of a body after which the server gives up, in these tests. */
const bodyPatience = 0.5;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "clipsteer-http-"));
  engine = fakeEngine();
  studio = await openStudio({ out: folder, engine, onError: (error) => errors.push(error), bodyPatience });
  ({ url, port } = await studio.listen(0));
});
afterAll(async () => {
  await studio.close();
  await rm(folder, { recursive: true, force: true });
});

interface Answer {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

/** Sends bytes as they are, and reads until the answer is whole or the server closes. */
function sendRaw(
  parts: readonly (string | Uint8Array)[],
  keepOpen?: (socket: Socket) => void,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    let text = "";
    const limit = setTimeout(() => {
      socket.destroy();
      reject(new Error(`no answer to ${String(parts[0]).slice(0, 80)}: ${text.slice(0, 200)}`));
    }, 8000);
    const read = (): Answer | undefined => {
      const [head, ...rest] = text.split("\r\n\r\n");
      if (rest.length === 0) return undefined;
      return {
        status: Number(/^HTTP\/1\.1 (\d+)/.exec(head!)?.[1]),
        head: head!,
        body: rest.join("\r\n\r\n"),
      };
    };
    const finish = (): void => {
      clearTimeout(limit);
      const answer = read();
      socket.destroy();
      if (answer) resolve(answer);
      else reject(new Error(`closed without an answer to ${String(parts[0]).slice(0, 80)}`));
    };
    socket.on("data", (data) => {
      text += data.toString("latin1");
      const answer = read();
      const length = /content-length: (\d+)/i.exec(answer?.head ?? "")?.[1];
      if (answer && (length !== undefined ? answer.body.length >= Number(length) : /0\r\n\r\n$/.test(text)))
        finish();
    });
    socket.on("close", finish);
    socket.on("error", () => undefined); // the answer may have come before it
    for (const part of parts) socket.write(part);
    keepOpen?.(socket);
  });
}

const headOf = (method: string, path: string, more: readonly string[] = []): string =>
  [
    `${method} ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    `Authorization: Bearer ${studio.token}`,
    ...more,
    "",
    "",
  ].join("\r\n");
const json = "Content-Type: application/json";

/** Expects a refusal in one line of JSON. */
function expectRefusal({ status, body }: Answer, expected: number): void {
  expect({ status, body: body.slice(0, 300) }).toMatchObject({ status: expected });
  const start = body.indexOf("{"); // before it is the length of a chunk
  const { error } = JSON.parse(body.slice(start, body.lastIndexOf("}") + 1)) as {
    error: { message: string };
  };
  expect(error.message).toMatch(/^[^\r\n]{5,300}$/);
}

const call = async (method: string, path: string, init: RequestInit = {}): Promise<Answer> => {
  const response = await fetch(`${url}api${path}`, {
    method,
    ...init,
    headers: { Authorization: `Bearer ${studio.token}`, "Content-Type": "application/json", ...init.headers },
  });
  return { status: response.status, head: "", body: await response.text() };
};

async function makeRun(name: string): Promise<void> {
  await mkdir(join(folder, name));
  await writeFile(join(folder, name, "image.png"), await pngOf());
}

describe("the server, with clients that send odd bytes", () => {
  it("refuses a body that is announced as huge before it arrives", async () => {
    const head = headOf("POST", "/api/runs", [json, "Content-Length: 1000000000000"]);
    expectRefusal(await sendRaw([head, "{"]), 413);
    const upload = headOf("POST", "/api/uploads?name=x", ["Content-Length: 999999999"]);
    expectRefusal(await sendRaw([upload, "x"]), 413);
  });

  it("refuses a body without an end once it is too large", async () => {
    const head = headOf("POST", "/api/runs", [json, "Transfer-Encoding: chunked"]);
    const chunk = `10000\r\n${" ".repeat(65536)}\r\n`;
    expectRefusal(await sendRaw([head, ...Array<string>(20).fill(chunk)]), 413);
  });

  it("gives up on a body that stops, and on one that never begins", async () => {
    const head = headOf("POST", "/api/runs", [json, "Content-Length: 100"]);
    expectRefusal(await sendRaw([head, '{"kind":']), 408);
    expectRefusal(await sendRaw([headOf("POST", "/api/uploads?name=x", ["Content-Length: 100"])]), 408);
  });

  it("refuses what is no HTTP in JSON, too", async () => {
    expectRefusal(await sendRaw(["GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nBad Header\r\n\r\n"]), 400);
    expectRefusal(await sendRaw(["\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"]), 400);
    expectRefusal(await sendRaw([headOf("GET", "/api/runs", [`X-Long: ${"a".repeat(100_000)}`])]), 431);
  });

  it("answers a request to speak WebSocket as any other", async () => {
    const more = [
      "Connection: Upgrade",
      "Upgrade: websocket",
      "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
    ];
    expect((await sendRaw([headOf("GET", "/api/runs", more)])).status).toBe(200);
    expectRefusal(await sendRaw([headOf("GET", "/api/socket", more)]), 404);
  });

  it("refuses broken UTF-8, other content types, and fields that occur twice", async () => {
    const body = Buffer.concat([Buffer.from('{"text":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]);
    const head = headOf("POST", "/api/queue/expand", [json, `Content-Length: ${body.length}`]);
    expectRefusal(await sendRaw([head, body]), 400);
    for (const type of [
      "text/plain",
      "application/x-www-form-urlencoded",
      "multipart/form-data; boundary=x",
      "application/jsonp",
      "",
    ])
      expectRefusal(
        await call("POST", "/queue/expand", { body: "{}", headers: { "Content-Type": type } }),
        415,
      );
    for (const type of ["Application/JSON", "application/json ; charset=utf-8"])
      expect(
        (await call("POST", "/queue/expand", { body: '{"text":"a"}', headers: { "Content-Type": type } }))
          .status,
      ).toBe(200);
    expectRefusal(await call("POST", "/queue/expand", { body: '{"text":"a","text":"b"}' }), 400);
    expectRefusal(await call("GET", "/gallery?limit=1&limit=2"), 400);
  });

  it("names the methods of an address that has others", async () => {
    for (const method of ["OPTIONS", "PATCH", "PUT"]) {
      const response = await fetch(`${url}api/runs`, {
        method,
        headers: { Authorization: `Bearer ${studio.token}` },
      });
      expect(response.headers.get("allow")?.split(", ")).toEqual(
        expect.arrayContaining(["GET", "POST", "DELETE"]),
      );
      expectRefusal({ status: response.status, head: "", body: await response.text() }, 405);
    }
    expect(
      (
        await fetch(`${url}api/runs`, {
          method: "HEAD",
          headers: { Authorization: `Bearer ${studio.token}` },
        })
      ).status,
    ).toBe(200);
    expectRefusal(await call("PATCH", "/nowhere"), 404);
  });

  it("refuses numbers that are none, negative or endless", async () => {
    for (const query of [
      "limit=NaN",
      "limit=-1",
      "limit=1e999",
      "limit=0.5",
      "offset=-0.1",
      "limit=",
      "limit=0x10x",
    ])
      expectRefusal(await call("GET", `/gallery?${query}`), 400);
    for (const [path, body] of [
      ["/runs", '{"kind":"edit","requests":[{"request":{"picture":1,"prompt":["a"]}}]}'],
      ["/runs", '{"kind":"generate","requests":[{"request":{"text":["a"],"steps":-1}}]}'],
      ["/runs", '{"kind":"generate","requests":[{"request":{"text":["a"],"seed":1e400}}]}'],
      ["/runs", '{"kind":"generate","requests":[{"request":{"text":["a"],"size":"NaN"}}]}'],
      ["/runs/x/move", '{"to":-1}'],
      ["/runs/x/branch", '{"step":null,"request":{}}'],
    ] as const)
      expectRefusal(await call("POST", path, { body }), 400);
  });

  it("lets many clients delete, restore and star one run at once", async () => {
    await makeRun("00001-shared");
    const several = async (method: string, path: string, body?: string): Promise<number[]> =>
      (
        await Promise.all(
          Array.from({ length: 12 }, () => call(method, path, body === undefined ? {} : { body })),
        )
      ).map((answer) => {
        if (answer.status !== 200) expectRefusal(answer, answer.status);
        return answer.status;
      });
    const once = (statuses: number[]): void => {
      expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(0);
      expect(statuses.filter((status) => ![200, 404, 409].includes(status))).toEqual([]);
    };
    once(await several("PUT", "/gallery/00001-shared/star", '{"starred":true}'));
    once(await several("DELETE", "/gallery/00001-shared"));
    once(await several("POST", "/gallery/00001-shared/restore", "{}"));
    const mixed = await Promise.all([
      several("DELETE", "/gallery/00001-shared"),
      several("GET", "/gallery/00001-shared"),
      several("POST", "/gallery/00001-shared/upload", "{}"),
      several("GET", "/gallery?limit=5"),
    ]);
    mixed.forEach((statuses) => expect(statuses.filter((status) => status >= 500)).toEqual([]));
    once(await several("DELETE", "/bin"));
    const added = JSON.parse(
      (
        await call("POST", "/runs", {
          body: '{"kind":"generate","requests":[{"request":{"text":["a"]}},{"request":{"text":["b"]}}]}',
        })
      ).body,
    ) as { ids: string[] };
    once(await several("DELETE", `/runs/${added.ids[1]}`));
    expect(errors).toEqual([]);
  });

  it("goes on when clients leave in the middle of a body, of an answer and of the events", async () => {
    const leave = (text: string): Promise<void> =>
      new Promise((resolve) => {
        const socket = connect(port, "127.0.0.1", () => {
          socket.write(text);
          setTimeout(() => {
            socket.resetAndDestroy();
            resolve();
          }, 50);
        });
        socket.on("error", () => undefined);
      });
    await Promise.all([
      leave(headOf("POST", "/api/runs", [json, "Content-Length: 500"]) + '{"kind":'),
      leave(headOf("POST", "/api/uploads?name=x", ["Transfer-Encoding: chunked"]) + "5\r\nabcde\r\n"),
      leave(headOf("GET", "/api/openapi.json")),
      leave(headOf("GET", "/api/events")),
    ]);
    expect((await call("GET", "/runs")).status).toBe(200);
    expect(errors).toEqual([]);
  });

  it("ignores ranges, and sends pictures whole", async () => {
    await makeRun("00002-whole");
    const { mediaKey } = JSON.parse((await call("GET", "/session")).body) as { mediaKey: string };
    for (const range of ["bytes=0-3", "bytes=5-1", "bytes=-", "lines=1-2"]) {
      const response = await fetch(`${url}media/${mediaKey}/runs/00002-whole/image`, {
        headers: { Range: range },
      });
      expect(response.status).toBe(200);
      expect(Buffer.from(await response.arrayBuffer())).toEqual(await pngOf());
    }
  });
});
