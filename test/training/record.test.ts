import { mkdtemp, readFile, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openStart } from "../../src/training/sessions.js";
import { cutLog, drawLosses, loadCheckpoint, train } from "../../src/training/index.js";

const line = (step: number): string => JSON.stringify({ step, losses: { loss: 1 / step } });

describe("the log of a training", () => {
  it("goes on after a line that was cut off, at any letter", async () => {
    const folder = await mkdtemp(join(tmpdir(), "clipsteer-record-"));
    const path = join(folder, "steps.jsonl");
    const whole = `${[10, 20, 30].map(line).join("\n")}\n`;
    for (let length = whole.length - line(30).length; length <= whole.length; length += 3) {
      await writeFile(path, whole.slice(0, length));
      await drawLosses(folder, "title");
      await cutLog(folder, 20);
      expect(await readFile(path, "utf8")).toBe(`${line(10)}\n${line(20)}\n`);
    }
    await writeFile(path, `null\n7\n{}\n\0\n${line(10)}`);
    await cutLog(folder, 20);
    expect(await readFile(path, "utf8")).toBe(`${line(10)}\n`);
    expect((await readdir(folder)).sort()).toEqual(["losses.png", "steps.jsonl"]);
  });
});

describe("a training", () => {
  const settings = JSON.stringify({ rate: 0.1, batch: 4 });
  const run = (folder: string, given = settings) => ({
    ...{ folder, steps: 3, settings: given, saveEvery: 1000 },
    start: { step: 0, state: {}, settings },
    step: () => Promise.resolve({ state: {}, losses: { loss: 1 } }),
  });

  it("has its folder for itself, and gives it back", async () => {
    const folder = await mkdtemp(join(tmpdir(), "clipsteer-record-"));
    const first = train(run(folder));
    await first.next();
    await expect(train(run(folder)).next()).rejects.toThrow(/another process .* train in this folder/);
    await first.return({});
    expect(await readdir(folder)).not.toContain("train.lock");
    expect((await train(run(folder)).next()).done).toBe(false);
  });

  it("is never overwritten by a new one", async () => {
    const folder = await mkdtemp(join(tmpdir(), "clipsteer-record-"));
    const steps = train(run(folder));
    while (!(await steps.next()).done);
    const before = await readFile(join(folder, "checkpoint.safetensors"));
    await expect(openStart({ out: folder, resume: false }, settings, () => ({}))).rejects.toThrow(
      /holds a training already; choose another folder/,
    );
    expect(await readdir(folder)).toEqual(["checkpoint.safetensors"]);
    expect(await readFile(join(folder, "checkpoint.safetensors"))).toEqual(before);
  });

  it("is lengthened by more steps, and by no other difference", async () => {
    const folder = await mkdtemp(join(tmpdir(), "clipsteer-record-"));
    const of = (steps: number, rate = 0.1) => ({ ...run(folder, JSON.stringify({ steps, rate })), steps });
    const first = of(3);
    const done = train({ ...first, start: { ...first.start, settings: first.settings } });
    while (!(await done.next()).done);
    const again = async (given: ReturnType<typeof of>): Promise<number[]> => {
      const start = await loadCheckpoint(folder);
      const steps: number[] = [];
      for await (const { step } of train({ ...given, start })) steps.push(step);
      return steps;
    };
    await expect(again(of(5, 0.2))).rejects.toThrow("steps was 3, is 5, rate was 0.1, is 0.2");
    await expect(again(of(2))).rejects.toThrow("steps was 3, is 2");
    expect(await again(of(5))).toEqual([4, 5]);
    expect((await loadCheckpoint(folder)).settings).toBe(of(5).settings);
  });

  it("names the settings that differ, and leaves the log alone", async () => {
    const folder = await mkdtemp(join(tmpdir(), "clipsteer-record-"));
    await writeFile(join(folder, "steps.jsonl"), `${line(10)}\n`);
    const other = run(folder, JSON.stringify({ rate: 0.2, batch: 4 }));
    await expect(train(other).next()).rejects.toThrow("other settings: rate was 0.1, is 0.2; continue");
    expect(await readFile(join(folder, "steps.jsonl"), "utf8")).toBe(`${line(10)}\n`);
  });
});
