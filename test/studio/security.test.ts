import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openStudio } from "../../src/studio/index.js";
import { hostAllowed, limitTries } from "../../src/studio/security.js";
import { readBody } from "../../src/studio/routes.js";
import { fakeEngine, pngOf, testStudio } from "./fake.js";

let studio: Awaited<ReturnType<typeof testStudio>>;
let mediaKey: string;
beforeAll(async () => {
  studio = await testStudio();
  mediaKey = String((await studio.send("GET", "/api/session")).body.mediaKey);
});
afterAll(() => studio.close());

describe("token", () => {
  it("is needed by every route of the API, by events and by metrics", async () => {
    const document = (await studio.send("GET", "/api/openapi.json")).body as {
      paths: Record<string, Record<string, unknown>>;
    };
    const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => ({ path: path.replace(/\{\w+\}/g, "00001-x"), method })),
    );
    expect(routes.length).toBeGreaterThan(20);
    const all = [
      ...routes,
      { path: "/api/events", method: "get" },
      { path: "/metrics", method: "get" },
      { path: "/api/openapi.json", method: "get" },
    ];
    for (const { path, method } of all.filter((each) => each.path !== "/api/login"))
      for (const Authorization of [
        "",
        "Bearer ",
        `Bearer ${"x".repeat(32)}`,
        `bearer ${studio.studio.token}`,
        studio.studio.token,
      ]) {
        const response = await studio.request(path, { method: method.toUpperCase() }, { Authorization });
        expect(`${method} ${path} "${Authorization.slice(0, 12)}" ${response.status}`).toMatch(/ 401$/);
      }
  });

  it("is long, random, and not in the page", async () => {
    const other = await testStudio();
    expect(other.studio.token).not.toBe(studio.studio.token);
    expect(studio.studio.token).toMatch(/^[\w-]{32}$/);
    await other.close();
  });

  it("is not replaced by the key of pictures, nor that by the token", async () => {
    const response = await studio.request("/api/runs", {}, { Authorization: `Bearer ${mediaKey}` });
    expect(response.status).toBe(401);
    expect((await studio.request(`/media/${studio.studio.token}/uploads/x`)).status).toBe(403);
  });
});

describe("host and origin", () => {
  it("refuses a name that a stranger pointed at this machine", async () => {
    for (const Host of [
      "evil.example",
      "evil.example:4477",
      "127.0.0.1.evil.example",
      "localhost.evil.example:80",
      "",
      "[::1",
      "127.0.0.1:4477@evil",
    ]) {
      const response = await studio.request("/api/session", {}, { Host });
      expect(`${Host} ${response.status}`).toBe(`${Host} 403`);
    }
    for (const Host of ["127.0.0.1:4477", "localhost:1", "[::1]:4477"])
      expect((await studio.request("/api/session", {}, { Host })).status).toBe(200);
  });

  it("refuses requests from other sites, even with the token", async () => {
    const body = JSON.stringify({ kind: "generate", requests: [{ request: { text: ["a heart"] } }] });
    for (const Origin of [
      "https://evil.example",
      "null",
      "http://127.0.0.1:9999",
      "http://localhost:4477",
      "https://127.0.0.1:4477",
    ]) {
      const response = await studio.request(
        "/api/runs",
        { method: "POST", body },
        { Origin, "Content-Type": "application/json" },
      );
      expect(`${Origin} ${response.status}`).toBe(`${Origin} 403`);
    }
    for (const site of ["cross-site", "same-site"])
      expect((await studio.request("/api/runs", {}, { "Sec-Fetch-Site": site })).status).toBe(403);
    expect(studio.engine.started).toEqual([]);
    const own = { Origin: "http://127.0.0.1:4477", "Sec-Fetch-Site": "same-origin" };
    expect((await studio.request("/api/runs", {}, own)).status).toBe(200);
  });

  it("answers under addresses and its own name only, when it is bound to the network", () => {
    expect(hostAllowed("192.168.1.4:4477", "0.0.0.0")).toBe(true);
    expect(hostAllowed("evil.example", "0.0.0.0")).toBe(false);
    expect(hostAllowed("studio.local:4477", "studio.local")).toBe(true);
  });
});

describe("answers", () => {
  it("allow the page's own files alone, without inline scripts or frames", async () => {
    for (const path of ["/", "/page.js", "/api/session", "/nothing", `/media/${mediaKey}/uploads/x`]) {
      const response = await studio.request(path);
      const policy = response.headers.get("content-security-policy") ?? "";
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("script-src 'self'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toMatch(/unsafe|https?:|\*/);
      expect(response.headers.get("x-content-type-options")).toBe("nosniff");
      expect(response.headers.get("access-control-allow-origin")).toBeNull();
    }
    const html = await readFile(join(import.meta.dirname, "../../studio/index.html"), "utf8");
    expect(html).not.toMatch(/<script(?![^>]*src=)|\son\w+=|style=/);
  });
});

describe("uploads", () => {
  const upload = (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
    studio.request("/api/uploads?name=x.png", { method: "POST", body }, headers);

  it("are refused by the announced size before anything is read", async () => {
    let read = 0;
    const body = new ReadableStream(
      { pull: (controller) => (read++, controller.enqueue(new Uint8Array(1000))) },
      { highWaterMark: 0 },
    );
    const request = new Request("http://x/", {
      method: "POST",
      body,
      duplex: "half",
      headers: { "Content-Length": "99999999999" },
    } as RequestInit);
    await expect(readBody(request, 1e6)).rejects.toThrow("larger than 1 MB");
    expect(read).toBe(0);
    expect((await upload(new Uint8Array(await pngOf()), { "Content-Length": "99999999999" })).status).toBe(
      413,
    );
  });

  it("are cut off where they turn out to be larger than announced", async () => {
    let sent = 0;
    const body = new ReadableStream({
      pull: (controller) => (sent++, controller.enqueue(new Uint8Array(100_000))),
    });
    const request = new Request("http://x/", { method: "POST", body, duplex: "half" } as RequestInit);
    await expect(readBody(request, 1e6)).rejects.toThrow("larger than 1 MB");
    expect(sent).toBeLessThan(20);
  });

  it("are refused when they are no picture, or one of too many pixels", async () => {
    for (const text of ["", "<svg xmlns='http://www.w3.org/2000/svg'/>", "#!/bin/sh\nrm -rf /", "GIF89a"]) {
      const response = await upload(text);
      expect(`${text} ${response.status}`).toBe(`${text} 422`);
    }
    // A header that announces 60 000 × 60 000 pixels, and nothing behind it.
    const bomb = Buffer.from(await pngOf());
    bomb.writeUInt32BE(60_000, 16);
    bomb.writeUInt32BE(60_000, 20);
    expect([413, 422]).toContain((await upload(new Uint8Array(bomb))).status);
  });

  it("have names without folders", async () => {
    const response = await studio.request(
      `/api/uploads?name=${encodeURIComponent("../../etc/\u0000passwd.png")}`,
      { method: "POST", body: new Uint8Array(await pngOf()) },
    );
    expect(await response.json()).toMatchObject({ name: "passwd.png", width: 8, height: 8 });
  });
});

describe("pictures of run folders", () => {
  /** Takes minutes to draw at this size. */
  const slowSvg =
    '<svg xmlns="http://www.w3.org/2000/svg" width="7000" height="7000"><filter id="f">' +
    '<feTurbulence numOctaves="9" baseFrequency="0.1"/>'.repeat(20) +
    '</filter><rect width="7000" height="7000" filter="url(#f)"/></svg>';
  const runWith = async (id: string, name: string, content: string | Uint8Array): Promise<string> => {
    await mkdir(join(studio.out, id), { recursive: true });
    await writeFile(join(studio.out, id, name), content);
    return `/media/${mediaKey}/runs/${id}/thumb`;
  };

  it("are not drawn when they are an SVG by another name", async () => {
    const thumb = await runWith("00031-svg", "image.png", slowSvg);
    const began = performance.now();
    for (const path of [thumb, "/api/gallery/00031-svg/export?format=webp"]) {
      const response = await studio.request(path);
      expect(response.status).toBe(422);
      expect(await response.text()).toContain("is a picture of the format SVG, which is not read");
    }
    const upload = await studio.request("/api/uploads", { method: "POST", body: slowSvg });
    expect(await upload.text()).toContain("SVG pictures are not read");
    expect(performance.now() - began).toBeLessThan(5000);
  });

  it("are left to the browser when they are SVG or AVIF", async () => {
    for (const [name, type] of [
      ["image.svg", "image/svg+xml"],
      ["image.avif", "image/avif"],
    ] as const) {
      const response = await studio.request(await runWith(`00032-${name}`, name, slowSvg));
      expect(response.headers.get("content-type")).toBe(type);
      expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
      expect(await response.text()).toBe(slowSvg);
    }
  });
});

describe("paths", () => {
  it("cannot leave the folder of runs", async () => {
    await writeFile(join(studio.out, "..", "clipsteer-secret.png"), "secret");
    for (const id of [
      "..%2f..",
      "00001-..%2f..%2fetc",
      "00001-a%2f..%2f..",
      "%2Fetc",
      "00001-a%00",
      ".studio",
      "00001-",
    ]) {
      for (const [method, path] of [
        ["GET", `/api/gallery/${id}`],
        ["DELETE", `/api/gallery/${id}`],
        ["GET", `/api/gallery/${id}/export?format=png`],
        ["POST", `/api/gallery/${id}/restore`],
        ["GET", `/media/${mediaKey}/runs/${id}/image`],
        ["GET", `/media/${mediaKey}/runs/${id}/file/image.png`],
      ] as const) {
        const response = await studio.request(
          path,
          { method, ...(method === "POST" && { body: "{}" }) },
          { "Content-Type": "application/json" },
        );
        expect(`${method} ${path} ${response.status}`).toMatch(/ 40[034]$/);
      }
    }
    for (const name of ["..%2f..%2fclipsteer-secret.png", "config.yaml", ".hidden.png"])
      expect((await studio.request(`/media/${mediaKey}/runs/00001-a/file/${name}`)).status).toBe(404);
  });

  it("do not follow planted links", async () => {
    await mkdir(join(studio.out, "00007-linked"));
    await symlink("/etc/passwd", join(studio.out, "00007-linked", "image.png"));
    await symlink("/etc", join(studio.out, "00008-folder"));
    expect((await studio.request(`/media/${mediaKey}/runs/00007-linked/image`)).status).toBe(404);
    expect((await studio.request("/api/gallery/00007-linked/export?format=png")).status).toBe(404);
    expect((await studio.request("/api/gallery/00008-folder")).status).toBe(404);
    expect((await studio.send("DELETE", "/api/gallery/00008-folder")).status).toBe(404);
  });

  it("cannot be named by requests: pictures are uploads, packs have names", async () => {
    const tries: readonly (readonly ["generate" | "edit", object])[] = [
      ["generate", { text: ["a"], init: "/etc/passwd" }],
      ["generate", { text: ["a"], imagePrompt: ["../x.png"] }],
      ["generate", { text: ["a"], generator: "../../somewhere" }],
      ["generate", { text: ["a"], generator: "/tmp" }],
      ["generate", { text: ["a"], out: "/tmp/elsewhere" }],
      ["edit", { picture: "/etc/passwd", prompt: ["a"] }],
      ["edit", { picture: "0".repeat(64), prompt: ["a"], mask: ["/etc/passwd"] }],
    ];
    for (const [kind, request] of tries) {
      const { status } = await studio.send("POST", "/api/runs", { kind, requests: [{ request }] });
      expect(`${JSON.stringify(request)} ${status}`).toMatch(/ 400$/);
    }
    expect(studio.engine.started).toEqual([]);
  });
});

describe("a server on the network", () => {
  it("needs a password of some length", async () => {
    for (const password of [undefined, "", "short"])
      await expect(
        openStudio({ out: studio.out, host: "0.0.0.0", password, engine: fakeEngine() }),
      ).rejects.toThrow("set a password");
  });

  it("gives the token for the password alone, and not for guessing", async () => {
    const open = await testStudio({ host: "0.0.0.0", password: "correct horse" });
    const login = (password: string) => open.send("POST", "/api/login", { password });
    expect((await login("wrong horse x")).status).toBe(400);
    expect((await login("correct horse")).body).toEqual({ token: open.studio.token });
    for (let count = 0; count < 10; count++) await login("guess");
    const late = await login("correct horse");
    expect(late.body.error?.message).toContain("too many tries");
    await open.close();
    expect((await studio.send("POST", "/api/login", { password: "correct horse" })).status).toBe(404);
  });

  it("allows tries again after a while", () => {
    let now = 0;
    const allowed = limitTries(2, 60, () => now);
    expect([allowed(), allowed(), allowed()]).toEqual([true, true, false]);
    now = 61;
    expect(allowed()).toBe(true);
  });
});

describe("requests", () => {
  it("are refused in one line when they are malformed, and nothing is started", async () => {
    const json = { "Content-Type": "application/json" };
    const post = (body: string, headers: Record<string, string> = json) =>
      studio.request("/api/runs", { method: "POST", body }, headers);
    expect((await post("{")).status).toBe(400);
    expect((await post("{}", { "Content-Type": "text/plain" })).status).toBe(415);
    expect((await post(`"${"x".repeat(1_100_000)}"`)).status).toBe(413);
    const long = await studio.send("POST", "/api/runs", {
      kind: "generate",
      requests: [{ request: { text: ["x".repeat(10_000)] } }],
    });
    expect(long).toMatchObject({
      status: 400,
      body: { error: { message: expect.stringContaining("at most 2000 characters") as string } },
    });
    const empty = await studio.send("POST", "/api/runs", {
      kind: "generate",
      requests: [{ request: { text: ["  "] } }],
    });
    expect(empty.body.error?.message).toBe("the prompt is empty");
    expect(studio.engine.started).toEqual([]);
  });
});
