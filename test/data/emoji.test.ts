import { mkdtemp, readFile, readdir, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { buildEmojiData, loadEmojiData } from "../../src/data/index.js";
import { iconSets } from "../../src/data/sources.js";
import { DownloadError, InputError } from "../../src/errors.js";
import { fakeRegistry, labels, packageOf, setOf, square } from "./fixture.js";

const noto = setOf(
  {
    "red-apple": square("#f00"),
    grapes: square("#00f"),
    banana: "<path fill=",
    lemon: square("#fff"),
    "chequered-flag": square("#000"),
    "waving-hand-light-skin-tone": square("#fc0"),
    unheard: square("#0f0"),
  },
  { "1f34e": "red-apple", "1f347": "grapes", "1f34c": "banana", "1f34b": "lemon", "1f3c1": "chequered-flag" },
);
const flat = setOf({ apple: square("#0f0"), "red-apple": square("#ff0"), wave: square("#f0f") }, {});
const everySet = Object.fromEntries(iconSets.map((set) => [set.package, packageOf(flat)]));
const full: Record<string, Buffer> = {
  ...everySet,
  "emojibase-data": packageOf(labels),
  "@iconify-json/noto": packageOf(noto),
};

let out: string;
beforeEach(async () => {
  out = await mkdtemp(join(tmpdir(), "clipsteer-data-"));
});
afterEach(() => rm(out, { recursive: true, force: true }));

test("builds joined, captioned pictures and reports what is broken by name", async () => {
  const problems: string[] = [];
  const steps: string[] = [];
  const manifest = await buildEmojiData({
    out,
    fetch: fakeRegistry(full),
    onProblem: (message) => problems.push(message),
    onProgress: ({ stage, done, total }) => steps.push(`${stage} ${done}/${total}`),
  });
  expect(manifest.built).toBe(true);
  expect(manifest.sets.noto).toBe(2);
  expect([...problems].sort()).toEqual([...manifest.problems].sort());
  expect(problems).toHaveLength(2);
  expect(manifest.problems[0]).toBe("noto/banana: cannot be drawn, left out");
  expect(manifest.problems[1]).toBe("noto/lemon: blank, left out");
  expect(steps).toContain(`fetch ${iconSets.length + 1}/${iconSets.length + 1}`);
  expect(steps.at(-1)).toMatch(/^draw (\d+)\/\1$/);
  expect(manifest.packages.map(({ name }) => name)).toContain("@iconify-json/fxemoji");
  expect(manifest.licences).toHaveLength(iconSets.length + 1);
  expect((await readdir(out)).filter((name) => name.endsWith(".part"))).toEqual([]);

  const { items, images, size } = await loadEmojiData(out);
  expect(items.map(({ id }) => id).filter((id) => id.startsWith("noto/"))).toEqual([
    "noto/red-apple",
    "noto/grapes",
  ]);
  expect(items[0]).toMatchObject({
    concept: "1F34E",
    label: "red apple",
    tags: ["fruit"],
    group: "food drink",
    subgroup: "food fruit",
    style: "noto style",
  });
  // One drawing a concept: `apple` and `red-apple` are the same emoji.
  expect(items.filter(({ set, concept }) => set === "twemoji" && concept === "1F34E")).toHaveLength(1);
  const pixel = (item: number, row: number, column: number): number[] => [
    ...images.subarray(((item * size + row) * size + column) * 3).subarray(0, 3),
  ];
  expect(pixel(0, 32, 32)).toEqual([255, 0, 0]);
  expect(pixel(1, 32, 32)).toEqual([0, 0, 255]);
  expect(pixel(0, 3, 32)).toEqual([255, 255, 255]);
  expect(pixel(0, 4, 4)).toEqual([255, 0, 0]);
  expect(pixel(0, 60, 60)).toEqual([255, 255, 255]);
});

test("does nothing when nothing changed, and repairs what did", async () => {
  const first = await buildEmojiData({ out, fetch: fakeRegistry(full) });
  const idle = fakeRegistry(full);
  const second = await buildEmojiData({ out, fetch: idle });
  expect(second).toEqual({ ...first, built: false });
  expect(idle.requested).toEqual([]);
  await writeFile(join(out, "items.json"), "[]");
  await expect(loadEmojiData(out)).rejects.toThrow(/build it again/);
  const third = await buildEmojiData({ out, fetch: fakeRegistry(full) });
  expect(third).toEqual(first);
});

test("a set that cannot be had is named, and tried again next time", async () => {
  const problems: string[] = [];
  const { "@iconify-json/twemoji": twemoji, ...rest } = full;
  expect(twemoji).toBeDefined();
  const partial = await buildEmojiData({
    out,
    fetch: fakeRegistry({ ...rest, "@iconify-json/emojione": Buffer.from("not a package") }),
    onProblem: (message) => problems.push(message),
  });
  expect(partial.sets.twemoji).toBeUndefined();
  expect(problems[0]).toMatch(/^@iconify-json\/twemoji@1\.2\.5: no such package/);
  expect(problems[1]).toMatch(/^@iconify-json\/emojione@1\.2\.3: .*truncated or not gzip/);
  const whole = await buildEmojiData({ out, fetch: fakeRegistry(full) });
  expect(whole.built).toBe(true);
  expect(whole.sets.twemoji).toBe(2);
});

test("throws without labels, without any set, and when cancelled", async () => {
  const { "emojibase-data": emojibase = Buffer.alloc(0), ...sets } = full;
  await expect(buildEmojiData({ out, fetch: fakeRegistry(sets) })).rejects.toThrow("no such package");
  await expect(
    buildEmojiData({
      out,
      fetch: fakeRegistry({ ...sets, "emojibase-data": packageOf({ "en/x.json": "" }) }),
    }),
  ).rejects.toThrow(DownloadError);
  await expect(buildEmojiData({ out, fetch: fakeRegistry({ "emojibase-data": emojibase }) })).rejects.toThrow(
    /no icon set could be read/,
  );
  await expect(
    buildEmojiData({ out, fetch: fakeRegistry(full), signal: AbortSignal.abort() }),
  ).rejects.toThrow(/abort/i);
  expect(await readdir(out)).toEqual([]);
});

test("offline, what is not in the cache is an error that says so", async () => {
  await expect(buildEmojiData({ out, offline: true })).rejects.toThrow(
    /emojibase-data@17\.0\.0 is not in .*fetch it once while online/,
  );
});

test("refuses data that is missing, cut or of another form", async () => {
  await expect(loadEmojiData(join(out, "nowhere"))).rejects.toThrow(InputError);
  await buildEmojiData({ out, fetch: fakeRegistry(full) });
  const path = join(out, "images.u8");
  await truncate(path, (await readFile(path)).length - 1);
  await expect(loadEmojiData(out)).rejects.toThrow(/does not match its manifest/);
  await writeFile(join(out, "manifest.json"), `{"format":0}`);
  await expect(loadEmojiData(out)).rejects.toThrow(/no emoji data here; build it first/);
});
