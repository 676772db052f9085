import { mkdtemp, readFile, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { savePicture } from "../../src/images/index.js";
import { createRandom } from "../../src/tensor/index.js";
import { writeTinyPack } from "../tiny.js";
import { run, runCommand } from "./inProcess.js";

const [width, height] = [40, 30];
let folder = "";
let source = "";
let pack = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "clipsteer-edit-"));
  source = join(folder, "in.png");
  const random = createRandom("edit");
  const rgba = Uint8Array.from({ length: width * height * 4 }, () => random.integer(256));
  await savePicture(source, { width, height, rgba }, { format: "png" });
  pack = await writeTinyPack();
});

describe("edit", () => {
  it("reads edits from a file, and makes the picture again where --inputs has its input", async () => {
    const file = join(folder, "edits.yaml");
    await writeFile(
      file,
      "- prompt: a blue car\n  from: a red heart\n  mask: circle 0.5 0.5 0.2\n  strength: 0.5\n- prompt: a hat\n  strength: 0\n",
    );
    const small = ["--generator", pack, "--steps", "1", "--views", "2"];
    const report = await run("edit", source, "--edits", file, ...small, "--out", join(folder, "file"));
    const edits = report.edits as { prompt: string; changed: number; changedOutside: number }[];
    expect(edits.map(({ prompt }) => prompt)).toEqual(["a blue car", "a hat"]);
    expect([edits[0]!.changedOutside, edits[1]!.changed]).toEqual([0, 0]);
    const [path] = report.images as string[];
    expect(await readdir(dirname(path!))).toEqual(
      expect.arrayContaining(["1-image.png", "1-mask.png", "config.yaml", "image.png", "2-inversion.png"]),
    );
    const replay = ["edit", "--replay", path!, "--generator", pack];
    const lost = await runCommand(replay);
    expect([lost.code, lost.stderr]).toEqual([
      1,
      expect.stringMatching(/in\.png: not found in .*; give its folder with --inputs\n$/),
    ]);
    const again = await run(...replay, "--inputs", folder, "--out", join(folder, "again"));
    expect(await readFile((again.images as string[])[0]!)).toEqual(await readFile(path!));
  });

  it.each<[string[], number, RegExp]>([
    [["SOURCE"], 2, /no prompt; try clipsteer edit/],
    [[], 2, /no picture; try clipsteer edit/],
    [["SOURCE", "a hat::-1"], 2, /a negative weight is not possible/],
    [["--replay", "x.png", "--steps", "3"], 2, /takes its settings from the picture/],
    [["SOURCE", "a hat", "--strength", "3"], 2, /--strength: must be <=1, got "3"/],
    [["SOURCE", "a hat", "--edits", "nowhere.yaml"], 2, /nowhere\.yaml: /],
  ])("refuses %j in one line", async (args, code, says) => {
    const ended = await runCommand(["edit", ...args.map((arg) => arg.replace("SOURCE", source))]);
    expect([ended.code, ended.stderr.trim().split("\n").length]).toEqual([code, 1]);
    expect(ended.stderr).toMatch(says);
  });
});
