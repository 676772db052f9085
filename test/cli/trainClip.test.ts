import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { createRandom, hostFloats } from "../../src/tensor/index.js";
import { loadCheckpoint, saveCheckpoint } from "../../src/training/index.js";
import { runCommand } from "./inProcess.js";
import { clipsteer } from "./spawn.js";

let folder = "";
const path = (name: string): string => join(folder, name);
const long = Array.from({ length: 90 }, (_, at) => `word${at}`).join(" ");

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "clipsteer-train-"));
  await mkdir(path("pictures/deep"), { recursive: true });
  const random = createRandom("pictures");
  const rows = ["file,caption,tone"];
  const lines: string[] = [];
  for (let at = 0; at < 24; at++) {
    const name = `${at % 2 ? "deep/" : ""}${["red", "blue"][at % 2]}-thing_${at}.png`;
    const data = Buffer.from(Array.from({ length: 20 * 30 * 3 }, () => random.integer(256)));
    await sharp(data, { raw: { width: 20, height: 30, channels: 3 } })
      .png()
      .toFile(path(`pictures/${name}`));
    rows.push(`${name},"a thing, ${at < 20 ? "red" : "blue"}",${at < 20 ? "light" : "dark"}`);
    lines.push(JSON.stringify({ file: name, caption: [`thing ${at}`, at === 3 ? long : "a thing"] }));
  }
  await writeFile(path("c.csv"), rows.join("\n"));
  const equal = rows.map((row, at) => (at === 0 ? row : row.replace(/a thing, \w+/, "a thing")));
  await writeFile(path("equal.csv"), equal.join("\n"));
  await writeFile(path("c.jsonl"), lines.join("\n"));
  await writeFile(path("pictures/deep/blue-thing_1.txt"), "quite another thing\n");
  await writeFile(path("pictures/broken.png"), "no picture");
  const text = "text: {width: 8, layers: 1, heads: 2}\n";
  const shape = (image: string): string =>
    `image: {size: 32, stem: 4, ${image}, heads: 2, features: 16}\n${text}`;
  await writeFile(path("resnet.yaml"), shape("patch: 4, widths: [4, 6], layers: 0"));
  await writeFile(path("vit.yaml"), shape("patch: 8, widths: [8], layers: 2"));
});

const argumentsFor = (out: string, args: readonly string[]): string[] => [
  ...["train", "clip", "--images", path("pictures"), "--out", path(out), "--json"],
  ...["--validate", "0.2", "--threads", "1"],
  ...(args.includes("--batch") ? [] : ["--batch", "6"]),
  ...args,
];
const train = (out: string, args: readonly string[]) => runCommand(argumentsFor(out, args));
interface Trained {
  readonly step: number;
  readonly losses: Record<string, number>;
}
const ended = ({ stdout }: { stdout: string }): Trained => JSON.parse(stdout) as Trained;

describe("train clip --images", () => {
  it("stops on Ctrl-C and goes on to the same numbers: ResNet tower, CSV, balanced groups", async () => {
    const args = ["--captions", path("c.csv"), "--shape", path("resnet.yaml"), "--steps", "30"];
    const more = [...args, "--balance", "tone"];
    const [whole, stopped] = await Promise.all([
      train("whole", more),
      clipsteer(argumentsFor("parts", more), { interruptAt: () => existsSync(path("parts/steps.jsonl")) }),
    ]);
    expect(whole.stderr).toContain("broken.png");
    expect(whole.stderr).toContain("error: 1 of 25 files skipped");
    expect(whole.code).toBe(1);
    expect(whole.stderr).toMatch(/step 30: of \d+ held-out pictures, [\d.]+ % found by their caption first/);
    expect(stopped.code).toBe(130);
    expect(ended(stopped).step).toBeLessThan(30);
    const other = await train("parts", [...more, "--resume", "--rate", "0.1"]);
    expect(other.stderr).toContain("--resume needs the options of the interrupted run");
    const resumed = await train("parts", [...more, "--resume"]);
    expect(ended(resumed)).toMatchObject({ step: 30, losses: ended(whole).losses });
    const weights = await Promise.all(
      ["whole", "parts"].map((name) => readFile(path(`${name}/pack/clip.safetensors`))),
    );
    expect(weights[0]!.equals(weights[1]!)).toBe(true);
    const validation = (await readFile(path("whole/validation.jsonl"), "utf8")).trimEnd().split("\n");
    expect(JSON.parse(validation.at(-1)!)).toMatchObject({ step: 30 });
  });

  it("takes JSONL, sidecars and names, a ViT tower, the sigmoid loss, parts of a batch; what comes out is a pack that classify takes", async () => {
    const [lines, names] = await Promise.all([
      train("lines", ["--captions", path("c.jsonl"), "--shape", path("vit.yaml"), "--steps", "2"]),
      train("names", [
        "--shape",
        path("resnet.yaml"),
        "--steps",
        "2",
        "--loss",
        "sigmoid",
        "--accumulate",
        "2",
      ]),
    ]);
    expect(ended(lines).step).toBe(2);
    expect(lines.stderr).toMatch(/is longer than the CLIP's 77 tokens; not read: "/);
    expect(ended(names).step).toBe(2);
    const picture = path("pictures/deep/blue-thing_1.png");
    for (const out of ["lines", "names"]) {
      const labels = out === "names" ? "red thing,quite another thing" : "thing 1,thing 2";
      const classified = await runCommand([
        ...["classify", picture, "--labels", labels, "--generator", path(`${out}/pack`), "--json"],
      ]);
      expect(classified.code).toBe(0);
      // Words of the captions are known to the CLIP: of the sidecar too.
      expect(classified.stderr).not.toContain("unknown to this pack");
      expect(JSON.parse(classified.stdout)).toMatchObject({ images: [{ path: picture }], clips: ["clip"] });
    }
  });

  it("warns once when nothing is learnt", async () => {
    const args = ["--captions", path("c.jsonl"), "--shape", path("resnet.yaml"), "--augment", "0"];
    const { stderr } = await train("stuck", [...args, "--steps", "155", "--rate", "1e-9"]);
    expect(stderr.split("\n").filter((line) => line.startsWith("warning: the "))).toEqual([
      expect.stringContaining(
        "the loss is still ln(batch) = 1.79 after 150 steps: nothing is learnt",
      ) as string,
    ]);
  });

  it("warns when the temperature is at its limit", async () => {
    const args = ["--captions", path("c.jsonl"), "--shape", path("resnet.yaml"), "--steps", "2"];
    await train("hot", args);
    // As a long run would leave it: one step is left, and the scale is where it is cut.
    const { state, settings } = await loadCheckpoint(path("hot"));
    const scale = hostFloats(Float32Array.of(Math.log(100)), state["w/logitScale"]!.shape);
    await saveCheckpoint(path("hot"), { step: 1, settings, state: { ...state, "w/logitScale": scale } });
    const { stderr } = await train("hot", [...args, "--resume"]);
    expect(stderr).toMatch(
      /^warning: the temperature is at its limit \(scale 100\): the pictures may be memorised/m,
    );
  });

  it.each([
    [
      ["--balance", "age"],
      'no picture has the attribute "age", which is to be balanced; known: folder, tone',
    ],
    [["--accumulate", "4"], "a batch of 6 cannot be accumulated in 4 equal parts"],
    [["--batch", "100"], "a batch takes 100"],
    [["--batch", "1"], "--batch: must be >=2, got"],
    [["--captions", "equal.csv"], 'every picture has the caption "a thing"'],
  ])("refuses %j in one line that says what to do", async (args, message) => {
    const names = ["--captions", args.includes("equal.csv") ? path("equal.csv") : path("c.csv")];
    const given = [
      ...names,
      "--shape",
      path("resnet.yaml"),
      "--steps",
      "1",
      ...args.filter((each) => !/equal|captions/.test(each)),
    ];
    const { code, stderr } = await train("wrong", given);
    expect(code).not.toBe(0);
    expect(stderr.trimEnd().split("\n").at(-1)).toContain(message);
  });

  it("says what a file of encoder sizes is, for a list of labels in its place", async () => {
    await writeFile(path("labels.txt"), "cat\ndog\n");
    const { code, stderr } = await train("wrong", ["--shape", path("labels.txt")]);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^error: .*labels\.txt: has no shape of encoders; expected YAML with image \(size, stem, .*\) and text \(width, layers, heads\)\n$/,
    );
  });
});
