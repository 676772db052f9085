import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { InputError } from "../../src/errors.js";
import { testStudio } from "./fake.js";

let studio: Awaited<ReturnType<typeof testStudio>>;
let routes: { path: string; method: string }[];
beforeAll(async () => {
  studio = await testStudio();
  studio.engine.call = () => Promise.reject(new InputError("no models here"));
  const document = (await studio.send("GET", "/api/openapi.json")).body as {
    paths: Record<string, Record<string, unknown>>;
  };
  routes = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({ path, method: method.toUpperCase() })),
  );
});
afterAll(() => studio.close());

const deep = (open: string, close: string): string => open.repeat(50_000) + close.repeat(50_000);
/** Bodies that are no request of any route, or odd ones. */
const bodies: Readonly<Record<string, string | Uint8Array>> = {
  nothing: "",
  null: "null",
  "a number without end": "1e999",
  "a list": "[]",
  "a text": '"x"',
  "lists in lists": deep("[", "]"),
  "objects in objects": `${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}`,
  "bytes that are no UTF-8": new Uint8Array([0x7b, 0xff, 0xfe, 0x7d]),
  "UTF-16": new Uint8Array(Buffer.from("\ufeff{}", "utf16le")),
  "a byte order mark": "\ufeff{}",
  "a prototype": '{"__proto__":{"kind":"generate"},"constructor":{"prototype":{}},"toString":1}',
  "numbers for texts":
    '{"kind":1,"requests":1,"text":1,"name":1,"paths":1,"starred":1,"ids":1,"query":1,"order":1}',
  "lone surrogates":
    '{"kind":"generate","requests":[{"request":{"text":["\\ud800"]}}],"name":"\\ud800","text":"\\ud800"}',
  "control characters":
    '{"kind":"generate","requests":[{"request":{"text":["a\\u0000b\\u001b[31m"]}}],"text":"\\u0000","name":"\\u0000"}',
  "numbers beyond all":
    '{"kind":"generate","requests":[{"request":{"text":["x"],"seed":1e999,"steps":-0,"size":9007199254740993}}],"index":-1,"step":1e308}',
};
/** What takes the place of a parameter in a path. */
const ids = [
  "..",
  "%2e%2e%2f%2e%2e%2fetc",
  "%00",
  "%E0%A4%A",
  "a".repeat(5000),
  "__proto__",
  "00001-x%0a",
  "-1",
  "%F0%9F%8D%95",
  "con",
  ".",
];
const queries = [
  "",
  "?side=1e999&side=-1&page=NaN&q=%00&limit=-5",
  "?name=..%2f..%2fx&key=%F0&path=%2fetc%2fpasswd&from=9e99&to=-9e99",
  `?q=${"x".repeat(20_000)}`,
];

/** Checks that an answer is one of a server that is well: no failure, and a refusal in one line. */
async function expectSane(what: string, response: Response): Promise<void> {
  expect(response.status, what).toBeLessThan(500);
  if (response.status < 400) return void (await response.body?.cancel());
  const text = await response.text();
  if (!text.startsWith("{")) return expect(text.length, what).toBeLessThan(1000);
  const { error } = JSON.parse(text) as { error?: { message: string } };
  expect(error?.message, what).toMatch(/^[^\r\n]{1,999}$/);
}

describe("odd requests", () => {
  it("in the body of every route are answered or refused in a line", async () => {
    expect(routes.length).toBeGreaterThan(20);
    for (const { path, method } of routes.filter((route) => !["GET", "HEAD"].includes(route.method)))
      for (const [name, body] of Object.entries(bodies)) {
        const place = path.replace(/\{\w+\}/g, "00001-x");
        const headers = { "Content-Type": "application/json" };
        await expectSane(
          `${method} ${place} with ${name}`,
          await studio.request(place, { method, body: body as NonNullable<RequestInit["body"]> }, headers),
        );
      }
    expect(studio.errors).toEqual([]);
  });

  it("in the path and query of every route are answered or refused in a line", async () => {
    for (const { path, method } of routes)
      for (const id of ids)
        for (const query of queries) {
          if (!path.includes("{") && id !== ids[0]) continue;
          const place = path.replace(/\{\w+\}/g, id) + query;
          const body = ["GET", "HEAD"].includes(method) ? {} : { body: "{}" };
          await expectSane(
            `${method} ${place.slice(0, 200)}`,
            await studio.request(place, { method, ...body }, { "Content-Type": "application/json" }),
          );
        }
    expect(studio.errors).toEqual([]);
  });

  it("in headers and methods are answered or refused in a line", async () => {
    for (const [name, value] of [
      ["Range", "bytes=9999999999999999999-"],
      ["Range", "bytes=-0,-0,0-0"],
      ["If-None-Match", '"'.repeat(5000)],
      ["If-Modified-Since", "the day after"],
      ["Accept-Encoding", "gzip;q=9e9,*;q=-1"],
      ["Last-Event-ID", "-1e999"],
      ["Content-Length", "-5"],
      ["Cookie", "a=".repeat(3000)],
    ] as const)
      for (const path of ["/", "/api/runs", "/api/gallery", "/metrics", "/assets/x.js"])
        await expectSane(`${name} of ${path}`, await studio.request(path, {}, { [name]: value }));
    for (const method of ["OPTIONS", "PATCH", "HEAD", "PROPFIND", "BREW"])
      for (const { path } of routes)
        await expectSane(
          `${method} ${path}`,
          await studio.request(path.replace(/\{\w+\}/g, "1"), { method }),
        );
    expect(studio.errors).toEqual([]);
  });
});
