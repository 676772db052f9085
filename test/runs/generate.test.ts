import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { ConfigError } from "../../src/errors.js";
import { readMetadata } from "../../src/images/index.js";
import {
  type GenerateRequest,
  type GenerateResult,
  type RunEvent,
  type RunSession,
  expectRecord,
  createFileAssets,
  createFolderStore,
  createMemoryAssets,
  createMemoryStore,
  openRunSession,
  readRecord,
  readUnfinished,
  resolveGenerate,
  runGenerate,
  createStoreAround,
} from "../../src/runs/index.js";
import { damageWeights, writeTinyPack } from "../tiny.js";
import { collect, newFolder, tinySession } from "./fixture.js";

let session: RunSession;
let generator = "";
let folder = "";
beforeAll(async () => {
  ({ session, generator } = await tinySession());
  folder = await newFolder("generate");
});
afterAll(() => session.dispose());

const small = { steps: 4, views: 2, candidates: 3, seed: 7 } as const;

type Made = Awaited<ReturnType<typeof collect<GenerateResult>>>;

/** Makes pictures in memory. */
const make = (request: GenerateRequest, files: Record<string, Uint8Array> = {}): Promise<Made> =>
  collect(
    runGenerate(
      { generator, ...small, ...request },
      { session, store: createMemoryStore(), assets: createMemoryAssets(files) },
    ),
  );

/** Makes pictures in a folder. */
const makeIn = (name: string, request: GenerateRequest, began?: number): Promise<Made> =>
  collect(
    runGenerate(
      { generator, ...small, ...request },
      {
        session,
        store: createFolderStore(join(folder, name)),
        assets: createFileAssets(),
        ...(began !== undefined && { began }),
      },
    ),
  );

/** Bytes of a picture of one colour. */
const flat = (background: string): Promise<Buffer> =>
  sharp({ create: { width: 30, height: 40, channels: 3, background } })
    .png()
    .toBuffer();

const bytesOf = ({ result }: Made): Buffer => result.pictures[0]!.bytes;

describe("a generate run", () => {
  it("gives the same bytes for the same seed and others for another, whatever ran before in its session", async () => {
    const first = await make({ text: ["a red heart"] });
    const other = await make({ text: ["a red heart"], seed: 8 });
    const again = await make({ text: ["a red heart"] });
    expect(bytesOf(again)).toEqual(bytesOf(first));
    expect(bytesOf(other)).not.toEqual(bytesOf(first));
  });

  it("tells its plan, draft, steps and end in order", async () => {
    const { events } = await make({ text: ["a red heart"], count: 2 });
    const one = ["planned", "draft", "step", "step", "step", "step", "finished"];
    const seen = events.filter(({ type }) => type !== "finding" && type !== "drafting");
    expect(seen.map(({ type }) => type)).toEqual([...one, ...one]);
    const drafting = events.flatMap((event) => (event.type === "drafting" ? [event] : []));
    expect(new Set(drafting.map(({ run }) => run))).toEqual(new Set([0, 1]));
    for (const { stage, done, total } of drafting) {
      expect(stage).toBe("drafts");
      expect(done).toBeLessThanOrEqual(total);
    }
    expect(seen.map(({ run }) => run)).toEqual([...one.map(() => 0), ...one.map(() => 1)]);
    const steps = events.filter((event) => event.type === "step");
    expect(steps.map(({ index }) => index)).toEqual([1, 2, 3, 4, 1, 2, 3, 4]);
    for (const { loss, picture, steps: all } of steps)
      expect([Number.isFinite(loss), picture.width, all]).toEqual([true, 64, 4]);
  });

  it("writes picture, settings, log and animation, and nothing else", async () => {
    const { result } = await makeIn("files", {
      text: ["a red heart", "a blue car::0.5"],
      negative: ["a hat"],
      animate: true,
      format: "webp",
      size: 96,
    });
    const place = dirname(result.pictures[0]!.path!);
    expect((await readdir(place)).sort()).toEqual([
      "config.yaml",
      "image.webp",
      "progress.webp",
      "steps.jsonl",
    ]);
    const config = parse(await readFile(join(place, "config.yaml"), "utf8")) as {
      command: string;
      settings: { terms: { weight: number }[] };
      report: { judgeScore: number };
    };
    expect(config.command).toBe("generate");
    expect(config.settings.terms.map(({ weight }) => weight)).toEqual([1, 0.5, -1]);
    expect(config.report.judgeScore).toBe(result.pictures[0]!.report.judgeScore);
    const log = (await readFile(join(place, "steps.jsonl"), "utf8")).trim().split("\n");
    expect(log.map((line) => (JSON.parse(line) as { step: number }).step)).toEqual([1, 2, 3, 4]);
    expect(await readFile(join(place, "image.webp"))).toEqual(result.pictures[0]!.bytes);
  });

  it.each<[string, GenerateRequest]>([
    ["an unknown style", { text: ["a red heart"], style: "nope" }],
    ["no prompt to go towards", { text: ["a face::-1"] }],
    ["a missing picture", { text: ["a red heart"], init: "nowhere.png" }],
    ["too small a budget", { text: ["a red heart"], steps: undefined, budget: "20passes" }],
  ])("that is refused for %s leaves no folder", async (name, request) => {
    await expect(makeIn(name, request)).rejects.toThrow();
    expect(await readdir(join(folder, name)).catch(() => [])).toEqual([]);
  });

  it("refuses a request for another pack or engine than its session's", async () => {
    await expect(make({ text: ["a hat"], generator: "emoji" })).rejects.toThrow('the pack "emoji"');
    await expect(make({ text: ["a hat"], engine: "cpu" })).rejects.toThrow("the engine cpu");
  });
});

describe("prompts of a generate run", () => {
  it("tell a story over the run, every step of it a frame", { timeout: 300_000 }, async () => {
    const { result } = await makeIn("story", {
      prompts: {
        prompts: [
          { text: "a red heart", name: "red" },
          { text: "a blue car", name: "blue" },
        ],
        schedule: [
          { at: 0.1, weights: { red: 1, blue: 0 } },
          { at: 0.6, weights: { red: 0, blue: 1 } },
        ],
      },
      lr: 0.5,
      animate: true,
    });
    const film = join(dirname(result.pictures[0]!.path!), "progress.webp");
    const { pages, pageHeight, width } = await sharp(film, { animated: true }).metadata();
    expect([pages, pageHeight, width]).toEqual([6, 256, 256]); // the draft, four steps and what was read out
    const frames = await sharp(film, { animated: true }).removeAlpha().raw().toBuffer();
    const frame = (at: number): Buffer =>
      frames.subarray((at * frames.length) / 6, ((at + 1) * frames.length) / 6);
    for (let at = 1; at < 4; at++) expect(frame(at).equals(frame(at + 1))).toBe(false);
  });

  it("count by their weights, pictures as well", async () => {
    const files = { "blue.png": await flat("#00f") };
    const of = async (...prompts: [string[], string[]]): Promise<string> => {
      const result = await make({ text: prompts[0], imagePrompt: prompts[1], lr: 0.5 }, files);
      return bytesOf(result).toString("base64");
    };
    const pictures = [
      await of(["a red heart", "a blue car"], ["blue.png"]),
      await of(["a red heart::2", "a blue car"], ["blue.png"]),
      await of(["a red heart", "a blue car"], ["blue.png::3"]),
    ];
    expect(new Set(pictures).size).toBe(3);
  });
});

describe("findings of a generate run", () => {
  it("name unknown words, contradictions and times at which nothing is wanted", async () => {
    const { codes, events } = await make({
      text: ["a flibbertigibbet heart"],
      negative: ["A flibbertigibbet heart"],
      steps: 0,
    });
    expect(codes).toEqual(expect.arrayContaining(["unknown-words", "contradiction"]));
    const words = events.find((event) => event.type === "finding" && event.finding.code === "unknown-words");
    expect(words).toMatchObject({ finding: { level: "warning", data: { words: ["flibbertigibbet"] } } });
    const gap = await make({
      prompts: {
        prompts: [
          { text: "a red heart", to: 0.3 },
          { text: "a blue car", from: 0.6 },
        ],
      },
      steps: 1,
    });
    expect(gap.codes).toContain("no-prompt-wanted");
  });

  it("mention no flag", async () => {
    const { events } = await make({ text: ["a flibbertigibbet heart"], negative: ["hat"], steps: 1 });
    const messages = events.flatMap((event) => (event.type === "finding" ? [event.finding.message] : []));
    expect(messages.length).toBeGreaterThan(0);
    for (const message of messages) expect(message).not.toMatch(/--\w|clipsteer /);
  });
});

describe("a request", () => {
  it("is filled in by defaults, then the quality, then the prompt file, then itself", () => {
    const prompts = { prompts: ["a cat"], defaults: { steps: 9, views: 3 } };
    const resolved = resolveGenerate({ quality: "best", prompts, views: 5 });
    expect(resolved).toMatchObject({ steps: 9, views: 5, candidates: 256, lr: 0.02 });
  });

  it.each<[object, RegExp]>([
    [{ text: [] }, /no prompt/],
    [{ text: ["a"], steps: -1 }, /steps: must be >=0, got "-1"/],
    [{ text: ["a"], colour: "red" }, /Unrecognized key: "colour"/],
    [{ text: ["a"], budget: "10s", steps: 4 }, /a budget decides the number of steps/],
    [{ text: ["a"], budget: "10s", quality: "draft" }, /a budget decides the number of steps/],
    [{ prompts: { prompts: ["a"], schedule: [{ at: 0, weights: { b: 1 } }] } }, /schedule names "b"/],
  ])("of %j is refused", (request, says) => {
    expect(() => resolveGenerate(request as GenerateRequest)).toThrow(says);
  });
});

describe("prompts of the command line", () => {
  it("that look like a sentence without quotes are a finding", async () => {
    const { codes } = await make({ text: ["a", "cat", "face"], steps: 0 });
    expect(codes).toContain("several-prompts");
    expect((await make({ text: ["a cat", "face"], steps: 0 })).codes).not.toContain("several-prompts");
  });

  it("of which one outweighs all numbers end in an error, not in a picture", async () => {
    await expect(make({ text: ["a cat::1e41", "a dog"] })).rejects.toThrow("out of range");
    await expect(make({ text: ["a cat"], lr: 2, steps: 1, seed: Number.NaN })).rejects.toThrow("seed");
  });
});

it.each([
  ["generator", 1, /^the (loss of step 1|guide score) is NaN, not a finite number/],
  ["generator", 0, /is NaN, not a finite number/],
  ["judge", 1, /^CLIP 3 of 3: its text embeddings are not finite numbers/],
])(
  "weights of the %s that are not finite numbers end a run of %d steps without a picture",
  async (model, steps, says) => {
    const pack = await writeTinyPack();
    await damageWeights(pack, `${model}.safetensors`);
    const damaged = await openRunSession(pack);
    const store = createMemoryStore();
    const run = runGenerate(
      { generator: pack, ...small, steps, text: ["a red heart"] },
      { session: damaged, store, assets: createMemoryAssets({}) },
    );
    await expect(collect(run)).rejects.toThrow(says);
    await damaged.dispose();
  },
);

describe("a budget", () => {
  it("of passes becomes steps that keep within it, and a replay repeats", async () => {
    const { result } = await make({ text: ["a red heart"], steps: undefined, budget: "120passes" });
    const { report, record } = result.pictures[0]!;
    expect(record.settings.steps).toBeGreaterThan(1);
    expect(report.passes).toBeLessThanOrEqual(120);
    const tools = { session, store: createMemoryStore(), assets: createMemoryAssets({}) };
    const again = await collect(runGenerate({ replay: record }, tools));
    expect(bytesOf(again)).toEqual(bytesOf({ ...again, result }));
  });

  it("of time that is over leaves the best draft and says so", async () => {
    const began = performance.now() - 60_000;
    const { result, codes } = await makeIn(
      "short",
      { text: ["a red heart"], steps: undefined, budget: "1s" },
      began,
    );
    expect(codes).toContain("budget-too-small");
    expect(result.pictures[0]!.record.settings.steps).toBe(0);
  });
});

it.each<[string, GenerateRequest, RegExp]>([
  ["a text of invisible characters", { text: ["\u200b\u200d\u2060"] }, /only invisible characters/],
  ["a text of 20 000 letters", { text: ["heart ".repeat(4000)] }, /has 23999 characters; give at most 10000/],
  [
    "templates longer than a record holds",
    { text: ["a"], prompts: { prompts: [], templates: ["x".repeat(9000) + "{}".repeat(900)] } },
    /templates/,
  ],
  ["a last seed that no number holds", { text: ["a"], seed: Number.MAX_SAFE_INTEGER, count: 2 }, /seed/],
])("refuses %s before any work, not at its end", async (_, request, says) => {
  const store = createMemoryStore();
  const run = runGenerate(
    { generator, ...small, ...request },
    { session, store, assets: createMemoryAssets({}) },
  );
  const first = await run.next().catch((error: unknown) => error as Error);
  expect(first).toBeInstanceOf(ConfigError);
  expect((first as Error).message).toMatch(says);
});

it("keeps findings to one line, whatever the prompt", async () => {
  const { events } = await make({ text: [`a red\nheart ${"very ".repeat(500)}`], steps: 0 });
  const messages = events.flatMap((event) => (event.type === "finding" ? [event.finding.message] : []));
  expect(messages.length).toBeGreaterThan(0);
  for (const message of messages) expect(message).toMatch(/^[^\n]{1,999}$/);
});

it("says what pictures beside a prompt hold that a run does not see, once a picture", async () => {
  const deep = await sharp(await flat("#f00"))
    .toColourspace("rgb16")
    .png()
    .toBuffer();
  const { events } = await make(
    { text: ["a heart"], init: "a.png", imagePrompt: ["a.png", "b.png"], steps: 0 },
    { "a.png": deep, "b.png": await flat("#00f") },
  );
  expect(
    events.flatMap((event) =>
      event.type === "finding" && event.finding.code === "reduced-picture" ? [event.finding.message] : [],
    ),
  ).toEqual(["a.png: 16 bits a channel are reduced to 8"]);
});

describe("a replay", () => {
  it("finds its pictures by name beside the picture, says which it opens, and ends in the same bytes", async () => {
    const inputs = join(folder, "inputs");
    await mkdir(inputs);
    await writeFile(join(inputs, "red.png"), await flat("#f00"));
    await writeFile(join(inputs, "blue.png"), await flat("#00f"));
    const { result } = await makeIn("pictures", {
      text: ["a heart"],
      init: join(inputs, "red.png"),
      imagePrompt: [`${join(inputs, "blue.png")}::0.5`],
    });
    const path = result.pictures[0]!.path!;
    const text = (await readMetadata(path))!;
    expect(text).not.toContain(folder);
    expect(text).not.toContain(dirname(generator));
    const record = expectRecord(await readRecord(await readFile(path), path), "generate", path);
    expect(record.settings.init!.name).toBe("red.png");
    const replay = (folders: string[]) =>
      collect(
        runGenerate(
          { replay: record },
          { session, store: createMemoryStore(), assets: createFileAssets({ folders }) },
        ),
      );
    await expect(replay([folder])).rejects.toThrow(/blue\.png: not found in /);
    const again = await replay([inputs]);
    expect(bytesOf(again)).toEqual(await readFile(path));
    const opened = again.events.flatMap((event) =>
      event.type === "finding" && event.finding.code === "opened-file" ? [event.finding.data.path] : [],
    );
    expect(opened.sort()).toEqual([join(inputs, "blue.png"), join(inputs, "red.png")]);
    await writeFile(join(inputs, "red.png"), await flat("#0f0"));
    const changed = await replay([inputs]);
    expect(changed.codes).toContain("changed-file");
    const now = changed.result.pictures[0]!.record.settings.init!;
    expect(now.sha256).not.toBe(record.settings.init!.sha256);
  });

  it("says that weights are others", async () => {
    const { result } = await make({ text: ["a heart"], steps: 0 });
    const { record } = result.pictures[0]!;
    const other = { ...record, pack: { ...record.pack, fingerprint: "f".repeat(16) } };
    const tools = { session, store: createMemoryStore(), assets: createMemoryAssets({}) };
    const again = await collect(runGenerate({ replay: other }, tools));
    expect(again.codes).toContain("other-weights");
  });

  it("is impossible for a picture without metadata", async () => {
    const { result } = await make({ text: ["a heart"], steps: 0, metadata: false });
    await expect(readRecord(result.pictures[0]!.bytes, "bare.png")).rejects.toThrow(/holds no settings/);
  });
});

describe("a resumed run", () => {
  it(
    "ends in the same bytes, log and animation, with its inputs gone, and goes on with the seeds after",
    { timeout: 300_000 },
    async () => {
      const red = join(folder, "prompt.png");
      await writeFile(red, await flat("#f00"));
      const request = { text: ["a red heart"], imagePrompt: [red], steps: 4, animate: true, count: 2 };
      const whole = await makeIn("whole", request);
      const controller = new AbortController();
      const stopAt = (event: RunEvent): void => {
        if (event.type === "step" && event.index === 2) controller.abort();
      };
      const stopped = await collect(
        runGenerate(
          { generator, ...small, ...request },
          {
            session,
            store: createFolderStore(join(folder, "broken")),
            assets: createFileAssets(),
            signal: controller.signal,
          },
        ),
        stopAt,
      );
      expect(stopped.result).toMatchObject({ stopped: true, pictures: [{ stopped: true }] });
      expect(stopped.codes).toContain("stopped");
      const place = dirname(stopped.result.pictures[0]!.path!);
      await writeFile(red, await flat("#0f0"));
      const resume = await readUnfinished(place, "generate");
      const resumed = await collect(
        runGenerate(
          { resume },
          { session, store: createStoreAround(place), assets: createFileAssets({ folders: [] }) },
        ),
      );
      expect(resumed.result.pictures.map(({ seed }) => seed)).toEqual([7, 8]);
      for (const [at, { path }] of whole.result.pictures.entries()) {
        const [from, to] = [dirname(path!), dirname(resumed.result.pictures[at]!.path!)];
        expect(basename(to)).toBe(basename(from));
        expect((await readdir(to)).sort()).toEqual((await readdir(from)).sort());
        for (const name of ["image.png", "steps.jsonl", "progress.webp"])
          expect(await readFile(join(to, name))).toEqual(await readFile(join(from, name)));
      }
      await expect(readUnfinished(place, "generate")).rejects.toThrow(/no unfinished run/);
    },
  );
});
