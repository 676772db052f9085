import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRandom } from "../../src/tensor/index.js";
import { findEngineProcess, findMain } from "../cli/spawn.js";
import { writeTinyPack } from "../tiny.js";
import { buildFullDisk } from "./build.js";
import type { Outcome, Task } from "./child.js";
import type { StudioOutcome } from "./studio.js";

let folder = "";
let library = "";
let pack = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "clipsteer-full-"));
  pack = await writeTinyPack();
  await mkdir(join(folder, "pictures"));
  for (let at = 0; at < 3; at++)
    await sharp({ create: { width: 8, height: 8, channels: 3, background: { r: at * 90, g: 40, b: 99 } } })
      .png()
      .toFile(join(folder, "pictures", `${at}.png`));
  library = join(folder, "full.so");
  buildFullDisk(library);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs a script of this folder whose writes may fail. @returns its lines of JSON. @throws when it fails. */
async function runScript<T>(script: string, ...args: readonly string[]): Promise<T[]> {
  const place = await mkdtemp(join(folder, "runs-"));
  const child = spawn(
    process.execPath,
    ["--import", "tsx", join(import.meta.dirname, script), place, ...args],
    { env: { ...process.env, LD_PRELOAD: library, NO_COLOR: "1" }, stdio: ["ignore", "pipe", "pipe"] },
  );
  let [output, errors] = ["", ""];
  child.stdout.on("data", (data: Buffer) => (output += data.toString()));
  child.stderr.on("data", (data: Buffer) => (errors += data.toString()));
  return new Promise((done, fail) =>
    child.on("close", (code) => {
      if (code !== 0) return fail(new Error(errors));
      done(
        output
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line) as T),
      );
    }),
  );
}

/** Runs a command in one process, each time with another write that fails, and again on a disk with room. */
const outcomes = async (task: Task): Promise<Outcome[]> =>
  runScript<Outcome>("child.ts", await findMain(), JSON.stringify(task));

/** Files of a run that a user sees, without what is unfinished. */
const results = (files: Outcome["files"]): string[] =>
  Object.keys(files)
    .filter((path) => !/^(home|tmp)\//.test(path))
    .map((path) => path.replace(/\.[0-9a-f]{8}(?=\.f32)/, ""))
    .sort();

// `LD_PRELOAD` is Linux's.
describe.runIf(process.platform === "linux")("a disk that is full at a write", () => {
  it.each<[string, number, number]>([
    ["index @pictures --generator @pack --threads 1 --index PLACE/i", 7, 7],
    ["embed @pictures --generator @pack --threads 1 --out PLACE/rows.jsonl", 12, 3],
    [
      "generate heart --generator @pack --views 2 --candidates 2 --steps 2 --seed 7 --threads 1 --out PLACE/runs",
      24,
      3,
    ],
  ])(
    "%s: ends it with one line, leaves nothing half-written, and the next run succeeds",
    async (line, last, count) => {
      const args = line.replace("@pictures", join(folder, "pictures")).replace("@pack", pack).split(" ");
      const random = createRandom(line);
      const sample = Array.from({ length: last }, (_, at) => [random.uniform(), at + 1] as const)
        .sort(([a], [b]) => a - b)
        .slice(0, count)
        .map(([, at]) => at);
      for (const once of line.startsWith("index") ? [false, true] : [false]) {
        const [whole, ...failed] = await outcomes({ args, failing: [0, ...sample], once });
        expect(whole!.code, whole!.errors).toBe(0);
        if (!once) expect(failed.some(({ code }) => code === 1)).toBe(true);
        for (const { at, code, errors, files, next } of failed) {
          const what = `write ${at}, once ${once}: ${errors}`;
          if (code === 0) expect(results(files), what).toEqual(results(whole!.files));
          else
            expect(errors.trimEnd().split("\n").at(-1), what).toMatch(/^error: .*(ENOSPC|the disk is full)/);
          expect(errors, what).not.toContain("unexpected");
          const empty = Object.entries(files).filter(
            ([path, size]) => size === 0 && !/\.(f32|jsonl|part|partial)$/.test(path),
          );
          expect(empty, what).toEqual([]);
          expect(`${next.code} ${next.errors}`, what).toMatch(/^0 /);
          const left = Object.keys(next.files).filter((path) => /\.(part|partial|lock)$|^tmp\//.test(path));
          expect(left, what).toEqual([]);
        }
      }
    },
  );

  it("fails a run of the studio in one line, keeps what is finished, and the run is done on a disk with room", async () => {
    const [outcome] = await runScript<StudioOutcome>("studio.ts", await findEngineProcess());
    const { first, second, upload, restarted } = outcome!;
    expect(new Set(first).size).toBe(1);
    expect(second.map(({ status }) => status)).toEqual(["failed", "done"]);
    expect(second[0]!.error).toMatch(/ENOSPC|the disk is full/);
    expect(second[0]!.error).not.toContain("\n");
    expect(second[1]!.results).toHaveLength(1);
    expect(upload.status).toBeGreaterThanOrEqual(400);
    expect(upload.message).toMatch(/ENOSPC|the disk is full/);
    expect(restarted).toEqual(["done"]);
  });
});
