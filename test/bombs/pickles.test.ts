import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openWeights, readTensors } from "../../src/packs/index.js";
import { cpuSeconds } from "../cpuTime.js";
import { deflatedArchive, pickleBombs } from "./pickles.js";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "clipsteer-bombs-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** Reads a file whole. @returns the error, or nothing; seconds; and megabytes of memory added while it was read. */
async function attempt(bytes: Buffer): Promise<{ error: Error | undefined; seconds: number; added: number }> {
  const path = join(folder, "bomb");
  await writeFile(path, bytes);
  const before = process.memoryUsage();
  let error: Error | undefined;
  const seconds = await cpuSeconds(async () => {
    try {
      const file = await openWeights(path, { inert: ["omegaconf."] });
      await readTensors(file).finally(() => file.close());
    } catch (reason) {
      error = reason as Error;
    }
  });
  const after = process.memoryUsage();
  const used = (memory: NodeJS.MemoryUsage): number => memory.heapUsed + memory.external;
  return {
    error,
    seconds,
    added: (used(after) - used(before)) / 2 ** 20,
  };
}

describe("files of weights that ask for more than they hold", () => {
  it.each(Object.keys(pickleBombs))("%s: refused in a line, in two seconds and 400 MB", async (name) => {
    for (const size of [10_000, 1_000_000]) {
      const { error, seconds, added } = await attempt(pickleBombs[name]!(size));
      expect(error?.name).toBe("WeightsError");
      expect(error!.message).toMatch(/^[\x20-\x7e…]{1,500}$/);
      expect(seconds).toBeLessThan(2);
      expect(added).toBeLessThan(400);
    }
  });

  it.each([
    ["one tensor over a storage of 100 MB", 1, 1, 100e6],
    ["tensors over one storage of 40 MB", 100, 1, 40e6],
    ["tensors over two storages of 30 MB by turns", 100, 2, 30e6],
    ["many storages of 1 MB", 100, 100, 1e6],
  ])("deflated: %s: refused before anything is inflated", async (_, tensors, storages, bytes) => {
    const { error, seconds, added } = await attempt(deflatedArchive(tensors, storages, bytes));
    expect(error?.message).toMatch(/(claims|unpacks to) \d+ bytes/);
    expect(seconds).toBeLessThan(1);
    expect(added).toBeLessThan(20);
  });

  it("reads deflated storages that are not out of proportion, and inflates a shared one once", async () => {
    const { error, seconds } = await attempt(deflatedArchive(8, 1, 4e6));
    expect(error).toBeUndefined();
    expect(seconds).toBeLessThan(1);
  });
});
