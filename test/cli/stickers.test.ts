import { mkdtemp, readFile, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { loadStickerData } from "../../src/data/index.js";
import { loadPack } from "../../src/packs/index.js";
import { hostFloats } from "../../src/tensor/index.js";
import { loadCheckpoint, saveCheckpoint } from "../../src/training/index.js";
import { smallStickers } from "../data/stickerFixture.js";
import { tinyRun } from "../training/stickerFixture.js";
import { writeTinyPack } from "../tiny.js";
import { run, runCommand } from "./inProcess.js";

let root = "";
let data = "";
let drawings = "";
let present: Record<string, unknown>;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "clipsteer-cli-"));
  // Built by the library: the command takes only packages whose hash is pinned.
  const { folder, ownDrawings } = await smallStickers();
  data = folder;
  drawings = ownDrawings;
  present = await run("data", "stickers", "--out", data, "--offline", "--drawings", ownDrawings);
});

it("data, train, pack: from icon sets to a pack of regions, and on from that pack", async () => {
  expect(present).toMatchObject({ built: false, gate: 38, splits: { style: 5 } });
  expect(Math.min(...Object.values(present.psnr as Record<string, number>))).toBeGreaterThan(38);

  const [sticker, pack] = [join(root, "sticker"), join(root, "pack")];
  const tiny = await tinyRun(await loadStickerData(data));
  const clips = await writeTinyPack();
  const common = ["--data", data, "--steps", "2", "--batch", "2"];
  const sets = ["--sets", "noto,twemoji"];
  const trained = await run("train", "sticker", ...common, ...sets, "--out", sticker, "--from", tiny);
  expect(trained).toMatchObject({ step: 2, stopped: false });
  expect(await readdir(sticker)).toEqual(
    expect.arrayContaining(["checkpoint.safetensors", "model.json", "samples-000002.png", "steps.jsonl"]),
  );
  const from = ["--sticker", sticker, "--clips", clips];

  const packed = await run("pack", "stickers", "--data", data, ...from, "--refine", "1", "--out", pack);
  expect(packed.megabytes).toBeGreaterThan(0);
  const { manifest } = await loadPack(pack);
  expect(manifest.generator).toMatchObject({
    kind: "sticker",
    // Five concepts of the sets, and two things that no emoji shows.
    config: { styles: ["noto style", "twemoji flat style"], concepts: 6 },
  });

  const on = join(root, "on");
  const asRun = ["--data", data, "--batch", "2", "--steps", "0"];
  const asMade = await run("train", "sticker", ...asRun, ...sets, "--out", on, "--from", pack);
  expect(asMade.step).toBe(0);
  const before = (await loadCheckpoint(sticker)).state["e/decoder.logits.weight"]!;
  const after = (await loadCheckpoint(on)).state["e/decoder.logits.weight"]!;
  expect(after.shape).toEqual(before.shape);
  const apart = after.data.map((value, at) => Math.abs(value - before.data[at]!));
  expect(Math.max(...apart)).toBeLessThan(1e-3); // half precision

  const again = await run("train", "sticker", ...common, ...sets, "--out", sticker, "--resume");
  expect(again.step).toBe(2);
  // Slots belong to drawings: with other drawings a run cannot go on.
  const fewer = await runCommand([
    "train",
    "sticker",
    ...common,
    "--sets",
    "noto",
    "--out",
    sticker,
    "--resume",
  ]);
  expect(fewer.code).toBe(2);
  expect(fewer.stderr).toMatch(/learned from 10 drawings, .* has 5; start another run from its weights/);
}, 300_000); // three short trainings in one process

it("names a set below 38 dB, unknown sets, and what is no sticker run, in one line each", async () => {
  const out = join(root, "run");
  const unknown = await runCommand(["train", "sticker", "--data", data, "--sets", "noto,zork", "--out", out]);
  expect(unknown.code).toBe(2);
  expect(unknown.stderr).toMatch(/no drawings of a set "zork".*known: noto, /);
  const clip = join(root, "clip");
  await saveCheckpoint(clip, {
    step: 1,
    state: { "w/a": hostFloats(Float32Array.of(1), [1]) },
    settings: "{}",
  });
  const other = await runCommand([
    ...["pack", "stickers", "--data", data, "--sticker", clip, "--out", out, "--quiet"],
  ]);
  expect(other.code).toBe(2);
  expect(other.stderr.trim()).toMatch(/^.*the run there is not a training of encoder and decoder.*$/);
  const path = join(data, "manifest.json");
  const manifest = JSON.parse(await readFile(path, "utf8")) as { psnr: Record<string, number> };
  await writeFile(path, JSON.stringify({ ...manifest, psnr: { ...manifest.psnr, twemoji: 37.9 } }));
  const low = await runCommand([
    "data",
    "stickers",
    "--out",
    data,
    "--offline",
    "--json",
    "--drawings",
    drawings,
  ]);
  expect(low.code).toBe(1);
  expect(low.stderr).toMatch(/twemoji is repainted at 37\.9 dB \(median\); a set needs 38 dB/);
  expect(JSON.parse(low.stdout)).toMatchObject({ built: false, psnr: { twemoji: 37.9 } });
  expect(await readdir(root)).not.toContain("run");
});
