import { mkdtemp, readFile, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { cutLog, drawLosses } from "../../src/training/index.js";

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
