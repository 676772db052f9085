import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, open, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
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
    const manifest = JSON.parse(whole) as { guides: unknown[] };
    for (const text of [
      whole.slice(0, 200),
      "{}",
      whole.replace("judge.safetensors", "../judge.safetensors"),
      ...["-64", "0", "1.5", "1e999"].map((size) =>
        whole.replace(/"resolution": \d+/, `"resolution": ${size}`),
      ),
      whole.replace(/"heads": \d+/, '"heads": -1'),
      whole.replace(/("text": [^}]*)"heads": \d+/, '$1"heads": 3'),
      whole.replace(/("image": [^}]*)"heads": \d+/, '$1"heads": 5'),
      whole.replace('"name":', '"name": "first", "name":'),
      JSON.stringify({ ...manifest, guides: Array<unknown>(1000).fill(manifest.guides[0]) }),
    ]) {
      await writeFile(path, text);
      const error = await loadPack(folder).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(WeightsError);
      expect((error as Error).message).toContain("pack.json: corrupt");
      expect((error as Error).message).not.toContain("\n");
    }
  });

  it("gives the weights whose hash was compared, or refuses: no writer in between is missed", async () => {
    const path = join(folder, "generator.safetensors");
    const bytes = await readFile(path);
    const { atime, mtime } = await stat(path);
    const other = Buffer.from(bytes);
    other[other.length - 3]! ^= 1;
    /** Another file of the same size and time: what a check by size and time does not see. */
    const swap = async (): Promise<void> => {
      await writeFile(`${path}.new`, other);
      await rename(`${path}.new`, path);
      await utimes(path, atime, mtime);
    };
    const overwrite = async (): Promise<void> => {
      await writeFile(path, other);
      await utimes(path, atime, mtime);
    };
    for (const change of [swap, overwrite]) {
      await writeFile(path, bytes);
      await utimes(path, atime, mtime);
      const pack = await loadPack(folder);
      await pack.weights("generator.safetensors");
      await pause(20); // longer than a tick of the clock of files
      await change();
      expect(await message(pack.weights("generator.safetensors"))).toContain("changed while it was in use");
    }
  });

  it("refuses files of a pack that are folders, pipes, huge or no JSON in a line", async () => {
    const path = join(folder, "tokenizer.json");
    const manifestPath = join(folder, "pack.json");
    const manifest = JSON.parse(await readFile(manifestPath, "utf8")) as { sha256: Record<string, string> };
    await writeFile(path, "{");
    manifest.sha256["tokenizer.json"] = createHash("sha256").update("{").digest("hex");
    await writeFile(manifestPath, JSON.stringify(manifest));
    const read = async (): Promise<unknown> => (await loadPack(folder)).json("tokenizer.json");
    expect(await message(read())).toMatch(/tokenizer.json: not JSON/);
    await rm(path);
    execFileSync("mkfifo", [path]);
    expect(await message(read())).toMatch(/tokenizer.json: missing/);
    await rm(path);
    await mkdir(path);
    expect(await message(read())).toMatch(/tokenizer.json: missing/);
    await rm(manifestPath);
    execFileSync("mkfifo", [manifestPath]);
    expect(await message(read())).toMatch(/pack.json: is not a readable file/);
    await rm(manifestPath);
    await (await open(manifestPath, "w").then(async (file) => (await file.truncate(200e6), file))).close();
    expect(await message(read())).toMatch(/pack.json: is larger than 100 MB/);
  });
});
