import { mkdtemp, readFile, readdir, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { cacheEntry, cacheFolder } from "../../src/engine/cache.js";
import { type TensorFunction, compile } from "../../src/engine/index.js";
import { type HostTensor, createRandom, hostFloats, lazyFloats } from "../../src/tensor/index.js";
import * as tf from "../../src/tf.js";

const random = createRandom("cache");
const floats = (...shape: [number, number]): HostTensor =>
  hostFloats(random.stream(`${shape}`).normals(shape[0] * shape[1]), shape);
const fn: TensorFunction = ({ x, w }) => ({ y: tf.tanh(tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D)) });
const [x, w] = [floats(3, 20), floats(20, 30)];
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "clipsteer-cache-"));
  vi.stubEnv("CLIPSTEER_CACHE", folder);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

async function run(weights = { w }, inputs = { x }): Promise<number[]> {
  const program = await compile(fn, inputs, { weights });
  const { y } = await program.run(inputs);
  await program.dispose();
  return [...y!.data];
}

/** The one entry, and the time it was written. */
async function entry(): Promise<{ path: string; written: number }> {
  const names = await readdir(folder);
  expect(names).toHaveLength(1);
  const path = join(folder, names[0]!);
  return { path, written: (await stat(path)).ctimeMs };
}

describe("cache of optimised programs", () => {
  it("gives the same numbers from a kept program, and keeps one a model", async () => {
    const first = await run();
    const { path } = await entry();
    const bytes = await readFile(path);
    expect(await run()).toEqual(first);
    expect((await readFile(path)).equals(bytes)).toBe(true);
    const other = floats(20, 30);
    other.data[0]! += 1;
    expect(await run({ w: other })).not.toEqual(first);
    expect(await readdir(folder)).toHaveLength(2);
  });

  it("neither records a program with a recipe again nor reads its weights", async () => {
    let calls = 0;
    const counted: TensorFunction = (tensors) => (calls++, fn(tensors));
    const told = (values: () => Float32Array): HostTensor => lazyFloats([20, 30], "these", values);
    const runOnce = async (weight: HostTensor, recipe: unknown): Promise<number[]> => {
      const program = await compile(counted, { x }, { weights: { w: weight }, recipe });
      const { y } = await program.run({ x });
      await program.dispose();
      return [...y!.data];
    };
    const first = await runOnce(
      told(() => w.data as Float32Array),
      1,
    );
    const unread = told(() => {
      throw new Error("read");
    });
    expect(await runOnce(unread, 1)).toEqual(first);
    expect(calls).toBe(1);
    expect(await runOnce(w, 2)).toEqual(first);
    expect(calls).toBe(2);
  });

  it("keeps no program whose weights are mapped from a file, and runs it the second time too", async () => {
    const wide = hostFloats(new Float32Array(20 * (1 << 20)).fill(0.01), [20, 1 << 20]); // 80 MiB
    const first = await run({ w: wide });
    expect(await run({ w: wide })).toEqual(first);
    expect(await readdir(folder)).toEqual([]);
  });

  it("ignores and replaces a damaged or truncated entry", async () => {
    const first = await run();
    const { path } = await entry();
    const whole = await readFile(path);
    const flipped = Buffer.from(whole);
    flipped[200]! ^= 1;
    for (const damage of [
      () => writeFile(path, flipped),
      () => writeFile(path, whole.subarray(0, -5)),
      () => writeFile(path, whole.subarray(0, 10)),
      () => writeFile(path, ""),
    ]) {
      await damage();
      expect(await cacheEntry(basename(path, ".program"))!.read()).toBeUndefined();
      await damage();
      expect(await run()).toEqual(first);
      expect(await cacheEntry(basename(path, ".program"))!.read()).toBeDefined();
    }
  });

  it("serves several at once, who leave one whole entry behind", async () => {
    const results = await Promise.all([run(), run(), run(), run()]);
    expect(new Set(results.map((values) => values.join())).size).toBe(1);
    const { path } = await entry();
    const before = await readFile(path);
    expect(await run()).toEqual(results[0]);
    expect((await readFile(path)).equals(before)).toBe(true);
  });

  it("does without a folder that cannot be made, and without any when it is off", async () => {
    const expected = await run();
    const file = join(folder, "file");
    await writeFile(file, "");
    vi.stubEnv("CLIPSTEER_CACHE", join(file, "below"));
    expect(await run()).toEqual(expected);
    vi.stubEnv("CLIPSTEER_CACHE", "off");
    expect(cacheFolder()).toBeUndefined();
    expect(await run()).toEqual(expected);
    expect(await readdir(folder)).toHaveLength(2);
  });

  it("stays below its capacity, dropping what was unused for longest", async () => {
    const at = (name: string, room?: { capacity: number }) => cacheEntry(name, { folder, ...room })!;
    const signature = { nodes: 1, used: ["x"], returned: ["y"] };
    const add = async (name: string, size: number): Promise<void> => {
      const one = at(name, { capacity: 1000 });
      const path = (await one.reserve())!;
      await writeFile(path, new Uint8Array(size));
      await one.add(path, signature);
      expect(await one.read()).toEqual({ model: new Uint8Array(size), signature });
    };
    const age = async (seconds: number): Promise<void> => {
      for (const name of await readdir(folder)) {
        const { mtimeMs } = await stat(join(folder, name));
        await utimes(join(folder, name), mtimeMs / 1000 - seconds, mtimeMs / 1000 - seconds);
      }
    };
    await add("first", 250);
    await age(60);
    await add("second", 250);
    await age(60);
    await at("first").read(); // makes the second the one unused for longest
    await add("third", 450);
    expect((await at("first").read())?.model).toHaveLength(250);
    expect(await at("second").read()).toBeUndefined();
    expect((await at("third").read())?.model).toHaveLength(450);
  });

  it("lies where the environment says", () => {
    expect(cacheFolder({ XDG_CACHE_HOME: "/a" })).toBe(join("/a", "clipsteer", "programs"));
    expect(cacheFolder({ CLIPSTEER_CACHE: "/b", XDG_CACHE_HOME: "/a" })).toBe("/b");
  });
});
