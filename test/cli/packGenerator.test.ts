import { mkdtemp, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { loadPack, writeSafetensors } from "../../src/packs/index.js";
import { hostZeros } from "../../src/tensor/index.js";
import { writeTinyPack } from "../tiny.js";
import { runCommand } from "./inProcess.js";

const pickle = join(import.meta.dirname, "../packs/fixtures/stylegan2.pkl");

it("pack generator turns NVIDIA's pickle into a pack, and says what it made", async () => {
  const out = join(await mkdtemp(join(tmpdir(), "clipsteer-cli-")), "made");
  const clips = await writeTinyPack();
  const { code, stdout } = await runCommand([
    "pack",
    "generator",
    pickle,
    "--out",
    out,
    "--clips",
    clips,
    "--json",
  ]);
  expect(code).toBe(0);
  const printed = JSON.parse(stdout) as Record<string, unknown>;
  expect(printed).toMatchObject({ out, kind: "stylegan2" });
  const { manifest } = await loadPack(out);
  expect(manifest).toMatchObject({
    name: "stylegan2",
    resolution: printed.resolution,
    license: "not stated",
  });
  expect((await readdir(out)).filter((name) => !/\.(safetensors|json)$/.test(name))).toEqual([]);
});

it("pack generator refuses what is no generator in one line, and leaves no pack", async () => {
  const folder = await mkdtemp(join(tmpdir(), "clipsteer-cli-"));
  const file = join(folder, "clip.safetensors");
  await writeSafetensors(file, { "visual.proj": hostZeros([2, 2]) }, { dtype: "F32" });
  const { code, stderr } = await runCommand([
    "pack",
    "generator",
    file,
    "--out",
    join(folder, "made"),
    "--quiet",
    "--clips",
    await writeTinyPack(),
  ]);
  expect(code).toBe(1);
  expect(stderr.trim()).toMatch(/^.*looks like a CLIP .*expected a StyleGAN3.*$/);
  expect(await readdir(folder)).toEqual(["clip.safetensors"]);
});

it.each(["emoji", "stickers", "clips x", "retrained", "generator x"])(
  "pack %s replaces no finished pack unless it is told to",
  async (line) => {
    const out = await writeTinyPack();
    const before = await readdir(out);
    const { code, stderr } = await runCommand(["pack", ...line.split(" "), "--out", out, "--quiet"]);
    expect(code).toBe(2);
    expect(stderr.trim()).toMatch(/^error: .*: holds a pack already; .*replace the pack with --force$/);
    expect(await readdir(out)).toEqual(before);
  },
);

it("pack generator replaces a pack with --force", async () => {
  const out = await writeTinyPack();
  const clips = await writeTinyPack();
  const { code } = await runCommand(["pack", "generator", pickle, "--out", out, "--clips", clips, "--force"]);
  expect(code).toBe(0);
  expect((await loadPack(out)).manifest.name).toBe("stylegan2");
});

it("pack generator shows three examples", async () => {
  const { code, stdout } = await runCommand(["pack", "generator", "--help"]);
  expect(code).toBe(0);
  expect(stdout.slice(stdout.indexOf("Examples:")).match(/clipsteer pack generator /g)).toHaveLength(3);
  expect(stdout).not.toContain("undefined");
});
