import { mkdtemp, readFile, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { loadPicture, savePicture } from "../../src/images/index.js";
import { createRandom } from "../../src/tensor/index.js";
import { writeTinyPack } from "../tiny.js";
import { clipsteer } from "./spawn.js";

const [width, height] = [40, 30];
let folder = "";
let source = "";
let common: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "clipsteer-edit-"));
  source = join(folder, "in.png");
  const random = createRandom("edit");
  const rgba = Uint8Array.from({ length: width * height * 4 }, () => random.integer(256));
  await savePicture(source, { width, height, rgba }, { format: "png" });
  for (const [name, side] of [
    ["black", { width, height }],
    ["square", { width: 50, height: 50 }],
  ] as const)
    await sharp({ create: { ...side, channels: 3, background: name === "black" ? "#000" : "#fff" } })
      .png()
      .toFile(join(folder, `${name}.png`));
  common = ["--generator", await writeTinyPack(), "--steps", "2", "--views", "2", "--lr", "0.5", "--json"];
});

interface Report {
  readonly images: string[];
  readonly edits: { prompt: string; changedOutside: number; changed: number; inversionPsnr: number }[];
  readonly variations: { seed: number }[];
}

async function run(name: string, ...args: string[]): Promise<Report & { stderr: string; folder: string }> {
  const { code, stdout, stderr } = await clipsteer(["edit", ...args, "--out", join(folder, name)]);
  expect(`${code} ${stderr}`).toMatch(/^0 /);
  const report = JSON.parse(stdout) as Report;
  return { ...report, stderr, folder: dirname(report.images[0]!) };
}

describe("edit", () => {
  it("makes several edits in order, each in its own mask and with its own report, and the same bytes by replay", async () => {
    const two = ["a blue car", "a red heart", "--from", "a cat face"];
    const masks = ["--mask", "box 0 0 0.4 1", "--mask", "polygon 0.6 0 1 0 1 1 0.6 1"];
    const report = await run("order", source, ...two, ...masks, "--seed", "5", ...common);
    expect(report.edits.map(({ prompt }) => prompt)).toEqual(["a blue car", "a red heart"]);
    for (const { changedOutside, changed, inversionPsnr } of report.edits) {
      expect(changedOutside).toBe(0);
      expect(changed).toBeGreaterThan(0);
      expect(inversionPsnr).toBeGreaterThan(0);
    }
    // Said before the ascent, and before the report card.
    expect(report.stderr.indexOf("inversion:")).toBeLessThan(report.stderr.indexOf("along the text"));
    const [before, after] = [await loadPicture(source), await loadPicture(report.images[0]!)];
    for (let at = 0; at < before.rgba.length; at++) {
      const x = (Math.floor(at / 4) % width) / width;
      if (x > 0.42 && x < 0.58 && before.rgba[at] !== after.rgba[at]) expect.fail(`byte ${at} changed`);
    }
    expect(await readdir(report.folder)).toEqual(
      expect.arrayContaining(["1-image.png", "1-mask.png", "2-mask.png", "config.yaml", "image.png"]),
    );
    const again = await run(
      "replay",
      ...["--replay", report.images[0]!, "--inputs", folder, "--generator", common[1]!, "--json"],
    );
    expect(await readFile(again.images[0]!)).toEqual(await readFile(report.images[0]!));
  });

  it("gives the input back to the bit at strength 0, and says that nothing changed", async () => {
    const report = await run("zero", source, "a blue car", "--strength", "0", ...common);
    expect((await loadPicture(report.images[0]!)).rgba).toEqual((await loadPicture(source)).rgba);
    expect(report.stderr).toContain("nothing was changed");
  });

  it("makes variations with seeds counting up and one sheet of them, by a mask from words that is saved", async () => {
    const args = ["a blue car", "--mask-prompt", "the hat", "--variations", "2", "--seed", "3"];
    const report = await run("words", source, ...args, ...common);
    expect(report.variations.map(({ seed }) => seed)).toEqual([3, 4]);
    expect(report.images).toHaveLength(2);
    expect(report.edits[0]!.changedOutside).toBe(0);
    expect(await readdir(report.folder)).toEqual(expect.arrayContaining(["mask.png", "variations.png"]));
    const mask = await loadPicture(join(report.folder, "mask.png"));
    expect([mask.width, mask.height]).toEqual([width, height]);
    expect(report.stderr).toMatch(/mask "the hat": \d+ % of the picture, certainty/);
    // The saved mask is a mask.
    const reused = await run(
      "reused",
      source,
      "a blue car",
      "--mask",
      join(report.folder, "mask.png"),
      ...common,
    );
    expect(reused.edits[0]!.changedOutside).toBe(0);
  });

  it("scales a mask of the same shape with a note, and warns of one on blank paper", async () => {
    const [mask, dot] = [join(folder, "mask.png"), join(folder, "dot.png")];
    await sharp({ create: { width: 80, height: 60, channels: 3, background: "#fff" } })
      .png()
      .toFile(mask);
    const black = { create: { width: 8, height: 8, channels: 3 as const, background: "#000" } };
    await sharp({ create: { width, height, channels: 3, background: "#fff" } })
      .composite([{ input: await sharp(black).png().toBuffer(), left: 30, top: 20 }])
      .png()
      .toFile(dot);
    const scaled = await run("scaled", dot, "a blue car", "--mask", mask, ...common);
    expect(scaled.stderr).toContain("scaled from 80×60 to 40×30");
    const blank = await run("blank", dot, "a blue car", "--mask", "box 0 0 0.3 0.3", ...common);
    expect(blank.stderr).toContain("covers only blank paper");
  });

  it("reads edits from a file", async () => {
    const file = join(folder, "edits.yaml");
    await writeFile(
      file,
      "- prompt: a blue car\n  from: a red heart\n  mask: circle 0.5 0.5 0.2\n  strength: 0.5\n- prompt: a hat\n  strength: 0\n",
    );
    const report = await run("file", source, "--edits", file, ...common);
    expect(report.edits.map(({ changedOutside }) => changedOutside)).toEqual([0, 0]);
    expect(report.edits[1]!.changed).toBe(0);
  });

  it.each([
    [
      "two masks for an edit",
      ["a hat", "--mask", "box 0 0 1 1", "--mask-prompt", "hat"],
      2,
      "give one of them",
    ],
    [
      "masks that do not pair up",
      ["a", "b", "c", "--mask", "box 0 0 1 1", "--mask", "box 0 0 1 1"],
      2,
      "3 prompts",
    ],
    ["an empty shape", ["a hat", "--mask", "box 0.5 0.5 0.5 0.5"], 1, "lets nothing change"],
    ["a black mask", ["a hat", "--mask", "FOLDER/black.png"], 1, "black.png: lets nothing change"],
    ["a mask of another shape", ["a hat", "--mask", "FOLDER/square.png"], 1, "is 50×50, the picture 40×30"],
    ["a weight that leads nowhere", ["a hat::-1"], 2, "a negative weight leads nowhere"],
    ["a missing mask", ["a hat", "--mask", "nowhere.png"], 1, "no such file"],
    ["no prompt", [], 2, "no prompt"],
    [
      "a replay with settings",
      ["--replay", "x.png", "--steps", "3"],
      2,
      "takes its settings from the picture",
    ],
  ])("refuses %s in one line", async (_, args, code, message) => {
    const given = args.map((arg) => arg.replace("FOLDER", folder));
    const out = join(folder, "refused");
    const where = args.includes("--replay") ? [] : ["--out", out];
    const ended = await clipsteer(["edit", source, ...given, ...where, "--generator", common[1]!]);
    expect(ended.code).toBe(code);
    expect(await readdir(out).catch(() => [])).toEqual([]);
    const errors = ended.stderr.split("\n").filter((line) => !/^(warning:.*)?$/.test(line));
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain(message);
  });
});
