import { readdir } from "node:fs/promises";
import { dirname } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type FinishedGenerate,
  type GenerateRecord,
  type GenerateRequest,
  type RunSession,
  type SceneFile,
  createFileAssets,
  createFolderStore,
  createMemoryStore,
  openRunSession,
  readSceneFile,
  readUnfinished,
  runGenerate,
  createStoreAround,
} from "../../src/runs/index.js";
import { writeTinyPack } from "../tiny.js";
import { writeTinyStickerPack } from "../tinySticker.js";
import { collect, newFolder } from "./fixture.js";

let session: RunSession;
let request: GenerateRequest;
beforeAll(async () => {
  const generator = await writeTinyStickerPack();
  session = await openRunSession(generator, { threads: 1 });
  request = { generator, seed: 3, steps: 0, candidates: 4, size: 64, metadata: false };
});
afterAll(() => session.dispose());

const prompt = "a cat wearing a crown";

async function run(
  task: Parameters<typeof runGenerate>[0],
  store = createMemoryStore(),
): Promise<{ codes: string[]; finished: FinishedGenerate }> {
  const { codes, result } = await collect(runGenerate(task, { session, store, assets: createFileAssets() }));
  return { codes, finished: result.pictures[0]! };
}

/** Plans a run and stops before its first draft. @returns codes of its findings, and its settings. */
async function plan(
  task: GenerateRequest,
): Promise<{ codes: string[]; settings: GenerateRecord["settings"] }> {
  const codes: string[] = [];
  const tools = { session, store: createMemoryStore(), assets: createFileAssets() };
  for await (const event of runGenerate(task, tools)) {
    if (event.type === "finding") codes.push(event.finding.code);
    if (event.type === "planned") return { codes, settings: (event.record as GenerateRecord).settings };
  }
  throw new Error("the run ended without a plan");
}

let first: Promise<FinishedGenerate> | undefined;
/** The scene that the tests change. */
const scene = async (): Promise<SceneFile> =>
  (await (first ??= run({ ...request, text: [prompt] }).then(({ finished }) => finished))).scene!;

const pixels = (file: Buffer): Promise<Buffer> => sharp(file).ensureAlpha().raw().toBuffer();
const painted = async (changed: SceneFile): Promise<Buffer> =>
  pixels((await run({ ...request, scene: changed })).finished.bytes);

describe("a prompt of several things", () => {
  it("is warned about where other weights made its layers", async () => {
    const file = await scene();
    const codesOf = async (changed: SceneFile): Promise<string[]> =>
      (await plan({ ...request, scene: changed })).codes;
    const foreign = { name: "other", fingerprint: "0123456789abcdef" };
    expect(await codesOf(file)).not.toContain("other-weights");
    expect(await codesOf({ ...file, pack: foreign })).toContain("other-weights");
    const withoutCodes = file.layers.map(({ code: _, fills: __, ...layer }) => layer);
    expect(await codesOf({ ...file, pack: foreign, layers: withoutCodes })).not.toContain("other-weights");
  }, 60_000);

  it("is drawn as layers, and its record makes the same bytes again", async () => {
    const { codes, finished } = await run({ ...request, text: [prompt], steps: 2, views: 2 });
    expect(codes).toContain("scene");
    expect(finished.record.settings.scene).toEqual({
      parts: ["cat", "crown"],
      counts: [1, 1],
      relations: [{ subject: 0, kind: "head", object: 1 }],
    });
    expect(finished.scene!.layers.map(({ text }) => text)).toEqual(["cat", "crown"]);
    const again = await run({ replay: finished.record, metadata: false });
    expect(again.finished.bytes.equals(finished.bytes)).toBe(true);
  }, 120_000);

  it("takes no steps unless steps are asked for", async () => {
    const { steps: _, ...others } = request;
    const steps = async (changes: GenerateRequest): Promise<number> =>
      (await plan({ ...others, text: [prompt], ...changes })).settings.steps;
    expect(await steps({})).toBe(0);
    expect(await steps({ views: 1, steps: 1 })).toBe(1);
    expect(await steps({ prompts: { prompts: [], defaults: { steps: 2 } } as never, views: 1 })).toBe(2);
    expect(await steps({ text: ["cat"], views: 1, steps: 1 })).toBe(1);
  }, 60_000);

  it("is drawn as one where one layer is asked for, or where it is a known name", async () => {
    for (const each of [{ text: [prompt], layers: 1 }, { text: ["cat with tears of joy"] }]) {
      const { codes, settings } = await plan({ ...request, ...each });
      expect(codes).not.toContain("scene");
      expect(settings.scene).toBeUndefined();
    }
    const { finished, codes } = await run({ ...request, text: [prompt], layers: 1 });
    expect(finished.scene).toBeUndefined();
    expect(codes).not.toContain("one-layer");
  }, 60_000);

  it("says that a picture of one layer has no layers to save", async () => {
    const ofOne = { ...request, text: ["a cat"], layerFiles: true };
    expect((await plan(ofOne)).codes).toContain("one-layer");
    expect((await plan({ ...ofOne, text: [prompt] })).codes).not.toContain("one-layer");
  }, 60_000);

  it("refuses a number of layers beside a scene file, also the usual one", async () => {
    for (const layers of [2, 3])
      await expect(plan({ ...request, scene: await scene(), layers })).rejects.toThrow(/limit of layers/);
    expect(
      (await plan({ ...request, scene: await scene(), layers: undefined })).settings.layers,
    ).toHaveLength(2);
  }, 60_000);

  it("names the things beyond the limit, and relations that contradict each other", async () => {
    const many = await plan({ ...request, text: ["a cat, a dog, a bird, a fish and a cow"] });
    expect(many.codes).toContain("omitted-things");
    expect(many.settings.scene!.parts).toHaveLength(3);
    const twice = await plan({ ...request, text: ["a star above and below the moon"] });
    expect(twice.codes).toContain("contradictory-relations");
  }, 120_000);

  it("draws counted things in as many layers, at most nine in all", async () => {
    const { finished, codes } = await run({ ...request, text: ["two cats and three crowns"] });
    expect(finished.record.settings.scene!.counts).toEqual([2, 3]);
    expect(codes).not.toContain("omitted-things");
    expect(finished.scene!.layers.map(({ text }) => text)).toEqual(["cat", "cat", "crown", "crown", "crown"]);
    expect(finished.scene!.layers.map(({ mirrored }) => mirrored).filter(Boolean)).not.toHaveLength(0);
    const many = await plan({ ...request, text: ["five cats, five crowns and five dogs"] });
    expect(many.settings.scene!.counts).toEqual([3, 3, 3]);
    expect(many.codes).toContain("omitted-things");
  }, 120_000);

  it("makes pictures that differ, each with its scene", async () => {
    const store = createMemoryStore();
    const { result } = await collect(
      runGenerate({ ...request, text: [prompt], count: 2 }, { session, store, assets: createFileAssets() }),
    );
    const [one, two] = result.pictures;
    expect(one!.bytes.equals(two!.bytes)).toBe(false);
    expect(two!.scene!.layers).toHaveLength(2);
  }, 60_000);
});

describe("a scene whose ascent was stopped", () => {
  it("ends in the same bytes and the same scene file when it is resumed", async () => {
    const [whole, broken] = [await newFolder("whole"), await newFolder("broken")];
    const steered = { ...request, text: [prompt], steps: 3, views: 2, plateau: 0 };
    const { finished } = await run(steered, createFolderStore(whole));
    const controller = new AbortController();
    const tools = {
      session,
      store: createFolderStore(broken),
      assets: createFileAssets(),
      signal: controller.signal,
    };
    const stopped = await collect(runGenerate(steered, tools), (event) => {
      if (event.type === "step" && event.index === 2) controller.abort();
    });
    const place = dirname(stopped.result.pictures[0]!.path!);
    const resume = await readUnfinished(place, "generate");
    const resumed = await run({ resume }, createStoreAround(place));
    expect(resumed.finished.bytes.equals(finished.bytes)).toBe(true);
    expect(resumed.finished.scene).toEqual(finished.scene);
  }, 120_000);
});

describe("a scene file", () => {
  it("gives the same picture again", async () => {
    const file = await scene();
    expect((await painted(file)).equals(await pixels((await first!).bytes))).toBe(true);
  }, 60_000);

  it("changes the picture as poses, colours, order and hidden layers are changed", async () => {
    const file = await scene();
    const before = await painted(file);
    const [below, above] = file.layers as [SceneFile["layers"][0], SceneFile["layers"][0]];
    const largest = below.fills!.reduce((best, { share = 0 }, at, all) => (share > all[best]!.share! ? at : best), 0); // prettier-ignore
    const blue = below.fills!.map((fill, at) =>
      at === largest ? { ...fill, colour: "#0000ff", slopes: [0, 0, 0, 0, 0, 0] } : fill,
    );
    const changed: SceneFile["layers"][] = [
      [{ ...below, pose: { ...below.pose, size: below.pose.size / 2 } }, above],
      [{ ...below, fills: blue }, above],
      [above, below],
      [below, { ...above, hidden: true }],
    ];
    for (const layers of changed) expect((await painted({ ...file, layers })).equals(before)).toBe(false);
    const alone = await painted({
      ...file,
      layers: [
        { ...below, fills: blue, pose: { x: 0, y: 0, size: 0.94 } },
        { ...above, hidden: true },
      ],
    });
    const isBlue = (at: number): boolean => alone[at]! < 8 && alone[at + 1]! < 8 && alone[at + 2]! > 247;
    const count = Array.from({ length: alone.length / 4 }, (_, at) => isBlue(at * 4)).filter(Boolean).length;
    expect(count).toBeGreaterThan(20);
  }, 120_000);

  it("cuts a layer off, and keeps the cut: its file makes the same pixels", async () => {
    const file = await scene();
    const [below, above] = file.layers as [SceneFile["layers"][number], SceneFile["layers"][number]];
    const cut = { x: 0, y: 0.1, half: 0.5, sag: 0.2 };
    const { finished } = await run({ ...request, scene: { ...file, layers: [{ ...below, cut }, above] } });
    expect(finished.scene!.layers.map((layer) => layer.cut)).toEqual([cut, undefined]);
    expect((await pixels(finished.bytes)).equals(await painted(file))).toBe(false);
    expect((await pixels(finished.bytes)).equals(await painted(finished.scene!))).toBe(true);
  }, 60_000);

  it("changes the picture as layers are mirrored and regions hidden, and keeps both", async () => {
    const file = await scene();
    const [below, above] = file.layers as [SceneFile["layers"][0], SceneFile["layers"][0]];
    const largest = below.fills!.reduce((best, { share = 0 }, at, all) => (share > all[best]!.share! ? at : best), 0); // prettier-ignore
    const before = await painted(file);
    const alone = { ...below, pose: { x: 0, y: 0, size: 0.9 } };
    const turned = await painted({ ...file, layers: [{ ...alone, mirrored: true }] });
    const straight = await painted({ ...file, layers: [alone] });
    const width = Math.sqrt(straight.length / 4);
    const flipped = straight.map((_, at) => {
      const [pixel, channel] = [Math.floor(at / 4), at % 4];
      const column = pixel % width;
      return straight[(pixel - column + width - 1 - column) * 4 + channel]!;
    });
    expect(Math.max(...turned.map((value, at) => Math.abs(value - flipped[at]!)))).toBeLessThan(3);
    const fills = below.fills!.map((fill, at) => ({ ...fill, hidden: at === largest }));
    const layers = [{ ...below, fills, mirrored: true }, above];
    const { finished } = await run({ ...request, scene: { ...file, layers } });
    expect((await pixels(finished.bytes)).equals(before)).toBe(false);
    expect(finished.scene!.layers[0]!.mirrored).toBe(true);
    expect(finished.scene!.layers[0]!.fills!.findIndex(({ hidden }) => hidden)).toBe(largest);
  }, 60_000);

  it("keeps hidden layers, and draws layers without a code from their text", async () => {
    const file = await scene();
    const layers = [
      file.layers[0]!,
      { ...file.layers[1]!, hidden: true },
      { text: "red heart", hidden: false, pose: { x: 0.3, y: -0.2, size: 0.4 } },
    ];
    const { finished } = await run({ ...request, scene: { ...file, layers } });
    expect(finished.scene!.layers.map(({ text, hidden }) => [text, hidden])).toEqual([
      ["cat", false],
      ["crown", true],
      ["red heart", false],
    ]);
    expect(finished.scene!.layers[2]!.code).toBeDefined();
    expect(finished.scene!.layers[2]!.pose).toEqual({ x: 0.3, y: -0.2, size: 0.4 });
  }, 60_000);

  it("is steered where steps are asked for", async () => {
    const file = await scene();
    const { finished } = await run({ ...request, scene: file, steps: 2, views: 2 });
    expect(finished.report.steps).toBe(2);
    expect(finished.scene!.layers).toHaveLength(2);
  }, 60_000);

  it("is written into the run folder, beside each layer's own picture where they are asked for", async () => {
    const folder = await newFolder("scene");
    const store = createFolderStore(folder);
    const { finished } = await run({ ...request, text: [prompt], layerFiles: true }, store);
    const [name] = await readdir(folder);
    expect((await readdir(`${folder}/${name!}`)).sort()).toEqual(
      ["config.yaml", "image.png", "layer-1.png", "layer-2.png", "scene.json"], // prettier-ignore
    );
    expect(await readSceneFile(`${folder}/${name!}/scene.json`)).toEqual(finished.scene);
    const [below, above] = await Promise.all(
      finished.layerPaths!.map((path) => sharp(path).ensureAlpha().raw().toBuffer()),
    );
    const whole = await pixels(finished.bytes);
    // The picture is the upper layer over the lower one.
    for (let at = 0; at < whole.length; at += 4) {
      const [top, under] = [above![at + 3]! / 255, below![at + 3]! / 255];
      expect(Math.abs(whole[at + 3]! - 255 * (top + under * (1 - top)))).toBeLessThan(2);
      for (let channel = at; channel < at + 3; channel++) {
        const expected = above![channel]! * top + below![channel]! * under * (1 - top);
        expect(Math.abs((whole[channel]! * whole[at + 3]!) / 255 - expected)).toBeLessThan(3);
      }
    }
  }, 60_000);

  it("becomes an SVG document with a named group a layer", async () => {
    const { finished } = await run({ ...request, scene: await scene(), format: "svg" });
    expect(finished.bytes.toString().match(/<g id="layer-\d[^>]*><title>[^<]+<\/title>/g)).toHaveLength(2);
  }, 60_000);
});

describe("a scene that cannot be painted", () => {
  const refused = async (changes: GenerateRequest, message: RegExp): Promise<void> =>
    expect(run({ ...request, ...changes })).rejects.toThrow(message);

  it("is refused in one line that says what to do", async () => {
    const file = await scene();
    const [layer] = file.layers as [SceneFile["layers"][0]];
    const withLayers = (layers: unknown[]): GenerateRequest => ({ scene: { ...file, layers } as never });
    await refused(withLayers(Array(10).fill(layer)), /layers: must be 9 layers at most/);
    await refused(withLayers([]), /layers: holds no layer; add one/);
    await refused({ scene: file, layers: 1 }, /its layers are those of its file/);
    await refused(withLayers([{ ...layer, pose: { x: 5, y: 0, size: 1 } }]), /pose: lies outside the canvas/);
    await refused(withLayers([{ ...layer, depth: 1 }]), /Unrecognized key: "depth"/);
    await refused(withLayers([{ ...layer, hidden: true }]), /hides every layer; show one/);
    await refused(withLayers([{ ...layer, code: "AAAA" }]), /its code holds .* numbers, .* use the pack/);
    await refused({ scene: file, text: ["a cat", "a dog"] }, /takes one prompt in words/);
    await refused({ scene: file, init: "cat.png" }, /leave the picture to start from out|no such file/);
  }, 60_000);

  it("is refused by a generator of pixels", async () => {
    const generator = await writeTinyPack();
    const pixelSession = await openRunSession(generator);
    const task = { ...request, generator, scene: await scene() };
    const running = runGenerate(task, {
      session: pixelSession,
      store: createMemoryStore(),
      assets: createFileAssets(),
    });
    await expect(running.next()).rejects.toThrow(/choose a pack that paints regions/);
    await pixelSession.dispose();
  }, 60_000);
});
