import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { savePicture } from "../../src/images/index.js";
import { writeTinyPack } from "../tiny.js";
import { runCommand } from "./inProcess.js";

let folder = "";
let pack = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "clipsteer-classify-"));
  pack = await writeTinyPack();
  for (const [at, name] of ["a.png", "b.png"].entries()) {
    const data = new Float32Array(64 * 64 * 3).fill(at / 2);
    await savePicture(join(folder, name), { width: 64, height: 64, data }, { format: "png" });
  }
  await writeFile(join(folder, "labels.txt"), "red heart\n\nblue car\nhat\n");
});

interface Report {
  readonly images: { path: string; none: boolean; labels: { label: string; probability: number }[] }[];
  readonly skipped: { path: string }[];
}

describe("classify", () => {
  it("names a folder's pictures from a file of labels, abstains, lists what it skips and ends with 1", async () => {
    await writeFile(join(folder, "broken.png"), "no picture");
    const labels = join(folder, "labels.txt");
    const common = ["classify", folder, "--generator", pack, "--labels", labels, "--json"];
    const { code, stdout, stderr } = await runCommand([...common, "--top", "3", "--abstain", "0.999"]);
    const report = JSON.parse(stdout) as Report;
    expect(report.images.map(({ path }) => path)).toEqual([join(folder, "a.png"), join(folder, "b.png")]);
    for (const { labels: best, none } of report.images) {
      expect(best.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 5);
      expect(none).toBe(true);
    }
    expect(report.skipped.map(({ path }) => path)).toEqual([join(folder, "broken.png")]);
    expect(stderr).toContain("error: 1 of 3 files skipped");
    expect(code).toBe(1);
  });

  it.each([
    [["--labels", "cat"], "give two or more"],
    [["--labels", "cat,cat"], "is one label"],
    [["--labels", "cat,hat", "--clip", "gide"], 'has no CLIP "gide"; it has guide-0, guide-1, judge, all'],
    [["--labels", "cat,hat", "--weights", "1,2"], "expected 3 numbers"],
  ])("refuses %j in one line, with 2", async (args, message) => {
    const { code, stderr } = await runCommand([
      "classify",
      join(folder, "a.png"),
      "--generator",
      pack,
      ...args,
    ]);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });

  it("merges labels that are given twice, and refuses a picture as a list of labels", async () => {
    const list = join(folder, "twice.txt");
    await writeFile(list, "\ufeffcrane\rhat\r\ncrane\nhat\n");
    const args = ["classify", join(folder, "a.png"), "--generator", pack, "--labels"];
    const merged = await runCommand([...args, list, "--json"]);
    expect(merged.code).toBe(0);
    expect(merged.stderr).toContain('labels: 2 given more than once and merged, as "crane"');
    const { images } = JSON.parse(merged.stdout) as Report;
    expect(images[0]!.labels.map(({ label }) => label).sort()).toEqual(["crane", "hat"]);
    const picture = await runCommand([...args, join(folder, "a.png")]);
    expect(picture.code).toBe(1);
    expect(picture.stderr.trim()).toMatch(/^error: .*a\.png: is not text/);
  });

  it("says which labels are the same text to the CLIPs, and shows how far a thousand and more are", async () => {
    const args = ["classify", join(folder, "a.png"), "--generator", pack, "--labels"];
    const same = await runCommand([...args, "red heart,hat,RED  heart,Hat"]);
    expect(same.stderr).toContain(
      'labels: 2 are the same text to the CLIPs as others and share their probability, as "red heart" and "RED  heart"',
    );
    expect((await runCommand([...args, "red heart,hat"])).stderr).not.toContain("the same text");
    const many = join(folder, "many.txt");
    await writeFile(many, Array.from({ length: 1100 }, (_, at) => `${folder} ${at}`).join("\n"));
    expect((await runCommand([...args, many])).stderr).toMatch(/labels \d+\/1100/);
  });

  it("says that a file of labels holds none", async () => {
    const empty = join(folder, "none.txt");
    await writeFile(empty, "\n");
    const args = ["classify", join(folder, "a.png"), "--generator", pack, "--labels", empty];
    const { code, stderr } = await runCommand(args);
    expect(stderr.trim()).toBe(`error: classify: ${empty}: holds no label; give two or more, one a line`);
    expect(code).toBe(2);
  });

  it("says which words are new to the CLIPs, and which are cut off", async () => {
    const long = "red heart blue car cat face hat grinning zebra";
    const args = ["classify", join(folder, "a.png"), "--generator", pack, "--labels", `${long},hat`];
    const { stdout, stderr, code } = await runCommand(args);
    expect(code).toBe(0);
    expect(stdout).toContain("a.png: ");
    expect(stderr).toContain('"zebra": unknown to');
    expect(stderr).toMatch(/longer than the CLIP's 8 tokens; not read: "/);
  });
});
