import { readdir, readFile, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Picture, loadPictureFrom } from "../../src/images/index.js";
import {
  type GenerateRequest,
  type GenerateResult,
  type RunSession,
  expectRecord,
  createFileAssets,
  createFolderStore,
  openRunSession,
  readRecord,
  runGenerate,
} from "../../src/runs/index.js";
import {
  findDifferentDraft,
  measureThumbnailDistance,
  encodeThumbnail,
  pickDraft,
} from "../../src/runs/looks.js";
import { createRandom, hostFloats } from "../../src/tensor/index.js";
import { runCommand } from "../cli/inProcess.js";
import { writeTinyPack } from "../tiny.js";
import { writeTinyStickerPack } from "../tinySticker.js";

let pack: string;
let session: RunSession;
let out: string;
beforeAll(async () => {
  pack = await writeTinyStickerPack();
  session = await openRunSession(pack, { threads: 1 });
  out = await mkdtemp(join(tmpdir(), "clipsteer-output-"));
});
afterAll(() => session.dispose());

async function finish(task: Parameters<typeof runGenerate>[0]): Promise<GenerateResult> {
  const run = runGenerate(task, { session, store: createFolderStore(out), assets: createFileAssets() });
  for (;;) {
    const next = await run.next();
    if (next.done) return next.value;
  }
}

const base = { text: ["a red heart"], seed: 3, candidates: 4, steps: 0 };
const make = (request: GenerateRequest): Promise<GenerateResult> =>
  finish({ ...base, generator: pack, ...request });

describe("pictures of regions", () => {
  it("are transparent PNGs of 512 pixels by default, and the same bytes when they are made again", async () => {
    const [first] = (await make({})).pictures;
    const loaded = await loadPictureFrom(first!.bytes, "a picture");
    expect([loaded.width, loaded.format]).toEqual([512, "png"]);
    const alpha = loaded.rgba.filter((_, at) => at % 4 === 3);
    expect(alpha.filter((value) => value === 0).length).toBeGreaterThan(1000);
    expect(alpha.filter((value) => value === 255).length).toBeGreaterThan(1000);
    const record = expectRecord(await readRecord(first!.bytes, "a picture"), "generate", "a picture");
    expect(record.settings).toMatchObject({ background: "none", outline: 0, size: 512, format: "png" });
    const [again] = (await finish({ replay: record })).pictures;
    expect(again!.bytes.equals(first!.bytes)).toBe(true);
  });

  it("lie on a background, in every format", async () => {
    for (const [background, format, corner] of [
      ["white", "webp", [255, 255, 255]],
      ["#0A3", "png", [0, 170, 51]],
      ["#123456", "avif", [18, 52, 86]],
    ] as const) {
      const [picture] = (await make({ background, format, size: 96 })).pictures;
      const { data, info } = await sharp(picture!.bytes).raw().toBuffer({ resolveWithObject: true });
      expect([info.width, info.height]).toEqual([96, 96]);
      expect([...data.subarray(0, 3)], background).toEqual(corner);
      const record = await readRecord(picture!.bytes, `image.${format}`);
      expect(record.settings).toMatchObject({ background: background.toLowerCase(), format });
    }
  });

  it("have a white border that keeps inside of the canvas", async () => {
    const [bordered] = (await make({ outline: 8, size: 256 })).pictures;
    const { rgba } = await loadPictureFrom(bordered!.bytes, "a picture");
    const at = (x: number, y: number): number[] => [
      ...rgba.subarray((y * 256 + x) * 4, (y * 256 + x) * 4 + 4),
    ];
    let whites = 0;
    for (let place = 0; place < 256; place++) {
      for (const pixel of [at(place, 0), at(0, place), at(place, 255), at(255, place)])
        expect(pixel[3]).toBe(0);
      for (let row = 0; row < 256; row++) if (at(place, row).every((value) => value === 255)) whites++;
    }
    expect(whites).toBeGreaterThan(1000);
  });

  it("become SVG documents with their settings, from which they are made again", async () => {
    const [picture] = (await make({ format: "svg", size: 300, background: "#ffeedd", outline: 4 })).pictures;
    const text = picture!.bytes.toString("utf8");
    expect(picture!.path).toMatch(/image\.svg$/);
    expect(text).toMatch(/^<svg [^>]*width="300" height="300"/);
    expect(text.length).toBeLessThan(60_000);
    expect(text).toContain('fill="#ffeedd"');
    const record = expectRecord(await readRecord(picture!.bytes, "image.svg"), "generate", "image.svg");
    const [again] = (await finish({ replay: record })).pictures;
    expect(again!.bytes.equals(picture!.bytes)).toBe(true);
    expect((await readdir(join(picture!.path!, ".."))).sort()).toEqual(["config.yaml", "image.svg"]);
  });

  it("are different from each other, on one contact sheet, and each can be made again", async () => {
    const { pictures, sheet } = await make({ count: 4, size: 64, candidates: 12 });
    expect(pictures.map(({ seed }) => seed)).toEqual([3, 4, 5, 6]);
    const looks = pictures.map(({ picture }) => encodeThumbnail(picture));
    for (const [at, look] of looks.entries())
      for (const other of looks.slice(at + 1))
        expect(measureThumbnailDistance(look, other)).toBeGreaterThan(0.02);
    const { width, height } = await sharp(await readFile(sheet!)).metadata();
    expect(width).toBe(4 * (256 + 6) + 6);
    expect(height).toBe(256 + 18 + 12);
    const last = pictures[3]!;
    const record = expectRecord(await readRecord(last.bytes, "a picture"), "generate", "a picture");
    const [again] = (await finish({ replay: record })).pictures;
    expect(again!.bytes.equals(last.bytes)).toBe(true);
    expect((await make({ size: 64 })).sheet).toBeUndefined();
  });
});

describe("encodeThumbnail", () => {
  const grey = (side: number, value: number): Picture => ({
    width: side,
    height: side,
    data: new Float32Array(side * side * 3).fill(value),
  });

  it.each([1, 5, 8, 16, 33])("of a uniform picture of %i pixels is uniform", (side) => {
    expect(new Set(Buffer.from(encodeThumbnail(grey(side, 0.8)), "base64"))).toEqual(new Set([204]));
  });

  it("takes the nearest pixel of pictures with fewer than 16 pixels a side", () => {
    const halves = { width: 2, height: 1, data: Float32Array.of(0, 0, 0, 1, 1, 1) };
    const bytes = Buffer.from(encodeThumbnail(halves), "base64");
    const reds = Array.from({ length: 16 }, (_, column) => bytes[column * 3]);
    expect(reds).toEqual([...Array<number>(8).fill(0), ...Array<number>(8).fill(255)]);
  });
});

describe("differentDraft", () => {
  const plain = (value: number) => ({
    latents: hostFloats(new Float32Array(1), [1, 1]),
    picture: hostFloats(new Float32Array(32 * 32 * 3).fill(value), [1, 32, 32, 3]),
  });
  const picture = (value: number): Picture => ({
    width: 20,
    height: 20,
    data: new Float32Array(1200).fill(value),
  });

  it("takes the best draft at first, then the best that looks different, then the most different", () => {
    const drafts = [0.5, 0.52, 0.8, 0.1].map(plain);
    expect(findDifferentDraft(drafts, [])).toBe(0);
    expect(findDifferentDraft(drafts, [encodeThumbnail(picture(0.5))])).toBe(2);
    expect(
      findDifferentDraft(
        drafts,
        [0.5, 0.8].map((value) => encodeThumbnail(picture(value))),
      ),
    ).toBe(3);
    const all = [0.5, 0.82, 0.1].map((value) => encodeThumbnail(picture(value)));
    expect(findDifferentDraft(drafts, all)).toBe(1);
    // A draft far down the list may be different because it is bad.
    const many = [...Array<number>(40).fill(0.5), 0.9].map(plain);
    expect(findDifferentDraft(many, [encodeThumbnail(picture(0.5))])).toBe(0);
  });
});

describe("pickedDraft", () => {
  const draft = (value: number, score: number) => ({
    latents: hostFloats(new Float32Array(1), [1, 1]),
    picture: hostFloats(new Float32Array(32 * 32 * 3).fill(value), [1, 32, 32, 3]),
    score,
  });
  const picks = (drafts: ReturnType<typeof draft>[]): number[] => [
    ...new Set(Array.from({ length: 40 }, (_, seed) => pickDraft(drafts, createRandom(seed)))),
  ];

  it("takes, by the seed, any draft that looks different and scores nearly as well as the best", () => {
    const drafts = [draft(0.5, 2), draft(0.51, 1.99), draft(0.9, 1.95), draft(0.1, 1.8)];
    expect(picks(drafts).sort()).toEqual([0, 2]);
    expect(picks(drafts.slice(0, 2))).toEqual([0]);
    expect(pickDraft(drafts, createRandom(5))).toBe(pickDraft(drafts, createRandom(5)));
  });
});

describe("output that cannot be", () => {
  it("is refused in one line with exit code 2, and leaves nothing", async () => {
    const pixels = await writeTinyPack();
    const empty = await mkdtemp(join(tmpdir(), "clipsteer-refused-"));
    for (const [generator, options, message] of [
      [pixels, ["--format", "svg"], /makes pixels on white, so there is no SVG/],
      [pixels, ["--background", "none"], /no other background/],
      [pixels, ["--background", "#123456"], /no other background/],
      [pixels, ["--outline", "6"], /no border/],
      [
        pack,
        ["--background", "purple"],
        /background.*must be none, white or a colour such as #ff8800.*purple/,
      ],
      [pack, ["--background", "#12345"], /background/],
      [pack, ["--size", "100000"], /size.*<=4096/],
      [pack, ["--outline", "900"], /outline/],
      [pack, ["--format", "bmp"], /format/],
    ] as const) {
      const { code, stdout, stderr } = await runCommand([
        "generate",
        "a red heart",
        "--generator",
        generator,
        "--out",
        empty,
        ...options,
      ]);
      expect(`${options.join(" ")}: ${code}`).toBe(`${options.join(" ")}: 2`);
      expect(stdout).toBe("");
      expect(stderr).toMatch(message);
      expect(stderr.trim().split("\n")).toHaveLength(1);
      expect(await readdir(empty)).toEqual([]);
    }
  });
});
