import { writeFileSync } from "node:fs";
import { mkdir, mkdtemp, readFile, readdir, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Response } from "undici";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DownloadOptions, download } from "../../src/models/download.js";
import { resolveRedirect } from "../../src/models/http.js";
import { type Answer, content, good, sendRest, serve, sha256, startOf } from "./server.js";

const quick: DownloadOptions = { pauseSeconds: 0.01, stallSeconds: 0.5, attempts: 4 };
const other = Buffer.from(content).fill(7, 1000, 2000);

/** Servers that fail in ways that can be got over, and in ways that cannot. */
const answers: Record<string, Answer> = {
  "/good": good,
  "/dies": (request, response, turn) => sendRest(request, response, content, turn < 5 ? 50_000 : Infinity),
  "/busy": (request, response, turn) =>
    turn < 2 ? response.writeHead(503).end() : good(request, response, turn),
  "/stalls": (request, response, turn) => {
    if (turn > 0) return good(request, response, turn);
    response.writeHead(200, { "content-length": content.length });
    response.write(content.subarray(0, 1000));
  },
  "/no-ranges": (_, response) => response.writeHead(200, { "content-length": content.length }).end(content),
  "/lies": (request, response, turn) => {
    const start = startOf(request);
    if (start === 0) return sendRest(request, response, content, turn === 0 ? 1000 : Infinity);
    // Claims to continue, but sends from elsewhere and says so.
    response.writeHead(206, {
      "content-length": 100,
      "content-range": `bytes 5-104/${content.length}`,
    });
    response.end(content.subarray(5, 105));
  },
  "/lies-well": (request, response, turn) => {
    const start = startOf(request);
    if (start === 0) return sendRest(request, response, content, turn === 0 ? 1000 : Infinity);
    // Says that it continues, and sends other bytes of the right number.
    sendRest(request, response, other);
  },
  "/wrong": (request, response) => sendRest(request, response, other),
  "/short": (request, response) => sendRest(request, response, content.subarray(0, 1000)),
  "/long": (_, response) => response.end(Buffer.concat([content, content])),
  "/cuts": (_, response) => response.end(content.subarray(0, 2000)),
};

let folder = "";
let server: Awaited<ReturnType<typeof serve>>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "clipsteer-download-"));
  server = await serve(answers);
});
afterAll(() => server.close());

let count = 0;
const into = (...paths: string[]): Parameters<typeof download>[0] => {
  const target = join(folder, `${count++}`, "weights.pt");
  const size = content.length;
  return { urls: paths.map((path) => server.url + path), target, part: `${target}.incomplete`, sha256, size };
};

describe("a download", () => {
  it.each(["good", "dies", "busy", "stalls", "no-ranges", "lies", "lies-well"])(
    "from a server that is or %s ends with the whole file",
    async (path) => {
      const file = into(`/${path}`);
      const seen: number[] = [];
      // A lie that only the hash shows costs a mirror: the good one follows.
      const urls = path === "lies-well" ? [...file.urls, `${server.url}/good`] : file.urls;
      const got = await download({ ...file, urls }, { ...quick, onProgress: (done) => seen.push(done) });
      expect(got).toEqual({ size: content.length, sha256 });
      expect((await readFile(file.target)).equals(content)).toBe(true);
      expect(await readdir(join(file.target, ".."))).toEqual(["weights.pt"]);
      expect(seen.at(-1)).toBe(content.length);
    },
  );

  it("asks only for what is missing, also after another process was interrupted", async () => {
    const file = into("/good");
    await mkdir(join(file.target, ".."), { recursive: true });
    await writeFile(file.part, content.subarray(0, 123_456));
    const before = server.requests.length;
    await download(file, quick);
    expect(server.requests.slice(before).map(({ range }) => range)).toEqual(["bytes=123456-"]);
    expect((await readFile(file.target)).equals(content)).toBe(true);
  });

  it("throws a part away that turns out to be of another file, and blames no server for it", async () => {
    const file = into("/good");
    await mkdir(join(file.target, ".."), { recursive: true });
    await writeFile(file.part, other);
    await download(file, quick);
    expect((await readFile(file.target)).equals(content)).toBe(true);
  });

  it.each<[path: string, says: RegExp]>([
    ["wrong", /has another file: SHA-256 [0-9a-f]{64}, expected/],
    ["short", /has a file of 1000 bytes, expected 300000/],
    ["long", /more than 300000 bytes|has a file of 600000 bytes/],
    ["cuts", /ended after 2000 of 300000|does not continue|has a file of 2000/],
    ["missing", /answers 404 \(no such file\)/],
  ])("from a server that is or has %s fails in one line, and leaves no file", async (path, says) => {
    const file = into(`/${path}`);
    const error: unknown = await download(file, quick).catch((reason: unknown) => reason);
    expect((error as Error).name).toBe("DownloadError");
    expect((error as Error).message).toMatch(says);
    expect((error as Error).message).toContain("127.0.0.1");
    expect((error as Error).message).not.toContain("\n");
    expect(await readdir(join(file.target, "..")).catch(() => [])).not.toContain("weights.pt");
  });

  it("goes on at the next mirror", async () => {
    const file = into("/missing", "/wrong", "/good");
    expect((await download(file, quick)).sha256).toBe(sha256);
  });

  it("gives up on a server that is not there", async () => {
    const gone = await serve({});
    await gone.close();
    const file = { ...into("/good"), urls: [`${gone.url}/good`] };
    await expect(download(file, quick)).rejects.toThrow(/127.0.0.1:\d+: ECONNREFUSED/);
  });

  it("stops at once when told to, and keeps what it has", async () => {
    const controller = new AbortController();
    const file = into("/stalls-for-ever");
    answers["/stalls-for-ever"] = (_, response) => {
      response.writeHead(200, { "content-length": content.length });
      response.write(content.subarray(0, 5000));
    };
    const running = download(file, {
      ...quick,
      stallSeconds: 60,
      signal: controller.signal,
      onProgress: () => setTimeout(() => controller.abort(), 50),
    });
    await expect(running).rejects.toThrow(/abort/i);
    expect(await readFile(file.part)).toHaveLength(5000);
  });

  it("takes turns with others that fetch the same file, and reports what lies on the disk", async () => {
    answers["/slow"] = (request, response, turn) => {
      setTimeout(() => good(request, response, turn), 100);
    };
    const file = into("/slow");
    const got = await Promise.all(Array.from({ length: 4 }, () => download(file, quick)));
    for (const each of got) expect(each).toEqual({ size: content.length, sha256 });
    expect((await readFile(file.target)).equals(content)).toBe(true);
    expect(await readdir(join(file.target, ".."))).toEqual(["weights.pt"]);
  });

  it("notices bytes that another program wrote into the file", async () => {
    answers["/meddled"] = (request, response, turn) => {
      if (turn > 0) return good(request, response, turn);
      response.writeHead(200, { "content-length": content.length });
      response.write(content.subarray(0, 200_000), () => {
        setTimeout(() => {
          writeFileSync(file.part, "xxxx", { flag: "r+" });
          response.end(content.subarray(200_000));
        }, 50);
      });
    };
    const file = into("/meddled", "/good");
    await download(file, quick);
    expect((await readFile(file.target)).equals(content)).toBe(true);
  });

  it("does not write through a link in place of the part", async () => {
    const file = into("/good");
    const victim = join(folder, "victim");
    await mkdir(join(file.target, ".."), { recursive: true });
    await writeFile(victim, "precious");
    await symlink(victim, file.part);
    await expect(download(file, quick)).rejects.toThrow(/cannot be written \(ELOOP\)/);
    expect(await readFile(victim, "utf8")).toBe("precious");
  });

  it("is refused before the first byte when the disk has no room for it", async () => {
    answers["/vast"] = (_, response) => {
      response.writeHead(200, { "content-length": 50e12 });
      response.write("x");
    };
    const { sha256: _, size: __, ...file } = into("/vast");
    await expect(download(file, quick)).rejects.toThrow(
      /needs 50000000 MB more, and the disk has \d+ MB left/,
    );
  });

  it("follows no redirect from https to http, nor one to what is no web address", () => {
    const answer = (location: string): Response => new Response(null, { status: 302, headers: { location } });
    expect(resolveRedirect("https://a.org/x", answer("/y"))).toBe("https://a.org/y");
    expect(resolveRedirect("http://a.org/x", answer("http://b.org/y"))).toBe("http://b.org/y");
    for (const location of ["http://a.org/y", "ftp://a.org/y", "file:///etc/passwd", "data:,x"])
      expect(() => resolveRedirect("https://a.org/x", answer(location))).toThrow(/unencrypted address/);
    expect(() => resolveRedirect("http://a.org/x", answer("http://["))).toThrow(/invalid address/);
  });
});
