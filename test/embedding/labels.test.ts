import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parseClipWeights, readLabels } from "../../src/embedding/labels.js";
import { cpuSeconds } from "../cpuTime.js";

it("100 000 labels are read in seconds, and repeated ones are found", async () => {
  const path = join(await mkdtemp(join(tmpdir(), "clipsteer-labels-")), "labels.txt");
  const labels = Array.from({ length: 100_000 }, (_, at) => `label ${at}`);
  await writeFile(path, [...labels, "label 7"].join("\n"));
  let found: Awaited<ReturnType<typeof readLabels>> | undefined;
  const seconds = await cpuSeconds(async () => (found = await readLabels(path)));
  expect(found).toMatchObject({ repeated: 1, firstRepeated: "label 7" });
  expect(found!.labels).toHaveLength(100_000);
  expect(seconds).toBeLessThan(4);
});

it.each(["1e308,1e308", "0x10,1", "1,", "1,Infinity", "-1,1", "1", "0,0"])(
  "weights of two CLIPs are not %s",
  (text) => {
    expect(() => parseClipWeights(text, 2)).toThrow("expected 2 numbers from 0 up");
  },
);

it("weights of CLIPs are decimal numbers", () => {
  expect(parseClipWeights("1, .5", 2)).toEqual([1, 0.5]);
});
