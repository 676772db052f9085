import { mkdir, mkdtemp, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openPublishedPack } from "../../src/embedding/index.js";
import { writeOpenAi } from "../publishedFiles.js";

it("a half-made pack of a killed process is removed when the next pack is made, and a pack is made once", async () => {
  const home = await mkdtemp(join(tmpdir(), "clipsteer-home-"));
  const half = join(home, "packs", "old-0123456789abcdef");
  await mkdir(half, { recursive: true });
  await writeFile(join(half, "clip.safetensors"), "half of it");
  const weights = await writeOpenAi("openai-vit", join(home, "models"));
  const notes: string[] = [];
  const open = () => openPublishedPack(weights, { home, onNote: (note) => notes.push(note) });
  const [first, second] = await Promise.all([open(), open()]);
  expect(first.folder).toBe(second.folder);
  expect(notes.filter((note) => note.includes("for the first time"))).toHaveLength(1);
  expect(await readdir(join(home, "packs"))).toEqual([first.folder.slice(join(home, "packs").length + 1)]);
});
