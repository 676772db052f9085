import { mkdtemp, readFile, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { loadPicture } from "../../src/images/index.js";
import { writeSafetensors } from "../../src/packs/index.js";
import { fixtureOf } from "../gan/foreign.js";
import { run } from "./inProcess.js";
import { writeOpenAi, writeSiglip } from "../publishedFiles.js";

let folder = "";
let clips: string[] = [];
let photo = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "clipsteer-crossed-"));
  vi.stubEnv("CLIPSTEER_HOME", join(folder, "home"));
  const guides = [await writeOpenAi("openai-vit", join(folder, "vit"))];
  guides.push(await writeOpenAi("openai-resnet", join(folder, "resnet")));
  clips = [
    ...guides.flatMap((path) => ["--clip", path]),
    "--judge",
    await writeSiglip(join(folder, "siglip")),
  ];
  photo = join(folder, "photo.png");
  await sharp({ create: { width: 40, height: 24, channels: 3, background: "#d01010" } }).toFile(photo);
});
afterAll(() => {
  vi.unstubAllEnvs();
});

describe.each([
  ["stylegan3t", "stylegan3", 32],
  ["stylegan3r", "stylegan3", 32],
  ["biggan", "biggan", 32],
  ["vqgan", "vqgan", 16],
] as const)("%s with published CLIPs", (fixture, kind, side) => {
  it("makes and edits pictures as any generator does", async () => {
    const [file, pack] = [join(folder, `${fixture}.safetensors`), join(folder, fixture)];
    const { checkpoint } = await fixtureOf(fixture);
    await writeSafetensors(file, checkpoint, { dtype: "F32" });
    const packed = await run("pack", "generator", file, ...clips, "--resolution", "16", "--out", pack);
    expect(packed).toMatchObject({ kind, resolution: side, judge: "siglip" });

    const how = ["--generator", pack, "--seed", "3", "--steps", "2", "--views", "2", "--threads", "1"];
    const pictures: Buffer[] = [];
    for (const name of ["a", "b"]) {
      const out = ["--out", join(folder, `${fixture}-${name}`), "--candidates", "2"];
      const result = await run("generate", "a red heart", ...how, ...out);
      expect(Number.isFinite(result.judgeScore)).toBe(true);
      const [image] = result.images as [string];
      const { picture } = await loadPicture(image);
      expect([picture.width, picture.height]).toEqual([side, side]);
      pictures.push(await readFile(image));
    }
    expect(pictures[1]).toEqual(pictures[0]);

    const edits = join(folder, `${fixture}-edits`);
    await run("edit", photo, "a blue heart", "--from", "a red heart", ...how, "--out", edits);
    const [edited] = await readdir(edits);
    const { width, height } = await loadPicture(join(edits, edited!, "image.png"));
    expect([width, height]).toEqual([40, 24]);
  });
});
