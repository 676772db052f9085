import { createHash } from "node:crypto";
import { readFile, readdir, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodePicture, loadPictureFrom } from "../../src/images/index.js";
import {
  type EditRequest,
  type EditRunResult,
  type FinishedEdit,
  type RunEvent,
  type RunSession,
  createFileAssets,
  createFolderStore,
  createMemoryAssets,
  createMemoryStore,
  readUnfinished,
  resolveEdit,
  runEdit,
  createStoreAround,
} from "../../src/runs/index.js";
import { createRandom } from "../../src/tensor/index.js";
import { collect, newFolder, tinySession } from "./fixture.js";

const [width, height] = [40, 30];
let session: RunSession;
let generator = "";
let folder = "";
let noise: Buffer;
beforeAll(async () => {
  ({ session, generator } = await tinySession());
  folder = await newFolder("edit");
  const random = createRandom("edit");
  const rgba = Uint8Array.from({ length: width * height * 4 }, () => random.integer(256));
  noise = await encodePicture({ width, height, rgba }, { format: "png" });
});
afterAll(() => session.dispose());

const small = { steps: 2, views: 2, lr: 0.5, picture: "in.png" } as const;

type Made = Awaited<ReturnType<typeof collect<EditRunResult>>>;

/** Edits the picture of noise in memory. */
const make = (request: EditRequest, files: Record<string, Uint8Array> = {}): Promise<Made> =>
  collect(
    runEdit(
      { generator, ...small, ...request },
      { session, store: createMemoryStore(), assets: createMemoryAssets({ "in.png": noise, ...files }) },
    ),
  );

const plain = (side: { width: number; height: number }, background: string): Promise<Buffer> =>
  sharp({ create: { ...side, channels: 3, background } })
    .png()
    .toBuffer();

const first = ({ result }: Made): FinishedEdit => result.pictures[0] as FinishedEdit;

describe("an edit run", () => {
  it("makes several edits in order, each with its own report, and the same bytes by replay", async () => {
    const result = await make({
      prompt: ["a blue car", "a hat"],
      from: ["a red heart"],
      mask: ["box 0 0 0.5 1", "circle 0.7 0.5 0.2"],
    });
    const { reports, record } = first(result);
    expect(reports.map(({ prompt }) => prompt)).toEqual(["a blue car", "a hat"]);
    expect(reports.map(({ changedOutside }) => changedOutside)).toEqual([0, 0]);
    expect(result.events.filter(({ type }) => type === "edited")).toHaveLength(2);
    const tools = { session, store: createMemoryStore(), assets: createMemoryAssets({ "in.png": noise }) };
    const same = await collect(runEdit({ replay: record }, tools));
    expect(first(same).bytes).toEqual(first(result).bytes);
  });

  it("reads each input once, and records the hash of the bytes that it decodes, by which a replay finds a renamed one", async () => {
    const mask = await plain({ width, height }, "#ffffff");
    const files = createMemoryAssets({ "in.png": noise, "m.png": mask });
    const reads: string[] = [];
    const read = (name: string) => {
      reads.push(name);
      return files.read(name);
    };
    const request = { prompt: ["a blue car"], from: ["a red heart"], mask: ["m.png"], steps: 0 };
    const result = await collect(
      runEdit(
        { generator, ...small, ...request },
        { session, store: createMemoryStore(), assets: { ...files, read } },
      ),
    );
    expect(reads.sort()).toEqual(["in.png", "m.png"]);
    const { picture, edits } = first(result).record.settings;
    const hash = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");
    expect([picture.sha256, edits[0]!.mask]).toEqual([hash(noise), { name: "m.png", sha256: hash(mask) }]);

    const renamed = createMemoryAssets({ "renamed.png": noise, "m.png": mask });
    const again = await collect(
      runEdit({ replay: first(result).record }, { session, store: createMemoryStore(), assets: renamed }),
    );
    expect(again.codes).not.toContain("changed-file"); // found by its content
    expect((again.result.pictures[0] as FinishedEdit).record.settings.picture.name).toBe("renamed.png");
  });

  it("keeps every bit outside a mask that is a picture, alpha included", async () => {
    const isInside = (pixel: number): boolean => pixel % width < 20;
    const rgba = Uint8Array.from({ length: width * height * 4 }, (_, at) =>
      at % 4 === 3 || isInside(Math.floor(at / 4)) ? 255 : 0,
    );
    const mask = await encodePicture({ width, height, rgba }, { format: "png" });
    const result = await make(
      { prompt: ["a blue car"], from: ["a red heart"], mask: ["m.png"], lr: 1 },
      { "m.png": mask },
    );
    const [before, after] = [
      await loadPictureFrom(noise, "in"),
      await loadPictureFrom(first(result).bytes, "out"),
    ];
    let changed = 0;
    for (let at = 0; at < after.rgba.length; at++) {
      if (after.rgba[at] === before.rgba[at]) continue;
      changed++;
      if (!isInside(Math.floor(at / 4))) expect.fail(`byte ${at} changed`);
    }
    expect(changed).toBeGreaterThan(0);
  });

  it.each<[what: string, request: EditRequest]>([
    ["a shape", { mask: ["box 0 0 0.5 1"] }],
    ["a list of edits", { edits: [{ prompt: "a blue car", mask: "box 0 0 0.5 1", maskInvert: true }] }],
  ])("changes only what an inverted mask of %s leaves out, by replay too", async (_, given) => {
    const prompts = given.edits ? {} : { prompt: ["a blue car"], maskInvert: true };
    const result = await make({ ...given, ...prompts, lr: 1 });
    const { rgba } = await loadPictureFrom(first(result).bytes, "out");
    const before = (await loadPictureFrom(noise, "in")).rgba;
    const changed = [...rgba.keys()].filter((at) => rgba[at] !== before[at]);
    expect(changed.length).toBeGreaterThan(0);
    expect(changed.filter((at) => Math.floor(at / 4) % width < width / 2)).toEqual([]);
    const tools = { session, store: createMemoryStore(), assets: createMemoryAssets({ "in.png": noise }) };
    const again = await collect(runEdit({ replay: first(result).record }, tools));
    expect(first(again).bytes).toEqual(first(result).bytes);
  });

  it("gives the input back to the bit at strength 0, and says that nothing changed", async () => {
    const result = await make({ prompt: ["a blue car"], strength: 0 });
    const { rgba } = await loadPictureFrom(first(result).bytes, "out");
    expect(rgba).toEqual((await loadPictureFrom(noise, "in")).rgba);
    expect(result.codes).toContain("unchanged");
  });

  it("makes variations with seeds counting up and one sheet of them, in a mask", async () => {
    const picture = join(folder, "in.png");
    await writeFile(picture, noise);
    const { result } = await collect(
      runEdit(
        {
          generator,
          ...small,
          picture,
          prompt: ["a blue car"],
          mask: ["box 0 0 1 0.5"],
          variations: 2,
          seed: 3,
          format: "avif", // which is not read from other sources
        },
        { session, store: createFolderStore(join(folder, "words")), assets: createFileAssets() },
      ),
    );
    expect(result.pictures.map(({ seed }) => seed)).toEqual([3, 4]);
    expect((await readdir(dirname(result.pictures[0]!.path!))).sort()).toEqual([
      "config.yaml",
      "image.avif",
      "inversion.png",
      "mask.png",
      "steps.jsonl",
      "variations.png",
    ]);
    expect((await readdir(dirname(result.pictures[1]!.path!))).sort()).not.toContain("variations.png");
  });

  it("scales a mask of the same shape with a note, and warns of one on blank paper", async () => {
    const mask = await plain({ width: 80, height: 60 }, "#fff");
    const scaled = await make({ prompt: ["a blue car"], mask: ["mask.png"], steps: 0 }, { "mask.png": mask });
    expect(scaled.codes).toContain("mask-scaled");
    const white = await plain({ width, height }, "#fff");
    const blank = await make(
      { prompt: ["a blue car"], mask: ["box 0 0 0.3 0.3"], picture: "white.png", steps: 0 },
      { "white.png": white },
    );
    expect(blank.codes).toContain("mask-blank");
  });

  it("says what a picture holds that an edit does not see, and nothing of a usual one", async () => {
    const frames = await sharp(Buffer.concat([Buffer.alloc(48), Buffer.alloc(48, 255)]), {
      raw: { width: 4, height: 8, channels: 3, pageHeight: 4 },
    })
      .gif()
      .toBuffer();
    const messages = async (bytes: Buffer): Promise<string[]> => {
      const { events } = await make({ prompt: ["a blue car"], picture: "p", steps: 0 }, { p: bytes });
      return events.flatMap((event) =>
        event.type === "finding" && event.finding.code === "reduced-picture" ? [event.finding.message] : [],
      );
    };
    const deep = await sharp(noise).toColourspace("rgb16").png().toBuffer();
    expect(await messages(deep)).toEqual(["p: 16 bits a channel are reduced to 8"]);
    expect(await messages(frames)).toEqual(["p: only the first of 2 frames is used"]);
    expect(await messages(noise)).toEqual([]);
  });

  it.each<[string, EditRequest, RegExp]>([
    ["no mask to invert", { prompt: ["a hat"], maskInvert: true }, /there is no mask to invert/],
    ["two masks", { prompt: ["a hat"], mask: ["box 0 0 1 1"], maskPrompt: ["hat"] }, /give one of them/],
    ["masks that do not pair up", { prompt: ["a", "b", "c"], mask: ["x", "y"] }, /2 times for 3 prompts/],
    ["a negative weight", { prompt: ["a hat::-1"] }, /a negative weight is not possible/],
    ["no prompt", {}, /no prompt/],
    ["no picture", { prompt: ["a hat"], picture: undefined }, /no picture/],
    ["prompts beside a list", { prompt: ["a"], edits: [{ prompt: "b" }] }, /not both/],
    ["a strength of 3", { prompt: ["a hat"], strength: 3 }, /strength: must be <=1, got "3"/],
  ])("is refused for %s", (_, request, says) => {
    expect(() => resolveEdit({ ...small, ...request })).toThrow(says);
  });

  it.each<[string, string, RegExp]>([
    ["an empty shape", "box 0.5 0.5 0.5 0.5", /allows no change/],
    ["a black mask", "black.png", /mask black\.png: allows no change/],
    ["a mask of another shape", "square.png", /is 50×50, the picture 40×30/],
    ["a missing mask", "nowhere.png", /nowhere\.png: no such picture/],
  ])("with %s is refused and leaves no folder", async (name, mask, says) => {
    const out = join(folder, name);
    const assets = createMemoryAssets({
      "in.png": noise,
      "black.png": await plain({ width, height }, "#000"),
      "square.png": await plain({ width: 50, height: 50 }, "#fff"),
    });
    const tools = { session, store: createFolderStore(out), assets };
    const run = collect(runEdit({ generator, ...small, prompt: ["a hat"], mask: [mask] }, tools));
    await expect(run).rejects.toThrow(says);
    expect(await readdir(out).catch(() => [])).toEqual([]);
  });
});

describe("a resumed edit run", () => {
  it(
    "ends in the same bytes, the edits before and the variations after included",
    { timeout: 300_000 },
    async () => {
      const picture = join(folder, "resumed.png");
      await writeFile(picture, noise);
      const request = {
        prompt: ["a blue car", "a red heart"],
        mask: ["box 0 0 0.8 1"],
        steps: 3,
        variations: 2,
      };
      const run = (name: string, signal?: AbortSignal, onEvent?: (event: RunEvent) => void) =>
        collect(
          runEdit(
            { generator, ...small, ...request, picture },
            { session, store: createFolderStore(join(folder, name)), assets: createFileAssets(), signal },
          ),
          onEvent,
        );
      const whole = await run("whole");
      const controller = new AbortController();
      const stopped = await run("halves", controller.signal, (event) => {
        if (event.type === "step" && event.edit === 2 && event.index === 2) controller.abort();
      });
      expect(stopped.result).toMatchObject({ stopped: true, pictures: [{ stopped: true }] });
      const place = dirname(stopped.result.pictures[0]!.path!);
      await writeFile(picture, "gone");
      const resumed = await collect(
        runEdit(
          { resume: await readUnfinished(place, "edit") },
          { session, store: createStoreAround(place), assets: createFileAssets({ folders: [] }) },
        ),
      );
      expect(resumed.result.pictures).toHaveLength(2);
      for (const [at, { path }] of whole.result.pictures.entries()) {
        const [from, to] = [dirname(path!), dirname(resumed.result.pictures[at]!.path!)];
        expect(basename(to)).toBe(basename(from));
        const names = (await readdir(from)).sort();
        expect((await readdir(to)).sort()).toEqual(names);
        for (const name of names.filter((each) => each !== "config.yaml"))
          expect(await readFile(join(to, name))).toEqual(await readFile(join(from, name)));
      }
    },
  );
});
