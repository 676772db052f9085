import { existsSync, readFileSync, statSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { readSafetensors } from "../../src/packs/index.js";
import { indexFile } from "../../src/search/index.js";
import { writeTinyPack } from "../tiny.js";
import { runCommand } from "./inProcess.js";
import { clipsteer } from "./spawn.js";

const long = "red heart blue car cat face hat grinning";
const cutOff = /is longer than the CLIP's 8 tokens; not read: "[^"]/;
const pictures = 512;
let folder = "";
let pack = "";
const path = (name: string): string => join(folder, name);
const paint = (name: string, colour: number): Promise<unknown> =>
  sharp({
    create: { width: 64, height: 64, channels: 3, background: { r: colour & 255, g: colour >> 2, b: 99 } },
  })
    .png()
    .toFile(name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "clipsteer-uses-"));
  pack = await writeTinyPack();
  await mkdir(path("few"));
  for (const [at, name] of ["a", "b", "c"].entries()) await paint(path(`few/${name}.png`), at * 90);
  await writeFile(path("few/broken.png"), "no picture");
  // A PNG's head that claims 900 megapixels: refused before anything is decoded.
  const huge = Buffer.from(await sharp(path("few/a.png")).toBuffer());
  huge.writeUInt32BE(30000, 16);
  huge.writeUInt32BE(30000, 20);
  await writeFile(path("few/huge.png"), withHeaderChecksum(huge));
  await mkdir(path("many"));
  await Promise.all(Array.from({ length: pictures }, (_, at) => paint(path(`many/${String(at)}.png`), at)));
});

/** CRC-32 of a PNG's first chunk, put in its place. */
function withHeaderChecksum(file: Buffer): Buffer {
  let crc = ~0;
  for (const byte of file.subarray(12, 29)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  file.writeUInt32BE(~crc >>> 0, 29);
  return file;
}

describe("embed", () => {
  it("writes the same unit rows as .npy, safetensors and JSONL; lists, skips and counts what it cannot read", async () => {
    const common = [path("few"), "--text", "red heart", "--text", `${long} zebra`, "--generator", pack];
    const runs = await Promise.all(
      ["npy", "safetensors", "jsonl"].map((end) =>
        runCommand(["embed", ...common, "--clip", "all", "--out", path(`v.${end}`), "--json"]),
      ),
    );
    for (const { code, stdout, stderr } of runs) {
      expect(stderr).toContain("broken.png: is not a readable picture");
      expect(stderr).toContain("huge.png: is too large (30000×30000); at most 64 megapixels");
      expect(stderr.trimEnd().split("\n").at(-1)).toBe("error: 2 of 5 files skipped; see the warnings above");
      expect(stderr).toContain('"zebra": unknown to');
      expect(stderr).toMatch(cutOff);
      expect(code).toBe(1);
      expect(JSON.parse(stdout)).toMatchObject({ rows: 5, features: 48 });
    }
    const lines = (await readFile(path("v.jsonl"), "utf8")).trimEnd().split("\n");
    const rows = lines.map((line) => JSON.parse(line) as { path?: string; text?: string; vector: number[] });
    expect(rows.map((row) => row.path ?? row.text)).toEqual([
      ...["a", "b", "c"].map((name) => path(`few/${name}.png`)),
      "red heart",
      `${long} zebra`,
    ]);
    for (const { vector } of rows) expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
    const npy = await readFile(path("v.npy"));
    expect(npy.toString("latin1", 0, 128)).toContain(
      "'descr': '<f4', 'fortran_order': False, 'shape': (5, 48)",
    );
    const flat = Float32Array.from({ length: 5 * 48 }, (_, at) => npy.readFloatLE(128 + at * 4));
    const { tensors } = await readSafetensors(path("v.safetensors"));
    expect(tensors.vectors).toEqual({ shape: [5, 48], dtype: "float32", data: flat });
    expect([...flat]).toEqual(rows.flatMap(({ vector }) => vector.map(Math.fround)));
    const names = (await readFile(path("v.npy.jsonl"), "utf8")).trimEnd().split("\n");
    expect(names.map((line) => JSON.parse(line) as object)).toEqual(
      rows.map(({ vector: _, ...name }) => name),
    );
  });
});

interface Indexed {
  readonly files: number;
  readonly embedded: number;
  readonly unchanged: number;
  readonly repaired: boolean;
}
interface Found {
  readonly hits: { path: string; score: number }[];
  readonly searched: number;
}
const index = async (name: string, ...more: string[]) => {
  const ended = await runCommand(["index", path(name), "--generator", pack, "--json", ...more]);
  return { ...ended, report: (ended.stdout ? JSON.parse(ended.stdout) : {}) as Indexed };
};
const search = (name: string, ...more: string[]) =>
  runCommand(["search", ...more, "--folder", path(name), "--generator", pack, "--json"]);
const foundIn = ({ stdout }: { stdout: string }): Found => JSON.parse(stdout) as Found;

describe("index and search", () => {
  it("skip and count bad files, find by text and picture, hold off, draw a sheet, and refuse other models", async () => {
    const first = await index("few");
    expect(first).toMatchObject({ code: 1, report: { files: 3, embedded: 3 } });
    expect(first.stderr).toContain("error: 2 of 5 files skipped");
    const [again, near, mixed, other, judged, elsewhere] = await Promise.all([
      index("few"),
      search("few", "--image", path("few/b.png"), "--top", "2", "--sheet", path("sheet.png")),
      search("few", long, "hat::-0.5", "--image", path("few/a.png"), "--not", "blue car"),
      index("few", "--clip", "judge"),
      search("few", "hat", "--clip", "judge"),
      runCommand(["search", "hat", "--folder", path("few")]),
    ]);
    expect(again).toMatchObject({ code: 1, report: { files: 3, embedded: 0, unchanged: 3 } });
    expect(near.code).toBe(0);
    expect(foundIn(near).hits[0]).toMatchObject({ path: path("few/b.png") });
    expect(foundIn(near).hits[0]!.score).toBeCloseTo(1, 4);
    expect(foundIn(near).hits).toHaveLength(2);
    expect((await sharp(path("sheet.png")).metadata()).format).toBe("png");
    expect(foundIn(mixed)).toMatchObject({ searched: 3 });
    expect(mixed.stderr).toMatch(cutOff);
    for (const { code, stderr } of [other, judged, elsewhere]) {
      expect(`${code} ${stderr}`).toMatch(
        /1 error: .*made with tiny guide-0, not with .*use those, or delete/,
      );
    }
  });

  it("lose nothing when killed half way, and never trust a damaged index", async () => {
    const file = path(`many/${indexFile}`);
    // Killed as soon as a header and two blocks are on disk, with six to go.
    const killed = await clipsteer(["index", path("many"), "--generator", pack], {
      interruptAt: () => existsSync(file) && readFileSync(file, "utf8").split("\n").length > 3,
      signal: "SIGKILL",
    });
    expect(killed.code).toBeNull();
    const on = await index("many");
    expect(on).toMatchObject({ code: 0, report: { files: pictures, repaired: false } });
    expect(on.report.unchanged).toBeGreaterThanOrEqual(64);
    expect(on.report.unchanged + on.report.embedded).toBe(pictures);
    expect(on.report.embedded).toBeGreaterThan(0);

    const bytes = await readFile(file);
    bytes[bytes.length - 5]! ^= 1;
    await writeFile(file, bytes);
    const refused = await search("many", "hat");
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("is damaged; index the folder again; run: clipsteer index");
    const mended = await index("many");
    expect(mended.report).toMatchObject({ files: pictures, repaired: true });
    expect(mended.report.embedded).toBeLessThanOrEqual(256);
    expect(mended.stderr).toContain("was damaged; the damaged part was rebuilt");
    const whole = foundIn(await search("many", "hat", "--top", "5"));
    await rm(file);
    await index("many");
    expect(foundIn(await search("many", "hat", "--top", "5"))).toEqual(whole);
  });
});

const require = createRequire(import.meta.url);
const isThere = (name: string): boolean => {
  try {
    return Boolean(require.resolve(name));
  } catch {
    return false;
  }
};

describe("an index elsewhere", () => {
  it("serves a folder that is left as it is; excluded, other formats' and deleted pictures are told apart", async () => {
    const place = path("photos");
    await mkdir(join(place, "old"), { recursive: true });
    for (const [at, name] of ["a.png", "b.png", "old/c.png"].entries())
      await paint(join(place, name), at * 50);
    await writeFile(join(place, "d.tiff"), "x");
    await writeFile(join(place, "e.heic"), "x");
    const before = await readdir(place);
    const index = path("photos.index");
    const common = ["--generator", pack, "--index", index];
    const indexed = await runCommand(["index", place, ...common, "--exclude", "old", "--json"]);
    expect(indexed.stderr).toContain("skipped pictures of unsupported formats: 1 .tiff, 1 .heic");
    expect(JSON.parse(indexed.stdout)).toMatchObject({ files: 2, index });
    expect(await readdir(place)).toEqual(before);
    await rm(join(place, "a.png"));
    const sheet = path("photos-sheet.png");
    const found = await runCommand([
      "search",
      "red heart",
      "--folder",
      place,
      ...common,
      "--sheet",
      sheet,
      "--json",
    ]);
    expect(found.stderr).toContain(
      `${join(place, "a.png")}: no such file; check the path; left out of the sheet`,
    );
    expect(found.code).toBe(0);
    expect((JSON.parse(found.stdout) as { hits: unknown[] }).hits).toHaveLength(2);
    expect(statSync(sheet).size).toBeGreaterThan(0);
    const elsewhere = path("photos-sheet.txt");
    expect(
      await runCommand(["search", "red heart", "--folder", place, ...common, "--sheet", elsewhere]),
    ).toMatchObject({
      code: 2,
      stdout: "", // before the search
      stderr: expect.stringContaining("a contact sheet is a PNG") as unknown,
    });
    expect(existsSync(elsewhere)).toBe(false);
    // An index of nothing.
    const none = path("none");
    await mkdir(none);
    await runCommand(["index", none, "--generator", pack]);
    const nothing = await runCommand([
      "search",
      "x",
      "--folder",
      none,
      "--generator",
      pack,
      "--sheet",
      sheet,
    ]);
    expect(nothing).toMatchObject({ code: 0, stdout: "nothing found: the index has 0 pictures\n" });
  });
});

describe("an index of a stranger's", () => {
  it("does not choose which file is opened as weights", async () => {
    const place = path("stranger");
    await mkdir(place);
    await paint(join(place, "a.png"), 5);
    expect((await runCommand(["index", place, "--generator", pack])).code).toBe(0);
    const index = join(place, indexFile);
    const text = await readFile(index, "latin1");
    const weights = join(place, "z.pt");
    await writeFile(weights, Buffer.from("\x80\x02\x00......", "latin1")); // whoever reads it names opcode 0
    for (const name of [weights, relative(process.cwd(), weights)]) {
      const changed = text.replace(/"clips":\[\{"name":"[^"]+"/, `"clips":[{"name":"${name}"`);
      await writeFile(index, changed, "latin1");
      const { code, stderr } = await runCommand(["search", "x", "--folder", place, "--generator", pack]);
      expect(stderr).toContain(`made with tiny ${name}, not with`);
      expect(stderr).not.toMatch(/reading it for the first time|pickle|opcode/);
      expect(code).toBe(1);
    }
  });
});

describe.each([
  { engine: "usearch", name: "usearch", dataFile: `${indexFile}.usearch` },
  { engine: "lancedb", name: "@lancedb/lancedb", dataFile: `${indexFile}.lancedb.json` },
])("search --engine $engine", ({ engine, name, dataFile }) => {
  it.skipIf(isThere(name))("says what to install where the package is not there", async () => {
    await mkdir(path("one"), { recursive: true });
    await copyFile(path("few/a.png"), path("one/a.png"));
    await index("one");
    const { code, stderr } = await search("one", "hat", "--engine", engine);
    expect(code).toBe(2);
    expect(stderr.trimEnd().split("\n").at(-1)).toBe(
      `error: search: the engine ${engine} needs the package ${name}; run npm install ${name}, or use the built-in search; leave out --engine`,
    );
  });

  it.skipIf(!isThere(name))(
    "finds what the matrix product finds, and builds anew what is damaged",
    async () => {
      const query = ["red heart", "--not", "blue car", "--top", "10"];
      const exact = foundIn(await search("many", ...query));
      const scores = ({ hits }: Found): string[] => hits.map(({ score }) => score.toFixed(5));
      const file = path(`many/${dataFile}`);
      for (const turn of ["built", "kept", "damaged"]) {
        if (turn === "damaged") {
          const bytes = await readFile(file);
          bytes[bytes.length >> 1]! ^= 1;
          await writeFile(file, bytes);
        }
        const before = turn === "built" ? 0 : statSync(file).mtimeMs;
        const ended = await search("many", ...query, "--engine", engine);
        expect(ended.stderr).not.toMatch(/warn/i);
        expect(scores(foundIn(ended))).toEqual(scores(exact));
        expect(statSync(file).mtimeMs > before).toBe(turn !== "kept");
      }
      expect((await readdir(path("many"))).filter((part) => part.endsWith(".part"))).toEqual([]);
    },
  );
});

describe("a text longer than the context", () => {
  it.each([
    ["generate", [long, "--steps", "1", "--candidates", "1", "--views", "1"]],
    ["edit", ["few/a.png", "hat", "--from", long, "--steps", "1", "--views", "1"]],
    ["prompts show", ["long.yaml"]],
    ["evaluate zero-shot", ["labelled"]],
  ])("is cut by %s with a warning that shows the lost words", async (command, args) => {
    await writeFile(path("long.yaml"), `prompts:\n  - ${long}\n  - hat\n`);
    for (const label of [long, "hat"]) {
      await mkdir(path(`labelled/${label}`), { recursive: true });
      await copyFile(path("few/a.png"), path(`labelled/${label}/1.png`));
    }
    const given = args.map((arg) => (existsSync(path(arg)) ? path(arg) : arg));
    const out = command === "prompts show" ? [] : ["--out", path("out")];
    const { stderr } = await runCommand([...command.split(" "), ...given, "--generator", pack, ...out]);
    expect(stderr).toMatch(cutOff);
    expect(stderr).toContain("grinning");
  });
});
