import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { GalleryItem } from "../../src/studio/gallery.js";
import { openFolders } from "../../src/studio/folders.js";
import { openGallery } from "../../src/studio/gallery.js";
import { parseRecord } from "../../src/runs/index.js";
import { restoreRecord } from "../../src/studio/restore.js";
import { openUploads } from "../../src/studio/uploads.js";
import { pngOf, testStudio } from "./fake.js";

const configOf = (text: string, judge: number, guide = judge) =>
  `settings:\n  terms:\n    - name: ${text}\n      text: ${text}\n      weight: 1\n  seed: 3\n  steps: 60\nreport:\n  guideScore: ${guide}\n  judgeScore: ${judge}\n`;

let test: Awaited<ReturnType<typeof testStudio>>;
const folder = (name: string): string => join(test.out, name);
beforeAll(async () => {
  test = await testStudio();
  const image = await pngOf(64);
  for (const [name, config] of [
    ["00001-a-red-heart", configOf("a red heart", 0.7)],
    ["00002-a-cat", configOf("a cat", 0.2, 0.6)],
    [
      "00003-edited",
      "settings:\n  edits:\n    - prompt: a blue cat\n      from: a cat\n  seed: 0\nreport:\n  edits:\n    - score: {guide: 0.5, judge: 0.6}\n",
    ],
    ["00004-broken", "settings: [unclosed"],
    ["00005-foreign", "name: something else"],
    ["00006-bomb", `a: &a [x,x]\n${"b".repeat(10)}: [${"*a,".repeat(100)}]`],
    ["00007-猫", configOf("猫", 0.5)],
  ] as const) {
    await mkdir(folder(name));
    await writeFile(join(folder(name), "config.yaml"), config);
    await writeFile(join(folder(name), "image.png"), image);
  }
  await mkdir(folder("00008-empty"));
  await mkdir(folder("00009-unfinished"));
  await writeFile(join(folder("00009-unfinished"), "unfinished.safetensors"), "");
  await mkdir(folder("not a run"));
  await writeFile(folder("00010-a-file"), "");
});
afterAll(() => test.close());

const list = async (query = ""): Promise<GalleryItem[]> =>
  (await test.send("GET", `/api/gallery?${query}`)).body.items as GalleryItem[];
const ids = async (query: string): Promise<string[]> => (await list(query)).map(({ id }) => id.slice(0, 5));

describe("gallery", () => {
  it("lists run folders, the newest first, and says what is wrong with broken and foreign ones", async () => {
    const items = await list();
    expect(items.map(({ id }) => id.slice(3, 5))).toEqual([
      "09",
      "08",
      "07",
      "06",
      "05",
      "04",
      "03",
      "02",
      "01",
    ]);
    const of = (number: string) => items.find(({ id }) => id.startsWith(number))!;
    expect(of("00001")).toMatchObject({
      kind: "generate",
      title: "a red heart",
      judge: 0.7,
      seed: 3,
      steps: 60,
      image: "image.png",
      unfinished: false,
    });
    expect(of("00003")).toMatchObject({ kind: "edit", title: "a blue cat", judge: 0.6, guide: 0.5 });
    expect(of("00004")).toMatchObject({
      kind: "foreign",
      title: "broken",
      problem: expect.stringContaining("cannot be read") as string,
    });
    expect(of("00005").problem).toContain("no settings");
    expect(of("00006").problem).toContain("cannot be read");
    expect(of("00007").title).toBe("猫");
    expect(of("00008").problem).toContain("missing");
    expect(of("00009")).toMatchObject({ unfinished: true });
  });

  it("finds by words, kind and star, and sorts by scores", async () => {
    expect(await ids("words=CAT")).toEqual(["00003", "00002"]);
    expect(await ids("words=heart%20red")).toEqual(["00001"]);
    expect(await ids("kind=edit")).toEqual(["00003"]);
    expect((await ids("sort=judge")).slice(0, 3)).toEqual(["00001", "00003", "00007"]);
    expect((await ids("sort=gap"))[0]).toBe("00002");
    await test.send("PUT", "/api/gallery/00002-a-cat/star", { starred: true });
    expect(await ids("starred=true")).toEqual(["00002"]);
    // A server that starts anew remembers it.
    const again = await openGallery(await openFolders(test.out));
    const query = { words: "", kind: "all", starred: "true", sort: "newest", offset: 0, limit: 10 } as const;
    expect((await again.list(query)).total).toBe(1);
    expect((await test.send("GET", "/api/gallery?limit=100000")).status).toBe(400);
  });

  it("moves to a bin and back, and empties it only when asked", async () => {
    const { send } = test;
    expect((await send("DELETE", "/api/gallery/00001-a-red-heart")).status).toBe(200);
    expect(await ids("words=heart")).toEqual([]);
    expect((await send("GET", "/api/bin")).body).toEqual({ runs: 1 });
    await mkdir(folder("00001-a-red-heart"));
    expect((await send("POST", "/api/gallery/00001-a-red-heart/restore", {})).status).toBe(409);
    await rm(folder("00001-a-red-heart"), { recursive: true });
    expect((await send("POST", "/api/gallery/00001-a-red-heart/restore", {})).status).toBe(200);
    expect(await ids("words=heart")).toEqual(["00001"]);
    expect(await readdir(folder("00001-a-red-heart"))).toContain("image.png");
    await send("DELETE", "/api/gallery/00008-empty");
    expect((await send("DELETE", "/api/bin")).body).toEqual({ runs: 1 });
    expect((await send("POST", "/api/gallery/00008-empty/restore", {})).status).toBe(404);
  });

  it("does not remove a run that is being made", async () => {
    await test.send("POST", "/api/runs", { kind: "generate", requests: [{ request: { text: ["a cat"] } }] });
    await new Promise((resolve) => setTimeout(resolve, 20));
    test.engine.started[0]!.emit({
      type: "planned",
      run: 0,
      runs: 1,
      folder: folder("00002-a-cat"),
      steps: 1,
    });
    expect((await test.send("DELETE", "/api/gallery/00002-a-cat")).status).toBe(409);
    test.engine.started[0]!.end();
  });

  it("serves thumbnails and exports", async () => {
    const key = String((await test.send("GET", "/api/session")).body.mediaKey);
    const thumb = await test.request(`/media/${key}/runs/00001-a-red-heart/thumb`);
    expect(thumb.headers.get("content-type")).toBe("image/webp");
    const png = await test.request("/api/gallery/00001-a-red-heart/export?format=png");
    expect(Buffer.from(await png.arrayBuffer())).toEqual(await pngOf(64));
    const webp = await test.request("/api/gallery/00001-a-red-heart/export?format=webp");
    expect(
      Buffer.from(await webp.arrayBuffer())
        .subarray(8, 12)
        .toString(),
    ).toBe("WEBP");
    expect((await test.request("/api/gallery/00001-a-red-heart/export?format=svg")).status).toBe(404); // pixels without settings
    expect((await test.request("/api/gallery/00009-unfinished/export?format=png")).status).toBe(404);
  });

  it("saves and takes the picture of an AVIF run, and offers an SVG without settings as SVG only", async () => {
    const avif = await sharp(await pngOf(32))
      .avif({ lossless: true })
      .toBuffer();
    for (const [id, file, content] of [
      ["00011-avif", "image.avif", avif],
      ["00012-svg", "image.svg", '<svg xmlns="http://www.w3.org/2000/svg"/>'],
    ] as const) {
      await mkdir(folder(id));
      await writeFile(join(folder(id), "config.yaml"), configOf(file, 0.1));
      await writeFile(join(folder(id), file), content);
    }
    const formatsOf = async (id: string) => (await test.send("GET", `/api/gallery/${id}`)).body.formats;
    expect(await formatsOf("00011-avif")).toEqual(["png", "webp"]);
    expect(await formatsOf("00012-svg")).toEqual(["svg"]);
    const png = await test.request("/api/gallery/00011-avif/export?format=png");
    expect(png.status).toBe(200);
    const pixels = (bytes: ArrayBuffer | Buffer) => sharp(bytes).removeAlpha().raw().toBuffer();
    expect(await pixels(await png.arrayBuffer())).toEqual(await pixels(await pngOf(32)));
    const vector = await test.send("POST", "/api/gallery/00012-svg/upload", {});
    expect([vector.status, vector.body.error?.message]).toEqual([
      404,
      expect.stringContaining("no pixels of this SVG"),
    ]);
    const upload = await test.send("POST", "/api/gallery/00011-avif/upload", {});
    expect(upload.body).toMatchObject({ name: "avif.png", format: "png", width: 32 });
    for (const id of ["00011-avif", "00012-svg"]) await rm(folder(id), { recursive: true });
  });

  it("says of pictures that hold no settings what they are", async () => {
    const detail = await test.send("GET", "/api/gallery/00001-a-red-heart");
    expect(detail.body).toMatchObject({ files: ["config.yaml", "image.png"], losses: [] });
    expect(detail.body.restored).toBeUndefined();
    expect(
      (await test.send("POST", "/api/gallery/00001-a-red-heart/replay", {})).body.error?.message,
    ).toContain("no settings");
  });

  it("lists thousands of runs from its memory", async () => {
    const out = await mkdtemp(join(tmpdir(), "clipsteer-many-"));
    const count = 2000;
    for (let start = 1; start <= count; start += 500)
      await Promise.all(
        Array.from({ length: 500 }, async (_, at) => {
          const path = join(out, `${String(start + at).padStart(5, "0")}-x`);
          await mkdir(path);
          await writeFile(join(path, "config.yaml"), configOf(`prompt ${start + at}`, 0.5));
        }),
      );
    const folders = await openFolders(out);
    const query = {
      words: "",
      kind: "all",
      starred: "false",
      sort: "newest",
      offset: 1990,
      limit: 100,
    } as const;
    expect((await (await openGallery(folders)).list(query)).items.map(({ title }) => title).at(-1)).toBe(
      "prompt 1",
    );
    const again = await openGallery(folders);
    const began = performance.now();
    expect((await again.list({ ...query, words: "prompt 7", offset: 0 })).total).toBeGreaterThan(100);
    expect(performance.now() - began).toBeLessThan(8000);
    // A run that is added elsewhere is found, and reported when the list was given before that.
    let reported = 0;
    const watching = await openGallery(folders, () => reported++);
    await watching.list(query);
    await mkdir(join(out, `0${count + 1}-x`));
    await vi.waitFor(async () => expect((await watching.list(query)).total).toBe(count + 1), {
      timeout: 20_000,
      interval: 300,
    });
    expect(reported).toBeLessThanOrEqual(1);
    await rm(out, { recursive: true });
  });

  it("reports a run that another program adds right after the list was given", async () => {
    const out = await mkdtemp(join(tmpdir(), "clipsteer-gallery-"));
    let reports = 0;
    const gallery = await openGallery(await openFolders(out), () => reports++);
    const query = { words: "", kind: "all", starred: "false", sort: "newest", offset: 0, limit: 9 } as const;
    expect((await gallery.list(query)).total).toBe(0);
    await mkdir(join(out, "00001-a-cat"));
    await gallery.list(query);
    await vi.waitFor(() => expect(reports).toBe(1), { timeout: 10_000 });
    expect((await gallery.list(query)).items.map(({ id }) => id)).toEqual(["00001-a-cat"]);
    await rm(out, { recursive: true });
  });
});

describe("settings of a picture", () => {
  const settings = {
    terms: [{ name: "a cat wearing a crown", text: "a cat wearing a crown", weight: 1, from: 0, to: 1 }],
    templates: ["{}"],
    schedule: [],
    ...{ steps: 60, candidates: 96, views: 16, lr: 0.02, truncation: 0.5, plateau: 40 },
    ...{ optimizer: "adam", seed: 7, size: 512, engine: "compiled", format: "png" },
  };
  const pack = { name: "stickers", fingerprint: "0123456789abcdef" };
  const scene = { parts: ["a cat", "a crown"], relations: [{ subject: 1, kind: "head", object: 0 }] };
  const restored = async (more: object, text = "a cat wearing a crown") => {
    const record = parseRecord(
      JSON.stringify({
        command: "generate",
        ...{ schema: 1, version: "0.1.0", pack },
        settings: { ...settings, terms: [{ ...settings.terms[0], text }], ...more },
      }),
      "the picture",
    );
    return restoreRecord(record, openUploads(await openFolders(test.out)));
  };

  it("list what cannot be restored", async () => {
    expect(await restored({ scene })).toMatchObject({ lost: [], exact: true });
    const init = { name: "start.png", sha256: "0".repeat(64) };
    const image = { name: "likeness.png", sha256: "1".repeat(64) };
    const terms = [
      { ...settings.terms[0], to: 0.5 },
      { name: "likeness.png", image, weight: 1, from: 0, to: 1 },
    ];
    const { lost, exact, request } = await restored({ init, terms });
    expect(lost).toEqual([
      "the picture likeness.png among the prompts",
      "the picture that it started from (start.png)",
      "the schedule of the prompts",
    ]);
    expect(exact).toBe(false);
    expect(request).toMatchObject({ text: ["a cat wearing a crown"], seed: 7 });
  });

  it("ask for as many layers as were drawn, where the default would draw others", async () => {
    const layers = async (...given: Parameters<typeof restored>) => (await restored(...given)).request.layers;
    expect(await layers({ scene })).toBeUndefined();
    expect(await layers({})).toBe(1);
    expect(await layers({}, "a cat")).toBeUndefined();
    expect(await layers({ scene }, "a cat wearing a crown under a rainbow")).toBe(2);
  });
});
