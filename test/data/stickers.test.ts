import { truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import {
  type StickerData,
  buildStickerData,
  loadStickerData,
  loadThingPictures,
  thingGroup,
} from "../../src/data/index.js";
import { selectRowsFrom, selectStickers, addThingDrawings } from "../../src/training/sticker/batches.js";
import { joinIconSet, labelOfName } from "../../src/data/iconSets.js";
import { readConcepts } from "../../src/data/join.js";
import { iconSets } from "../../src/data/sources.js";
import { InputError } from "../../src/errors.js";
import { fakeRegistry, labels } from "./fixture.js";
import { smallStickers, stickerPackages } from "./stickerFixture.js";

let folder = "";
let ownDrawings = "";
let data: StickerData;
beforeAll(async () => {
  ({ folder, ownDrawings, data } = await smallStickers());
});

describe("sticker data", () => {
  it("holds each drawing's regions, slots, fills and pose, without sets that do not repaint", () => {
    const { items, manifest } = data;
    const apple = items.findIndex(({ id }) => id === "noto/red-apple");
    const { slots, fills, pose, psnr, style, concept } = items[apple]!;
    expect({ style, concept }).toEqual({ style: "noto style", concept: "1F34E" });
    expect(new Set(slots).size).toBe(3);
    expect(fills).toHaveLength(3);
    expect(fills[0]!.slice(0, 3).map((value) => Math.round(value * 15))).toEqual([13, 2, 2]);
    expect(psnr).toBeGreaterThan(38);
    expect(pose.size).toBeGreaterThan(1);
    const map = data.labels(apple);
    expect(new Set(map)).toEqual(new Set([0, 1, 2, 3]));
    expect(manifest.psnr.noto).toBeGreaterThan(38);
    expect(items.some(({ set }) => set === "fluent-emoji")).toBe(false);
    expect(items.filter(({ set }) => set === "fxemoji").every(({ split }) => split === "style")).toBe(true);
  });

  it("joins other icons by label alone, and keeps their own names else", () => {
    const extra = data.items.filter(({ set }) => set === "fluent-color");
    expect(extra.map(({ label, concept, id }) => [label, concept, id])).toEqual([
      ["grapes", "1F347", "fluent-color/grapes-2"],
      ["tool box", "icon-tool-box", "fluent-color/tool-box-48"],
      ["bunch", "icon-bunch", "fluent-color/bunch"],
    ]);
    expect(data.items.filter(({ set }) => set === "streamline-emojis").map(({ label }) => label)).toEqual([
      "grapes",
    ]);
    // Their own numbers do not rename the drawings of emoji sets.
    expect(data.items.filter(({ label }) => label === "red apple")).toHaveLength(iconSets.length - 1);
  });

  it("paints the things that no emoji shows for the training of CLIPs, with their other names as tags", () => {
    const { items, images } = loadThingPictures(data);
    expect(items.map(({ id, label, split, concept }) => ({ id, label, split, concept }))).toEqual([
      {
        id: "clipsteer/frying-pan",
        label: "frying pan",
        split: "train",
        concept: "things-frying-pan",
      },
    ]);
    expect(images).toHaveLength(64 * 64 * 3);
    const at = (x: number, y: number): number[] => [
      ...images.subarray((y * 64 + x) * 3, (y * 64 + x) * 3 + 3),
    ];
    expect(at(0, 0)).toEqual([255, 255, 255]);
    const differences = at(32, 36).map((value, channel) => Math.abs(value - [0x33, 0x44, 0x55][channel]!));
    expect(Math.max(...differences)).toBeLessThan(12);
  });

  it("marks the drawings of things that no emoji shows, which packs know beside their sets", () => {
    const things = data.items.filter(({ group }) => group === thingGroup);
    expect(things.map(({ id, label, concept }) => [id, label, concept])).toEqual([
      ["clipsteer/frying-pan", "frying pan", "things-frying-pan"],
    ]);
    const set = selectStickers(data, ["noto"], ["train"]);
    const more = addThingDrawings(set);
    const added = more.rows.slice(set.rows.length);
    expect(added.map((row) => data.items[row]!.id)).toEqual(["clipsteer/frying-pan"]);
    expect(more.slots.slice(set.slots.length, set.slots.length + 1)).toEqual(
      Float32Array.from(data.items[added[0]!]!.slots),
    );
    const rest = selectRowsFrom(more, set.rows.length);
    expect([rest.rows, rest.slots.length]).toEqual([added, 15]);
    expect(addThingDrawings(more).rows).toEqual(more.rows);
  });

  it("does nothing when nothing changed, and is built anew when damaged", async () => {
    const idle = fakeRegistry(stickerPackages);
    expect(await buildStickerData({ out: folder, fetch: idle, ownDrawings })).toEqual({
      ...data.manifest,
      built: false,
    });
    expect(idle.requested).toEqual([]);
    await truncate(join(folder, "labels.bin"), 10);
    await expect(loadStickerData(folder)).rejects.toThrow(/does not match its manifest/);
    const again = await buildStickerData({ out: folder, fetch: fakeRegistry(stickerPackages), ownDrawings });
    expect(again).toEqual({ ...data.manifest, built: true });
    await writeFile(join(folder, "manifest.json"), "{}");
    await expect(loadStickerData(folder)).rejects.toThrow(InputError);
    await expect(loadStickerData(join(folder, "none"))).rejects.toThrow(/no sticker data here/);
    await buildStickerData({ out: folder, fetch: fakeRegistry(stickerPackages), ownDrawings });
  });
});

describe("labels of icon names", () => {
  it.each([
    ["tool-box-48", "tool box"],
    ["heart", "heart"],
    ["gift-2-duo", "gift"],
    ["google-logo", undefined],
    ["app-store", undefined],
    ["3d", undefined],
    ["monitor-transfer-arrow", undefined],
    ["reciept", undefined],
    ["map-new", "map"],
  ])("%s: %s", (name, label) => {
    expect(labelOfName(name)).toBe(label);
  });

  it("are an emoji's only where the label is equal, or in sets of emoji its shortcode too", () => {
    const table = readConcepts(
      new Map(Object.entries(labels).map(([path, value]) => [path, Buffer.from(JSON.stringify(value))])),
    );
    const icons = ["wave", "red-apple-2"].map((name) => ({ name, body: "", box: [0, 0, 8, 8] as const }));
    expect(joinIconSet({}, icons, table).map(({ concept }) => concept.hexcode)).toEqual([
      "icon-wave",
      "1F34E",
    ]);
    const emoji = joinIconSet({ emojiOnly: true }, icons, table);
    expect(emoji.map(({ icon, concept }) => [icon.name, concept.hexcode])).toEqual([
      ["wave", "1F44B"],
      ["red-apple-2", "1F34E"],
    ]);
  });
});
