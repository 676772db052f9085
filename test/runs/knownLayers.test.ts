import sharp from "sharp";
import { afterAll, beforeAll, expect, it } from "vitest";
import { loadPictureFrom } from "../../src/images/index.js";
import { findKnownLayers, selectLayers } from "../../src/runs/knownLayers.js";
import {
  type FinishedGenerate,
  type RunSession,
  createMemoryAssets,
  createMemoryStore,
  openRunSession,
  runEdit,
  runGenerate,
} from "../../src/runs/index.js";

let session: RunSession;
let owl: FinishedGenerate;
let layers: NonNullable<Awaited<ReturnType<typeof findKnownLayers>>>;
beforeAll(async () => {
  session = await openRunSession("stickers", { threads: 1 });
  owl = await generate("an owl reading a book");
  layers = (await findKnownLayers({ bytes: owl.bytes, name: "owl" }, session))!;
}, 120_000);
afterAll(() => session.dispose());

async function generate(text: string): Promise<FinishedGenerate> {
  const request = { text: [text], seed: 1, size: 128, candidates: 4, generator: "stickers" };
  const run = runGenerate(request, { session, store: createMemoryStore(), assets: createMemoryAssets({}) });
  for (;;) {
    const next = await run.next();
    if (next.done) return next.value.pictures[0]!;
  }
}

async function edit(picture: Buffer, request: { prompt: string[]; maskPrompt?: string[] }): Promise<Buffer> {
  const assets = createMemoryAssets({ "in.png": picture });
  const tools = { session, store: createMemoryStore(), assets };
  const run = runEdit({ generator: "stickers", picture: "in.png", seed: 1, ...request }, tools);
  for (;;) {
    const next = await run.next();
    if (next.done) return next.value.pictures[0]!.bytes;
  }
}

it("knows where each layer of its own picture is visible, and nothing of a changed picture", async () => {
  expect(new Set(layers.names)).toEqual(new Set(["owl", "book", "owl: hand"]));
  const { rgba } = await loadPictureFrom(owl.bytes, "owl");
  const all = await layers.maskOf([...layers.names.keys()]);
  const errors = all.map((share, pixel) => Math.abs(share - rgba[pixel * 4 + 3]! / 255));
  expect(Math.max(...errors)).toBeLessThan(0.02);
  const mirrored = await sharp(owl.bytes).flop().keepMetadata().png().toBuffer();
  expect(await findKnownLayers({ bytes: mirrored, name: "owl" }, session)).toBeUndefined();
  const plain = await sharp(owl.bytes).png().toBuffer();
  expect(await findKnownLayers({ bytes: plain, name: "owl" }, session)).toBeUndefined();
}, 120_000);

it("gives a new colour to the named layer alone", async () => {
  const book = await layers.maskOf(selectLayers(layers.names, "book"));
  const before = await loadPictureFrom(owl.bytes, "before");
  const after = await loadPictureFrom(await edit(owl.bytes, { prompt: ["make the book green"] }), "after");
  let [inside, outside] = [0, 0];
  book.forEach((share, pixel) => {
    if ([0, 1, 2, 3].every((at) => before.rgba[pixel * 4 + at] === after.rgba[pixel * 4 + at])) return;
    if (share > 0) inside++;
    else outside++;
  });
  expect(inside).toBeGreaterThan(0.2 * book.filter((share) => share === 1).length);
  expect(outside).toBe(0);
}, 120_000);

it("changes layers of its own picture exactly, one after the other", async () => {
  const before = await loadPictureFrom(owl.bytes, "before");
  const after = await loadPictureFrom(
    await edit(owl.bytes, { prompt: ["replace the book with a pizza", "make the pizza smaller"] }),
    "after",
  );
  const covered = await layers.maskOf(selectLayers(layers.names, "book"));
  let [changed, inside] = [0, 0];
  covered.forEach((share, pixel) => {
    if ([0, 1, 2, 3].every((at) => before.rgba[pixel * 4 + at] === after.rgba[pixel * 4 + at])) return;
    changed++;
    if (share > 0) inside++;
  });
  expect(inside).toBeGreaterThan(0.3 * covered.filter((share) => share === 1).length);
  expect(changed).toBeLessThan(0.5 * covered.length);
  await expect(edit(owl.bytes, { prompt: ["remove the tree"] })).rejects.toThrow(
    /no layer of this name; it has (?:owl, book|book, owl)/,
  );
}, 120_000);

it("refuses a mask from words that the guides do not find for certain, and says what to do", async () => {
  const blank = { create: { width: 128, height: 128, channels: 3, background: "#ddd" } } as const;
  const grey = await sharp(blank).png().toBuffer();
  await expect(edit(grey, { prompt: ["a grey kitten"], maskPrompt: ["the kitten"] })).rejects.toThrow(
    /mask prompt "the kitten": .*(?:certain|do not find it)/,
  );
  const flat = await sharp(owl.bytes).flatten({ background: "#fff" }).png().toBuffer();
  await expect(edit(flat, { prompt: ["a clock"], maskPrompt: ["the trombone"] })).rejects.toThrow(
    /not find it for certain .* mark the place with a box or a mask picture, or use other words/,
  );
}, 120_000);

it("names the layers of a scene file by what they show where their order is that of the drawing", async () => {
  const { scene } = await generate("a bear holding a balloon");
  const widths = scene!.layers.map(({ text, fills }) => ({
    text,
    red: fills!.some(({ colour, share }) => /^#[d-f].[0-5].[0-5]/.test(String(colour)) && share! > 0.4),
  }));
  expect(widths.filter(({ red }) => red).map(({ text }) => text)).toEqual(["balloon"]);
}, 120_000);

it.each([
  ["the kitten", [1]],
  ["the firefighter", [0, 2]],
  ["the little kitten", [1]],
  ["the car", [3, 4]],
  ["the red car", [3]],
  ["the cup", [5]],
  ["the head", []],
])("selects the layers that %s names", (words, expected) => {
  const names = ["firefighter", "kitten", "firefighter: hand", "red car", "blue car", "cup of coffee"];
  expect(selectLayers(names, words)).toEqual(expected);
});
