import { mkdtemp, readFile, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { isAbsolute, join } from "node:path";
import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { loadPicture, savePicture } from "../../src/images/index.js";
import { createRandom } from "../../src/tensor/index.js";
import { writeTinyPack } from "../tiny.js";
import { clipsteer } from "./spawn.js";

let folder = "";
let common: string[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "clipsteer-cli-"));
  common = ["--generator", await writeTinyPack(), "--steps", "6", "--views", "4", "--json"];
});

interface Report {
  readonly images: string[];
  readonly seed: number;
  readonly guideScore: number;
  readonly judgeScore: number;
  readonly seconds: number;
}

async function run(args: readonly string[]): Promise<Report & { stderr: string }> {
  const { code, stdout, stderr } = await clipsteer(args);
  expect(`${code} ${stderr}`).toMatch(/^0 /);
  expect(stdout.trim().split("\n")).toHaveLength(1);
  return { ...(JSON.parse(stdout) as Report), stderr };
}

const bytes = (report: Report): Promise<Buffer> => readFile(report.images[0]!);

describe("generate", () => {
  const generate = (name: string, ...args: string[]): string[] => [
    ...["generate", ...args, ...common, "--candidates", "3", "--out", join(folder, name)],
  ];

  it("makes the same bytes from the same seed, others from another, and again from the picture", async () => {
    const [first, second, other] = [
      await run(generate("a", "a red heart", "--seed", "7")),
      await run(generate("b", "a red heart", "--seed", "7", "--threads", "2")),
      await run(generate("c", "a red heart", "--seed", "8")),
    ];
    expect(isAbsolute(first.images[0]!)).toBe(true);
    expect(first.seed).toBe(7);
    for (const value of [first.guideScore, first.judgeScore, first.seconds])
      expect(Number.isFinite(value)).toBe(true);
    expect(await bytes(second)).toEqual(await bytes(first));
    expect(await bytes(other)).not.toEqual(await bytes(first));
    const again = await run([
      ...["generate", "--replay", first.images[0]!, "--generator", common[1]!],
      ...["--out", join(folder, "d"), "--json"],
    ]);
    expect(await bytes(again)).toEqual(await bytes(first));
  });

  it("writes picture, settings, log and animation", async () => {
    const report = await run(
      generate(
        "e",
        "a red heart",
        "a blue car::0.5",
        "--negative",
        "a hat",
        "--animate",
        "--format",
        "webp",
        "--size",
        "96",
      ),
    );
    const place = join(report.images[0]!, "..");
    expect((await readdir(place)).sort()).toEqual([
      "config.yaml",
      "image.webp",
      "progress.webp",
      "steps.jsonl",
    ]);
    const config = parse(await readFile(join(place, "config.yaml"), "utf8")) as {
      settings: { terms: { weight: number }[]; seed: number };
      report: { judgeScore: number };
    };
    expect(config.settings.terms.map(({ weight }) => weight)).toEqual([1, 0.5, -1]);
    expect(config.settings.seed).toBe(report.seed);
    expect(config.report.judgeScore).toBe(report.judgeScore);
    const log = (await readFile(join(place, "steps.jsonl"), "utf8")).trim().split("\n");
    expect(log.map((line) => (JSON.parse(line) as { step: number }).step)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(await loadPicture(report.images[0]!)).toMatchObject({ width: 96, height: 96, format: "webp" });
    const film = await sharp(await readFile(join(place, "progress.webp")), { animated: true }).metadata();
    expect(film.pages).toBeGreaterThan(3);
  });

  it("starts from a picture, goes by a picture, counts seeds up, and warns of words never seen", async () => {
    const red = join(folder, "red.png");
    await sharp({ create: { width: 30, height: 40, channels: 3, background: "#f00" } })
      .png()
      .toFile(red);
    const report = await run(
      generate(
        "f",
        "a flibbertigibbet heart",
        "--init",
        red,
        "--image-prompt",
        `${red}::0.5`,
        "--negative",
        "A flibbertigibbet heart",
        "--count",
        "2",
        "--seed",
        "3",
      ),
    );
    expect(report.images).toHaveLength(2);
    expect(report.stderr).toContain('"flibbertigibbet": never seen');
    expect(report.stderr).not.toMatch(/"heart"[^\n]*never seen/);
    expect(report.stderr).toContain('"a flibbertigibbet heart": is both wanted and pushed away');
    expect(await readFile(report.images[0]!)).not.toEqual(await readFile(report.images[1]!));
  });

  it("reads prompt files, with flags before them", async () => {
    const file = join(folder, "two.yaml");
    await writeFile(
      file,
      "prompts:\n  - text: a red heart\n    weight: 2\ndefaults:\n  steps: 4\n  seed: 11\n",
    );
    const args = generate("g", "--prompts", file).filter(
      (arg, at, all) => arg !== "--steps" && all[at - 1] !== "--steps",
    );
    const report = await run(args);
    expect(report.seed).toBe(11);
    expect(report).toMatchObject({ steps: 4 });
  });

  it(
    "tells a story of prompts over the run, every step of it a frame, and says where none is wanted",
    { timeout: 300_000 },
    async () => {
      const file = join(folder, "story.yaml");
      const two = "prompts:\n  - {text: a red heart, name: red}\n  - {text: a blue car, name: blue}\n";
      await writeFile(
        file,
        `${two}schedule:\n  - {at: 0.1, weights: {red: 1, blue: 0}}\n  - {at: 0.6, weights: {red: 0, blue: 1}}\n`,
      );
      const report = await run(generate("story", "--prompts", file, "--lr", "0.5", "--animate"));
      expect(report.stderr).not.toContain("no prompt is wanted");
      const film = join(report.images[0]!, "..", "progress.webp");
      const { pages, pageHeight, width } = await sharp(film, { animated: true }).metadata();
      expect([pages, pageHeight, width]).toEqual([8, 256, 256]); // the draft, six steps and what was read out
      const frames = await sharp(film, { animated: true }).removeAlpha().raw().toBuffer();
      const frame = (at: number): Buffer =>
        frames.subarray((at * frames.length) / 8, ((at + 1) * frames.length) / 8);
      for (let at = 1; at < 6; at++) expect(frame(at).equals(frame(at + 1))).toBe(false);
      await writeFile(
        file,
        "prompts:\n  - {text: a red heart, to: 0.3}\n  - {text: a blue car, from: 0.6}\n",
      );
      const { stderr } = await run(generate("gap", "--prompts", file));
      expect(stderr).toContain("between 0.31 and 0.59 of the run no prompt is wanted");
    },
  );

  it("heeds the weights of several prompts, and a picture as a prompt", { timeout: 300_000 }, async () => {
    const blue = join(folder, "blue.png");
    await sharp({ create: { width: 20, height: 20, channels: 3, background: "#00f" } })
      .png()
      .toFile(blue);
    const of = async (...prompts: string[]): Promise<Buffer> =>
      bytes(await run(generate("weights", ...prompts, "--seed", "4", "--lr", "0.5")));
    const made = [
      await of("a red heart", "a blue car", "--image-prompt", blue),
      await of("a red heart::2", "a blue car", "--image-prompt", blue),
      await of("a red heart", "a blue car", "--image-prompt", `${blue}::3`),
    ];
    expect(new Set(made.map((each) => each.toString("base64"))).size).toBe(3);
  });

  it.each([
    [
      "a schedule past the end",
      "prompts: [a]\nschedule: [{at: 90, weights: {a: 1}}]\n",
      "and no number of steps",
    ],
    ["a schedule of strangers", "prompts: [a]\nschedule: [{at: 0, weights: {b: 1}}]\n", 'schedule names "b"'],
    ["a prompt that never counts", "prompts: [{text: a, from: 0.6, to: 0.4}]\n", "must be after from"],
  ])("refuses %s in one line", async (_, text, says) => {
    const file = join(folder, "wrong.yaml");
    await writeFile(file, text);
    const { code, stderr } = await clipsteer(generate("wrong", "--prompts", file));
    expect(code).toBe(2);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(stderr).toContain(says);
  });

  it("keeps the best picture after Ctrl-C and exits with 130", async () => {
    const args = [
      "generate",
      "a red heart",
      ...common.slice(0, 2),
      "--steps",
      "5000",
      "--plateau",
      "0",
      "--out",
      join(folder, "h"),
    ];
    const { code } = await clipsteer(args, { interruptAt: /generate \d+\/5000 .*loss/ });
    expect(code).toBe(130);
    const [place] = await readdir(join(folder, "h"));
    const files = await readdir(join(folder, "h", place!));
    expect(files.sort()).toEqual(["config.yaml", "image.png", "steps.jsonl", "unfinished.safetensors"]);
    expect((await loadPicture(join(folder, "h", place!, "image.png"))).width).toBe(64);
  });
});

describe("edit", () => {
  it("keeps every bit outside the mask, of any size, with alpha", async () => {
    const [width, height] = [50, 34];
    const random = createRandom("edit");
    const original = {
      width,
      height,
      rgba: Uint8Array.from({ length: width * height * 4 }, () => random.integer(256)),
    };
    const inside = (pixel: number): boolean => pixel % width < 25;
    const mask = {
      width,
      height,
      rgba: Uint8Array.from({ length: width * height * 4 }, (_, at) =>
        at % 4 === 3 || inside(Math.floor(at / 4)) ? 255 : 0,
      ),
    };
    const [picturePath, maskPath] = [join(folder, "in.png"), join(folder, "mask.png")];
    await savePicture(picturePath, original, { format: "png" });
    await savePicture(maskPath, mask, { format: "png" });
    const args = [
      "edit",
      picturePath,
      "a blue car",
      "--from",
      "a red heart",
      "--mask",
      maskPath,
      "--lr",
      "1",
    ];
    const report = await run([...args, ...common, "--out", join(folder, "i")]);
    const { rgba } = await loadPicture(report.images[0]!);
    let changed = 0;
    for (let at = 0; at < rgba.length; at++) {
      if (rgba[at] === original.rgba[at]) continue;
      changed++;
      if (at % 4 === 3 || !inside(Math.floor(at / 4))) expect.fail(`byte ${at} changed`);
    }
    expect(changed).toBeGreaterThan(0);
    const same = await run([...args, ...common, "--out", join(folder, "j")]);
    expect(await bytes(same)).toEqual(await bytes(report));
  });
});
