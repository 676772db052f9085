import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { ConfigError, WeightsError } from "../../src/errors.js";
import { listPacks, loadPack } from "../../src/packs/index.js";
import { clipWeights, tinyClip, writeTinyPack } from "../tiny.js";

let folder = "";
beforeEach(async () => {
  folder = await writeTinyPack();
});

const message = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "no error",
    (error: Error) => error.message,
  );

describe("pack", () => {
  it("gives its weights back in half precision", async () => {
    const pack = await loadPack(folder);
    const read = await pack.weights("guide-0.safetensors");
    const written = clipWeights(tinyClip(4), "a");
    expect(Object.keys(read).sort()).toEqual(Object.keys(written).sort());
    for (const [name, { data, shape }] of Object.entries(written)) {
      expect(read[name]!.shape).toEqual(shape);
      data.forEach((value, at) =>
        expect(Math.abs(read[name]!.data[at]! - value)).toBeLessThanOrEqual(Math.abs(value) / 1024 + 1e-7),
      );
    }
  });

  it("names what is known when the generator is not", async () => {
    await expect(loadPack("bigan")).rejects.toThrow(ConfigError);
    const text = await message(loadPack("bigan"));
    expect(text).toContain('unknown generator "bigan"');
    for (const name of await listPacks()) expect(text).toContain(name);
  });

  it("refuses a file with one changed byte, a cut one and a missing one, by name", async () => {
    const path = join(folder, "generator.safetensors");
    const bytes = await readFile(path);
    const changed = Buffer.from(bytes);
    changed[changed.length - 3]! ^= 1;
    for (const damaged of [changed, bytes.subarray(0, bytes.length / 2)]) {
      await writeFile(path, damaged);
      const pack = await loadPack(folder);
      await expect(pack.weights("generator.safetensors")).rejects.toThrow(WeightsError);
      expect(await message(pack.weights("generator.safetensors"))).toContain("generator.safetensors");
    }
    expect(await message((await loadPack(folder)).weights("other.safetensors"))).toContain("missing");
  });

  it("refuses a pack.json that is not one, and paths out of the pack", async () => {
    const path = join(folder, "pack.json");
    const whole = await readFile(path, "utf8");
    for (const text of [
      whole.slice(0, 200),
      "{}",
      whole.replace("judge.safetensors", "../judge.safetensors"),
    ]) {
      await writeFile(path, text);
      const error = await loadPack(folder).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(WeightsError);
      expect((error as Error).message).toContain("pack.json: corrupt");
      expect((error as Error).message).not.toContain("\n");
    }
  });
});
