import { existsSync, readFileSync, readdirSync } from "node:fs";
import { mkdtemp, readFile, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { writeTinyPack } from "../tiny.js";
import { run as runJson, runCommand } from "./inProcess.js";
import { clipsteer } from "./spawn.js";

let folder = "";
let pack = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "clipsteer-resume-"));
  pack = await writeTinyPack();
});

/** Files of the only run folder below a name. */
async function files(name: string, ...names: string[]): Promise<Buffer[]> {
  const [run] = await readdir(join(folder, name));
  return Promise.all(names.map((file) => readFile(join(folder, name, run!, file))));
}

describe("generate --resume", () => {
  it("ends in the same bytes after kill -9", { timeout: 300_000 }, async () => {
    const args = [
      ...["generate", "a red heart", "--generator", pack, "--candidates", "3", "--seed", "7"],
      ...["--steps", "60", "--views", "2", "--plateau", "0", "--out"],
    ];
    await runJson(...args, join(folder, "whole"));
    /** Steps in the log of the broken run, which is written with each snapshot. */
    const logged = (): number => {
      const [run] = existsSync(join(folder, "broken")) ? readdirSync(join(folder, "broken")) : [];
      const path = join(folder, "broken", run ?? "", "steps.jsonl");
      return run !== undefined && existsSync(path) ? readFileSync(path, "utf8").split("\n").length - 1 : 0;
    };
    const killed = await clipsteer([...args, join(folder, "broken")], {
      interruptAt: () => logged() > 0,
      signal: "SIGKILL",
    });
    expect(killed.code).toBe(null);
    const [run] = await readdir(join(folder, "broken"));
    const place = join(folder, "broken", run!);
    expect(await readdir(place)).not.toContain("image.png");
    const resumed = await runJson("generate", "--resume", place, "--generator", pack);
    expect(resumed).toMatchObject({ steps: 60, images: [join(place, "image.png")] });
    const names = ["image.png", "steps.jsonl"];
    expect(await files("broken", ...names)).toEqual(await files("whole", ...names));
    expect(await readdir(place)).not.toContain("unfinished.safetensors");
  });

  it("says what is wrong with a folder and a file", async () => {
    const [none, damaged] = [join(folder, "none"), await mkdtemp(join(folder, "damaged-"))];
    await writeFile(join(damaged, "unfinished.safetensors"), "no tensors");
    const cases: [path: string, says: RegExp][] = [
      [none, /holds no unfinished run/],
      [damaged, /not a safetensors file/],
    ];
    for (const [path, says] of cases) {
      const { code, stderr } = await runCommand(["generate", "--resume", path]);
      expect(code).toBe(1);
      expect(stderr).toMatch(says);
    }
  });
});
