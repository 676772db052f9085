import { mkdir, mkdtemp, readFile, readdir, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { main } from "../../src/cli/main.js";
import { createEncoder, loadClips, loadPublishedClip } from "../../src/embedding/index.js";
import { loadPicture } from "../../src/images/index.js";
import { loadPack } from "../../src/packs/index.js";
import { run } from "./inProcess.js";
import { writeOpenAi, writeOpenClip, writeSiglip } from "../publishedFiles.js";
import { writeTinyPack } from "../tiny.js";

let folder = "";
let pack = "";
let pictures = "";
const files = { vit: "", resnet: "", openClip: "", siglip: "" };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "clipsteer-published-"));
  vi.stubEnv("CLIPSTEER_HOME", join(folder, "home"));
  vi.stubEnv("XDG_CACHE_HOME", join(folder, "cache"));
  files.vit = await writeOpenAi("openai-vit", join(folder, "vit"));
  files.resnet = await writeOpenAi("openai-resnet", join(folder, "resnet"));
  files.openClip = await writeOpenClip(join(folder, "open-clip"));
  files.siglip = await writeSiglip(join(folder, "siglip"));
  pack = join(folder, "pack");
  pictures = join(folder, "pictures");
  for (const [label, at] of [
    ["red", 0],
    ["blue", 1],
  ] as const)
    for (const [width, height] of [
      [40, 24],
      [17, 30],
    ] as const) {
      await mkdir(join(pictures, label), { recursive: true });
      const background = at === 0 ? "#d01010" : "#1020d0";
      const image = sharp({ create: { width, height, channels: 3, background } });
      await image.png().toFile(join(pictures, label, `${width}.png`));
    }
});
afterAll(() => {
  vi.unstubAllEnvs();
});

const templates = ["{}"];
const config = ["--steps", "2", "--views", "2"];

describe("published CLIPs on the command line", () => {
  it("become a pack with a generator, safetensors and JSON alone, each with its own tokenizer, size and colours", async () => {
    await run("models", "add", files.vit, "--name", "my-vit", "--license", "MIT");
    const pickle = join(import.meta.dirname, "../packs/fixtures/stylegan2.pkl");
    const clips = ["--clip", "my-vit", "--clip", files.resnet, "--clip", files.openClip];
    const packed = await run("pack", "generator", pickle, ...clips, "--judge", files.siglip, "--out", pack);
    expect(packed).toMatchObject({ clips: ["my-vit", "openai-resnet", "open-clip"], judge: "siglip" });
    expect((await readdir(pack)).filter((name) => !/\.(safetensors|json)$/.test(name))).toEqual([]);
    const { manifest } = await loadPack(pack);
    expect(manifest.templates.length).toBeGreaterThan(templates.length);
    const [vit, resnet, open] = manifest.guides;
    expect([vit, resnet, open, manifest.judge].map((clip) => clip!.tokenizer)).toEqual([
      undefined, // the same list of merges, taken once
      undefined,
      undefined,
      "siglip.tokenizer.json",
    ]);
    expect(vit!.config.image).toMatchObject({ kind: "vit", side: 8, activation: "quickGelu" });
    expect(resnet!.config.image).toMatchObject({ kind: "resnet", side: 64 });
    expect(open!.config.image).toMatchObject({
      side: 12,
      activation: "gelu",
      pixels: { mean: [0.5, 0.4, 0.4] },
    });
    expect(manifest.judge!.config).toMatchObject({ sigmoid: true, image: { side: 10, pool: "attention" } });
  });

  it("embed from the pack as from their own files, pictures as their authors cut them", async () => {
    const models = await loadClips(await loadPack(pack), "all");
    const together = createEncoder(models.clips, models.tokenizer);
    const { picture } = await loadPicture(join(pictures, "red", "40.png"));
    const texts = ["a red heart", "a cat"];
    const rows = (await together.encodeImages([picture]).next()).value as Float32Array[];
    const embedded = await together.encodeTexts(texts);
    for (const [at, path] of [files.vit, files.resnet, files.openClip, files.siglip].entries()) {
      const clip = await loadPublishedClip(path);
      const alone = createEncoder([clip], clip.tokenizer);
      const [row] = (await alone.encodeImages([picture]).next()).value as [Float32Array];
      // Half precision in the pack; OpenCLIP's file has whole floats.
      row.forEach((value, index) => expect(rows[at]![index]).toBeCloseTo(value, 2));
      (await alone.encodeTexts(texts))[0]!.forEach((value, index) =>
        expect(embedded[at]![index]).toBeCloseTo(value, 2),
      );
      await alone.dispose();
    }
    await together.dispose();
  });

  it("steer a generator: the same seed, the same bytes", async () => {
    const generate = (name: string) =>
      run(
        ...["generate", "a red heart", "--generator", pack, "--seed", "3", "--candidates", "2", ...config],
        ...["--out", join(folder, name)],
      );
    const [first, second] = [await generate("a"), await generate("b")] as [
      { images: string[] },
      { images: string[] },
    ];
    expect(Number.isFinite((first as unknown as { judgeScore: number }).judgeScore)).toBe(true);
    expect(await readFile(second.images[0]!)).toEqual(await readFile(first.images[0]!));
  });

  it("edit a picture", async () => {
    const picture = join(pictures, "red", "40.png");
    const given = [picture, "a blue heart", "--from", "a red heart", "--generator", pack, ...config];
    await run("edit", ...given, "--out", join(folder, "edits"));
    const [runFolder] = await readdir(join(folder, "edits"));
    const { width, height } = await loadPicture(join(folder, "edits", runFolder!, "image.png"));
    expect([width, height]).toEqual([40, 24]);
  });

  it("classify, index, search and are measured, by name, by path and from a pack; each is read once", async () => {
    const [labels, text] = [["--labels", "red,blue"], "a red thing"];
    for (const choice of [
      ["--clip", "my-vit"],
      ["--clip", files.siglip],
      ["--generator", pack, "--clip", "all"],
    ]) {
      const { images } = (await run("classify", pictures, ...labels, ...choice)) as {
        images: { labels: { probability: number }[] }[];
      };
      expect(images).toHaveLength(4);
      for (const { labels: two } of images)
        expect(two[0]!.probability + two[1]!.probability).toBeCloseTo(1, 5);
    }
    expect(await run("index", pictures, "--clip", "my-vit")).toMatchObject({ files: 4, embedded: 4 });
    const { hits } = (await run("search", text, "--folder", pictures)) as { hits: { score: number }[] };
    expect(hits).toHaveLength(4);
    const out = join(folder, "report");
    const { parts } = (await run("evaluate", "zero-shot", pictures, "--clip", "my-vit", "--out", out)) as {
      parts: { pictures: number }[];
    };
    expect(parts[0]!.pictures).toBe(4);
    const packFolders = await readdir(join(folder, "home", "packs"));
    expect(packFolders.map((name) => name.replace(/-[0-9a-f]{16}$/, "")).sort()).toEqual([
      "my-vit",
      "open-clip",
      "openai-resnet",
      "siglip",
    ]);
    await run("models", "remove", "my-vit");
    expect((await readdir(join(folder, "home", "packs"))).some((name) => name.startsWith("my-vit"))).toBe(
      false,
    );
    expect((await stat(files.vit)).size).toBeGreaterThan(0);
  });

  it("make packs of CLIPs alone, which need a judge to steer", async () => {
    const out = join(folder, "clips");
    expect(await run("pack", "clips", files.resnet, files.siglip, "--out", out)).toEqual({
      out,
      guides: ["openai-resnet", "siglip"],
    });
    const { manifest } = await loadPack(out);
    expect(manifest.guides.map(({ tokenizer }) => tokenizer)).toEqual([undefined, "siglip.tokenizer.json"]);
    const err = vi.spyOn(process.stderr, "write").mockImplementation(() => true);
    const pickle = join(import.meta.dirname, "../packs/fixtures/stylegan2.pkl");
    expect(await main(["pack", "generator", pickle, "--clips", out])).toBe(2);
    expect(await main(["classify", pictures, "--labels", "a,b", "--clip", "clip-vit-b-32"])).toBe(2);
    expect(
      await main([
        "classify",
        pictures,
        "--labels",
        "a,b",
        "--generator",
        await writeTinyPack(),
        "--clip",
        "no",
      ]),
    ).toBe(2);
    const output = err.mock.calls.map(([text]) => String(text)).filter((text) => text.startsWith("error:"));
    err.mockRestore();
    expect(output[0]).toMatch(/has no judge CLIP; name one by --judge/);
    expect(output[1]).toMatch(
      /"clip-vit-b-32" is not on this machine; download it first; run: clipsteer models pull/,
    );
    expect(output[2]).toMatch(
      /has no CLIP "no"; it has guide-0, guide-1, judge, all; and "no": no such model/,
    );
  });
});
