import { mkdtemp, readFile, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { isAbsolute, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { loadPicture, readMetadata } from "../../src/images/index.js";
import { writeTinyPack } from "../tiny.js";
import { run, runCommand } from "./inProcess.js";
import { clipsteer } from "./spawn.js";

let folder = "";
let pack = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "clipsteer-cli-"));
  pack = await writeTinyPack();
});

describe("generate", () => {
  it("prints the path of a picture by a prompt file and flags, which --replay makes again", async () => {
    const file = join(folder, "two.yaml");
    await writeFile(
      file,
      "prompts:\n  - text: a red heart\n    weight: 2\ndefaults:\n  steps: 40\n  seed: 11\n",
    );
    const small = ["--generator", pack, "--steps", "2", "--views", "2", "--candidates", "3"];
    const first = await run("generate", "--prompts", file, ...small, "--out", join(folder, "a"));
    const [path] = first.images as string[];
    expect(isAbsolute(path!)).toBe(true);
    expect(first).toMatchObject({ seed: 11, steps: 2, stopped: false });
    for (const name of ["guideScore", "judgeScore", "seconds"]) expect(first[name]).toBeTypeOf("number");
    const again = await run(
      ...["generate", "--replay", path!, "--generator", pack, "--out", join(folder, "b")],
    );
    expect(await readFile((again.images as string[])[0]!)).toEqual(await readFile(path!));
    const bare = await run(
      ...["generate", "--replay", path!, "--generator", pack, "--out", join(folder, "c"), "--no-metadata"],
    );
    expect(await readMetadata((bare.images as string[])[0]!)).toBeUndefined();
  });

  it.each<[string[], RegExp]>([
    [["--budget", "soon"], /--budget: must be a time or a number of CLIP passes/],
    [["--budget", "10s", "--steps", "5"], /leave out --steps/],
    [["--budget", "10s", "--quality", "draft"], /leave out --quality draft/],
    [["--replay", "x.png", "--steps", "3"], /takes its settings from the picture/],
    [["--resume", "x", "--seed", "1"], /give only --threads, --preview, --generator/],
    [["--replay", "x", "--seed", "1"], /give only [^_A-Z]*--layer-files/],
  ])("refuses %j with advice on flags", async (args, says) => {
    const prompt = args[0] === "--budget" ? ["a red heart"] : [];
    const { code, stderr } = await runCommand(["generate", ...prompt, ...args]);
    expect([code, stderr.trim().split("\n").length]).toEqual([2, 1]);
    expect(stderr).toMatch(says);
  });

  it.each([
    [
      "a schedule past the end",
      "prompts: [a]\nschedule: [{at: 90, weights: {a: 1}}]\n",
      "not a number of steps",
    ],
    ["a schedule of strangers", "prompts: [a]\nschedule: [{at: 0, weights: {b: 1}}]\n", 'schedule names "b"'],
    ["a prompt that never counts", "prompts: [{text: a, from: 0.6, to: 0.4}]\n", "must be after from"],
  ])("refuses %s in one line", async (_, text, says) => {
    const file = join(folder, "wrong.yaml");
    await writeFile(file, text);
    const { code, stderr } = await runCommand(["generate", "--prompts", file]);
    expect(code).toBe(2);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(stderr).toContain(says);
  });

  it("keeps the best picture after Ctrl-C, exits with 130 and tells how to go on", async () => {
    const out = join(folder, "h");
    const args = ["generate", "a red heart", "--generator", pack, "--steps", "5000", "--plateau", "0"];
    const { code, stderr } = await clipsteer([...args, "--out", out], {
      interruptAt: /generate \d+\/5000 .*loss/,
    });
    expect(code).toBe(130);
    const [place] = await readdir(out);
    const files = await readdir(join(out, place!));
    expect(files.sort()).toEqual(["config.yaml", "image.png", "steps.jsonl", "unfinished.safetensors"]);
    expect((await loadPicture(join(out, place!, "image.png"))).width).toBe(64);
    expect(stderr).toContain(`clipsteer generate --resume ${join(out, place!)} continues it`);
  });
});
