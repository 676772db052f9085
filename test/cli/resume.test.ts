import { existsSync, readFileSync, readdirSync } from "node:fs";
import { mkdtemp, readFile, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { readMetadata, savePicture } from "../../src/images/index.js";
import { createRandom } from "../../src/tensor/index.js";
import { writeTinyPack } from "../tiny.js";
import { clipsteer } from "./spawn.js";

let folder = "";
let common: string[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "clipsteer-resume-"));
  common = [
    "generate",
    "a red heart",
    "--generator",
    await writeTinyPack(),
    "--candidates",
    "3",
    "--seed",
    "7",
  ];
});

/** Files of the only run folder below a name. */
async function files(name: string, ...wanted: string[]): Promise<Buffer[]> {
  const [run] = await readdir(join(folder, name));
  return Promise.all(wanted.map((file) => readFile(join(folder, name, run!, file))));
}

describe("generate --resume", () => {
  it("ends in the same bytes after kill -9 and Ctrl-C", { timeout: 300_000 }, async () => {
    const long = ["--steps", "300", "--views", "2", "--animate", "--plateau", "0"];
    const outOf = (name: string): string[] => ["--out", join(folder, name)];
    expect((await clipsteer([...common, ...long, ...outOf("whole")])).code).toBe(0);
    /** Steps in the log of the broken run, which is written with each snapshot. */
    const logged = (): number => {
      const [run] = existsSync(join(folder, "broken")) ? readdirSync(join(folder, "broken")) : [];
      const path = join(folder, "broken", run ?? "", "steps.jsonl");
      return run !== undefined && existsSync(path) ? readFileSync(path, "utf8").split("\n").length - 1 : 0;
    };
    const broken = [...common, ...long, ...outOf("broken")];
    const killed = await clipsteer(broken, { interruptAt: () => logged() > 0, signal: "SIGKILL" });
    expect(killed.code).toBe(null);
    const [run] = await readdir(join(folder, "broken"));
    const place = join(folder, "broken", run!);
    expect(await readdir(place)).not.toContain("image.png");
    const resume = ["generate", "--resume", place, "--generator", common[3]!];
    const stopped = await clipsteer(resume, { interruptAt: /generate \d+\/300/ });
    expect(`${stopped.code} ${stopped.stderr}`).toMatch(/^130 /);
    expect(stopped.stderr).toContain("--resume");
    const resumed = await clipsteer([...resume, "--json"]);
    expect(`${resumed.code} ${resumed.stderr}`).toMatch(/^0 /);
    expect(JSON.parse(resumed.stdout)).toMatchObject({ steps: 300, images: [join(place, "image.png")] });
    const names = ["image.png", "steps.jsonl", "progress.webp"];
    expect(await files("broken", ...names)).toEqual(await files("whole", ...names));
    expect(await readdir(place)).not.toContain("unfinished.safetensors");
  });

  it("says what is wrong with a folder, a file and an option", async () => {
    const [none, damaged] = [join(folder, "none"), await mkdtemp(join(folder, "damaged-"))];
    await writeFile(join(damaged, "unfinished.safetensors"), "no tensors");
    const cases: [args: string[], code: number, says: RegExp][] = [
      [["--resume", none], 1, /holds no unfinished run/],
      [["--resume", damaged], 1, /not a safetensors file/],
      [["--resume", none, "--seed", "1"], 2, /give only --threads, --preview, --generator/],
    ];
    for (const [args, code, says] of cases) {
      const ended = await clipsteer(["generate", ...args]);
      expect(ended.code).toBe(code);
      expect(ended.stderr).toMatch(says);
    }
  });
});

describe("edit --resume", () => {
  it(
    "ends in the same bytes after kill -9 and Ctrl-C, the edits before and the variations after included",
    { timeout: 600_000 },
    async () => {
      const picture = join(folder, "in.png");
      const random = createRandom("resume");
      const rgba = Uint8Array.from({ length: 24 * 24 * 4 }, () => random.integer(256));
      await savePicture(picture, { width: 24, height: 24, rgba }, { format: "png" });
      const edits = ["a blue car", "a red heart", "--mask", "box 0 0 0.8 1", "--variations", "2"];
      const size = ["--generator", common[3]!, "--steps", "150", "--views", "2", "--lr", "0.5"];
      const outOf = (name: string): string[] => [...edits, ...size, "--out", join(folder, name)];
      expect((await clipsteer(["edit", picture, ...outOf("edited")])).code).toBe(0);
      /** Whether the second edit's steps are in the log, which is written with each snapshot. */
      const begun = (): boolean => {
        const [run] = existsSync(join(folder, "halves")) ? readdirSync(join(folder, "halves")) : [];
        const path = join(folder, "halves", run ?? "", "steps.jsonl");
        return run !== undefined && existsSync(path) && readFileSync(path, "utf8").includes('{"edit":2');
      };
      const killed = await clipsteer(["edit", picture, ...outOf("halves")], {
        interruptAt: begun,
        signal: "SIGKILL",
      });
      expect(killed.code).toBe(null);
      const [run] = await readdir(join(folder, "halves"));
      const place = join(folder, "halves", run!);
      expect(await readdir(place)).toContain("1-image.png");
      expect(await readdir(place)).not.toContain("image.png");
      const resume = ["edit", "--resume", place, "--generator", common[3]!];
      const stopped = await clipsteer(resume, { interruptAt: /edit 2\/2 \d+\/150/ });
      expect(`${stopped.code} ${stopped.stderr}`).toMatch(/^130 /);
      expect(stopped.stderr).toContain("stopped in edit 2 of 2; clipsteer edit --resume");
      const other = await clipsteer(["generate", "--resume", place]);
      expect(other.stderr).toContain("is a run of another command");
      const resumed = await clipsteer([...resume, "--json"]);
      expect(`${resumed.code} ${resumed.stderr}`).toMatch(/^0 /);
      const report = JSON.parse(resumed.stdout) as { edits: { prompt: string }[]; images: string[] };
      expect(report.edits.map(({ prompt }) => prompt)).toEqual(["a blue car", "a red heart"]);
      expect(report.images).toHaveLength(2);
      const all = async (name: string): Promise<Record<string, Buffer>> => {
        const runs = (await readdir(join(folder, name))).sort();
        const paths = (
          await Promise.all(
            runs.map(async (each) =>
              (await readdir(join(folder, name, each))).map((file) => join(each, file)),
            ),
          )
        )
          .flat()
          .filter((path) => !path.endsWith("config.yaml")); // holds the time it took
        const read = paths.map(async (path) => [path, await readFile(join(folder, name, path))] as const);
        return Object.fromEntries(await Promise.all(read));
      };
      expect(await all("halves")).toEqual(await all("edited"));
      expect((await clipsteer(resume)).stderr).toContain("holds no unfinished run");
    },
  );
});

describe("generate --budget", () => {
  const settings = async (path: string): Promise<{ steps: number; candidates: number }> => {
    const text = (await readMetadata(path))!;
    return (JSON.parse(text) as { settings: { steps: number; candidates: number } }).settings;
  };

  it("turns time and passes into steps that a replay repeats", { timeout: 300_000 }, async () => {
    for (const budget of ["400passes", "60s"]) {
      const out = ["--views", "4", "--plateau", "5", "--json", "--out", join(folder, budget)];
      const first = await clipsteer([...common, "--budget", budget, ...out]);
      expect(`${first.code} ${first.stderr}`).toMatch(/^0 /);
      const report = JSON.parse(first.stdout) as { images: string[]; passes: number; steps: number };
      const { steps } = await settings(report.images[0]!);
      expect(steps).toBeGreaterThanOrEqual(report.steps);
      if (budget === "400passes") {
        // 3 drafts and 24 fixed views a read-out are paid for too.
        expect(report.passes).toBeLessThanOrEqual(400);
        expect(steps).toBeGreaterThan(10);
      } else {
        expect(report.steps).toBeLessThan(steps); // the plateau came first
        expect(first.stderr).toMatch(/ended after \d+ of \d+ steps: the loss had not fallen for 5/);
      }
      const again = await clipsteer([
        ...["generate", "--replay", report.images[0]!, "--generator", common[3]!, "--json"],
        ...["--out", join(folder, `${budget}-again`)],
      ]);
      const [path] = (JSON.parse(again.stdout) as { images: string[] }).images;
      expect(await readFile(path!)).toEqual(await readFile(report.images[0]!));
    }
  });

  it("that is too small for a step is an error in passes and a warning in time", async () => {
    const passes = await clipsteer([...common, "--budget", "20passes"]);
    expect(passes.code).toBe(2);
    expect(passes.stderr).toMatch(/budget 20passes: too small for one step.*give at least \d+passes/);
    const time = await clipsteer([...common, "--budget", "0.1s", "--json", "--out", join(folder, "short")]);
    expect(time.code).toBe(0);
    expect(time.stderr).toMatch(/too small for one step/);
    const { images, steps } = JSON.parse(time.stdout) as { images: string[]; steps: number };
    expect(steps).toBe(0);
    expect((await settings(images[0]!)).steps).toBe(0);
  });

  it.each([
    [["--budget", "soon"], /--budget: must be a time or a number of CLIP passes/],
    [["--budget", "10s", "--steps", "5"], /leave out --steps/],
    [["--budget", "10s", "--quality", "draft"], /leave out --quality draft/],
  ])("%j is refused", async (args, says) => {
    const { code, stderr } = await clipsteer([...common, ...args]);
    expect(code).toBe(2);
    expect(stderr).toMatch(says);
  });
});
