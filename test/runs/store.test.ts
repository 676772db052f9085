import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { expect, it } from "vitest";
import { createFolderStore } from "../../src/runs/index.js";

it("a new run removes the folders of killed ones that have neither a result nor a snapshot", async () => {
  const root = await mkdtemp(join(tmpdir(), "clipsteer-runs-"));
  const { pid } = spawnSync(process.execPath, ["-e", ""]);
  const dead = JSON.stringify({ pid, host: hostname() });
  const alive = JSON.stringify({ pid: process.ppid, host: hostname() });
  const part = `.clipsteer-00000000-${pid}-0123456789abcdef.part`;
  const make = async (name: string, files: Record<string, string>): Promise<void> => {
    await mkdir(join(root, name));
    for (const [file, text] of Object.entries(files)) await writeFile(join(root, name, file), text);
  };
  await make("00001-killed", { "run.lock": dead, [part]: "half", [`unfinished-${"0".repeat(64)}`]: "input" });
  await make("00002-resumable", { "run.lock": dead, "unfinished.safetensors": "x" });
  await make("00003-finished", { "run.lock": dead, "image.png": "x" });
  await make("00004-running", { "run.lock": alive });
  await make("00005-just-made", {});
  await make("00006-of-the-user", { "run.lock": dead, "notes.txt": "mine" });
  const place = await createFolderStore(root).create("next");
  expect(basename(place.folder!)).toBe("00007-next");
  expect((await readdir(root)).sort()).toEqual([
    "00002-resumable",
    "00003-finished",
    "00004-running",
    "00005-just-made",
    "00006-of-the-user",
    "00007-next",
  ]);
  expect(await readdir(join(root, "00006-of-the-user"))).toEqual(["notes.txt", "run.lock"]);
  await rm(root, { recursive: true });
});
