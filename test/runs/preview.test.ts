import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type EditRequest,
  type GenerateRequest,
  type RunEvent,
  type RunSession,
  createFileAssets,
  createFolderStore,
  createMemoryAssets,
  createMemoryStore,
  openRunSession,
  runEdit,
  runGenerate,
} from "../../src/runs/index.js";
import type { Picture } from "../../src/images/index.js";
import { collect } from "./fixture.js";

let session: RunSession;
let request: GenerateRequest;
beforeAll(async () => {
  session = await openRunSession("stickers", { threads: 1 });
  request = {
    generator: "stickers",
    seed: 3,
    steps: 3,
    views: 2,
    candidates: 4,
    size: 64,
    plateau: 0,
    metadata: false,
  };
});
afterAll(() => session.dispose());

/** Part of a picture's pixels that are not white. */
const inkOf = ({ data }: Picture): number => data.filter((value) => value < 0.9).length / data.length;

/** Runs to the end, and looks at what each event can show. */
async function watch(changes: GenerateRequest) {
  const sketches: (Picture | undefined)[] = [];
  const painted: Picture[] = [];
  const place = await mkdtemp(join(tmpdir(), "clipsteer-preview-"));
  const run = runGenerate(
    { ...request, ...changes },
    { session, store: createFolderStore(place), assets: createFileAssets() },
  );
  const seen: RunEvent["type"][] = [];
  for (;;) {
    const next = await run.next();
    if (next.done) {
      const picture = next.value.pictures[0]!;
      const file = join(picture.path!, "..", "progress.webp");
      const animation = changes.animate ? await readFile(file) : undefined;
      await rm(place, { recursive: true });
      return { sketches, painted, seen, picture, animation };
    }
    const event = next.value;
    seen.push(event.type);
    if (event.type === "planned") sketches.push(await event.sketch(96));
    if (event.type === "draft" || event.type === "step") painted.push(await event.paint(160));
  }
}

/** Median over rows in the middle of a picture of the largest step between neighbours in a row, 0 to 255. */
async function sharpness(file: Buffer): Promise<number> {
  const { data, info } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
  const steepest = (row: number): number =>
    Math.max(
      ...Array.from({ length: info.width - 1 }, (_, column) => {
        const at = (row * info.width + column) * info.channels;
        return Math.abs(data[at]! - data[at + info.channels]!);
      }),
    );
  const rows = Array.from({ length: 12 }, (_, at) => steepest(70 + at * 10)).sort((a, b) => a - b);
  return rows[6]!;
}

describe("what a run shows while it is made", () => {
  it("begins with the known drawing of what the prompt names, which changes nothing in the result", async () => {
    const text = ["a red heart"];
    const { sketches, seen, picture } = await watch({ text });
    expect([sketches.length, sketches[0]!.width, sketches[0]!.height]).toEqual([1, 96, 96]);
    expect(inkOf(sketches[0]!)).toBeGreaterThan(0.02);
    expect(seen.indexOf("planned")).toBeLessThan(seen.indexOf("draft"));
    const unwatched = await collect(
      runGenerate({ ...request, text }, { session, store: createMemoryStore(), assets: createFileAssets() }),
    );
    expect(unwatched.result.pictures[0]!.bytes.equals(picture.bytes)).toBe(true);
    const another = await watch({ text: ["a blue car"], steps: 0 });
    expect(another.sketches[0]!.data).not.toEqual(sketches[0]!.data);
  }, 240_000);

  it("has no sketch of what no drawing is known of", async () => {
    const { sketches, painted } = await watch({ text: ["zorblax"], steps: 0 });
    expect(sketches).toEqual([undefined]);
    expect(painted).toHaveLength(1);
  }, 240_000);

  it("leaves it to the run to refuse a request, which then leaves no folder", async () => {
    const place = await mkdtemp(join(tmpdir(), "clipsteer-preview-"));
    const tools = { session, store: createFolderStore(place), assets: createFileAssets() };
    const refused = (async () => {
      for await (const event of runGenerate({ ...request, text: ["a red heart"], style: "nope" }, tools))
        if (event.type === "planned") expect(await event.sketch(64)).toBeUndefined();
    })();
    await expect(refused).rejects.toThrow('unknown style "nope"');
    expect(await readdir(place)).toEqual([]);
    await rm(place, { recursive: true });
  }, 240_000);

  it("is painted at the size that is asked for, and so are the frames of its animation", async () => {
    const { painted, animation } = await watch({ text: ["a rocket"], animate: true });
    expect(painted.map(({ width, height }) => [width, height])).toEqual(Array(4).fill([160, 160]));
    const frame = await sharp(animation!, { page: 1 }).png().toBuffer();
    const { width, height } = await sharp(frame).metadata();
    expect([width, height]).toEqual([256, 256]);
    const small = await sharp(frame).resize(64).png().toBuffer();
    const enlarged = await sharp(small).resize(256).png().toBuffer();
    // Edges are one or two pixels wide; those of an enlarged picture of 64 pixels are four and more.
    expect(await sharpness(frame)).toBeGreaterThan(2 * (await sharpness(enlarged)));
  }, 240_000);

  it("is the picture to start from where there is one, and the original where one is edited", async () => {
    const red = await sharp({ create: { width: 30, height: 40, channels: 3, background: "#d02030" } })
      .png()
      .toBuffer();
    const assets = createMemoryAssets({ "red.png": red });
    const tools = { session, store: createMemoryStore(), assets };
    const first = async (run: AsyncGenerator<RunEvent>): Promise<Picture | undefined> => {
      for await (const event of run) if (event.type === "planned") return event.sketch(20);
      return undefined;
    };
    const begun = await first(runGenerate({ ...request, text: ["a rocket"], init: "red.png" }, tools));
    expect([begun!.width, begun!.height]).toEqual([20, 20]);
    const edit = { generator: "stickers", picture: "red.png", from: ["a red flag"], prompt: ["a blue flag"] };
    const original = await first(runEdit({ ...edit, steps: 1, seed: 1 } as EditRequest, tools));
    expect([original!.width, original!.height]).toEqual([15, 20]);
    const [r, g, b] = original!.data;
    expect([r, g, b].map((value) => Math.round(value! * 255))).toEqual([0xd0, 0x20, 0x30]);
  }, 240_000);
});
