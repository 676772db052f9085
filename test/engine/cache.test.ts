import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, readdir, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createCacheEntry, findProgramCache } from "../../src/engine/cache.js";
import { type TensorFunction, compile } from "../../src/engine/index.js";
import * as files from "../../src/files/cacheFolder.js";
import { type HostTensor, createRandom, hostFloats, deferFloats } from "../../src/tensor/index.js";
import * as tf from "../../src/tf.js";

const digestOf = (text: string): string => createHash("sha256").update(text).digest("hex");
const random = createRandom("cache");
const floats = (...shape: [number, number]): HostTensor =>
  hostFloats(random.stream(`${shape}`).normals(shape[0] * shape[1]), shape);
const fn: TensorFunction = ({ x, w }) => ({ y: tf.tanh(tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D)) });
const [x, w] = [floats(3, 20), floats(20, 30)];
let root: string;
let folder: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "clipsteer-cache-"));
  folder = join(root, "clipsteer-programs");
  vi.stubEnv("CLIPSTEER_CACHE", root);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await rm(root, { recursive: true });
});

/** Names of the cached programs, and of any file that is no tag. */
const names = async (): Promise<string[]> =>
  (await readdir(folder).catch(() => [])).filter((name) => name !== "CACHEDIR.TAG");

async function run(weights = { w }, inputs = { x }): Promise<number[]> {
  const program = await compile(fn, inputs, { weights });
  const { y } = await program.run(inputs);
  await program.dispose();
  return [...y!.data];
}

/** The one entry, and the time it was written. */
async function entry(): Promise<{ path: string; written: number }> {
  const found = await names();
  expect(found).toHaveLength(1);
  const path = join(folder, found[0]!);
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
    expect(await names()).toHaveLength(2);
  });

  it("neither records a program with a recipe again nor reads its weights", async () => {
    let calls = 0;
    const counted: TensorFunction = (tensors) => (calls++, fn(tensors));
    const deferWeight = (values: () => Float32Array): HostTensor => deferFloats([20, 30], values, "these");
    const runOnce = async (weight: HostTensor, recipe: unknown): Promise<number[]> => {
      const program = await compile(counted, { x }, { weights: { w: weight }, recipe });
      const { y } = await program.run({ x });
      await program.dispose();
      return [...y!.data];
    };
    const first = await runOnce(
      deferWeight(() => w.data as Float32Array),
      1,
    );
    const unread = deferWeight(() => {
      throw new Error("read");
    });
    expect(await runOnce(unread, 1)).toEqual(first);
    expect(calls).toBe(1);
    expect(await runOnce(w, 2)).toEqual(first);
    expect(calls).toBe(2);
  });

  it("finds a program by its recipe where it uses a small part of large weights", async () => {
    let calls = 0;
    const counted: TensorFunction = (tensors) => (calls++, fn(tensors));
    const unused = deferFloats([20, 1 << 20], () => new Float32Array(20 * (1 << 20)), "80 MiB");
    const small = deferFloats([20, 30], () => w.data as Float32Array, "these");
    for (let round = 0; round < 2; round++) {
      const program = await compile(counted, { x }, { weights: { w: small, unused }, recipe: 1 });
      await program.run({ x });
      await program.dispose();
    }
    expect(calls).toBe(1);
  });

  it("keeps no program whose weights are mapped from a file, and runs it the second time too", async () => {
    const wide = hostFloats(new Float32Array(20 * (1 << 20)).fill(0.01), [20, 1 << 20]); // 80 MiB
    const first = await run({ w: wide });
    expect(await run({ w: wide })).toEqual(first);
    expect(await names()).toEqual([]);
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
      expect(await createCacheEntry(basename(path, ".program"))!.read()).toBeUndefined();
      await damage();
      expect(await run()).toEqual(first);
      expect(await createCacheEntry(basename(path, ".program"))!.read()).toBeDefined();
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

  it.each(["/dev/null", "/proc"])("does without %s as its folder", async (place) => {
    const expected = await run();
    const warned = vi.spyOn(process, "emitWarning").mockReturnValue();
    vi.stubEnv("CLIPSTEER_CACHE", place);
    expect(await run()).toEqual(expected);
    expect(await run()).toEqual(expected);
    expect(warned.mock.calls.map(([text]) => text)).toEqual([
      expect.stringMatching(/clipsteer-programs: cannot be used as a cache \(E\w+\); continuing without it/),
    ]);
  });

  it("does without any when it is off", async () => {
    vi.stubEnv("CLIPSTEER_CACHE", "off");
    expect(findProgramCache()).toBeUndefined();
    await run();
    expect(await readdir(root)).toEqual([]);
  });

  it("does without when the optimised form cannot be written, as on a full disk", async () => {
    const expected = await run();
    await rm(folder, { recursive: true });
    vi.spyOn(files, "openCacheFolder").mockResolvedValue(join(root, "gone"));
    expect(await run()).toEqual(expected);
    expect(await readdir(root)).toEqual([]);
  });

  it("makes a folder that only the user can read", async () => {
    await run();
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
  });

  it("removes no file that it has not made", async () => {
    const signature = { nodes: 1, used: ["x"], returned: ["y"] };
    const options = { folder, capacity: 1000 };
    const key = (letter: string): string => letter.repeat(64);
    await mkdir(folder, { recursive: true });
    const others = [
      "thesis.docx",
      "tax.pdf",
      "a.program",
      `${key("g")}.program`,
      "a.partial",
      "CACHEDIR.TAG",
    ];
    for (const name of others) await writeFile(join(folder, name), new Uint8Array(5000));
    for (const name of ["a", "b"]) {
      const one = createCacheEntry(key(name), options)!;
      const path = (await one.choosePath())!;
      await writeFile(path, new Uint8Array(600));
      await one.add(path, signature);
    }
    expect((await readdir(folder)).sort()).toEqual([...others, `${key("b")}.program`].sort());
  });

  it("removes what a killed process left, when it is next read; not what another process is writing", async () => {
    const fresh = join(root, "other", "clipsteer-programs"); // a folder is cleaned once a process
    vi.stubEnv("CLIPSTEER_CACHE", join(root, "first"));
    const own = (await createCacheEntry(digestOf("any"))!.choosePath())!;
    vi.stubEnv("CLIPSTEER_CACHE", join(root, "other"));
    const entry = createCacheEntry(digestOf("any"))!;
    await mkdir(fresh, { recursive: true });
    expect(basename(own)).toContain(`-${process.pid}-`);
    const { pid } = spawnSync(process.execPath, ["-e", ""]); // has ended
    const dead = basename(own).replace(`-${process.pid}-`, `-${pid}-`);
    const ofOthers = basename(own).replace(`-${process.pid}-`, `-${process.ppid}-`);
    for (const name of [dead, ofOthers]) await writeFile(join(fresh, name), "half");
    await entry.read();
    expect(await readdir(fresh)).toEqual([ofOthers]);
  });

  it("stays below its capacity, dropping what was unused for longest", async () => {
    const at = (name: string, options?: { capacity: number }) =>
      createCacheEntry(digestOf(name), { folder, ...options })!;
    const signature = { nodes: 1, used: ["x"], returned: ["y"] };
    const add = async (name: string, size: number): Promise<void> => {
      const one = at(name, { capacity: 1000 });
      const path = (await one.choosePath())!;
      await writeFile(path, new Uint8Array(size));
      await one.add(path, signature);
      expect(await one.read()).toEqual({ model: new Uint8Array(size), signature });
    };
    const age = async (seconds: number): Promise<void> => {
      for (const name of await names()) {
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

  it("reads the whole folder for its first program, and then once a sixteenth of the capacity", async () => {
    const one = join(root, "rare");
    await mkdir(one);
    const add = async (name: string, size: number): Promise<void> => {
      const entry = createCacheEntry(digestOf(name), { folder: one, capacity: 16_000 })!;
      const path = (await entry.choosePath())!;
      await writeFile(path, new Uint8Array(size));
      await entry.add(path, { nodes: 1, used: ["x"], returned: ["y"] });
    };
    /** Programs of another process, unused for a minute. */
    const fill = async (): Promise<string[]> => {
      const paths = ["a", "b"].map((letter) => join(one, `${letter.repeat(64)}.program`));
      for (const path of paths) {
        await writeFile(path, new Uint8Array(9000));
        await utimes(path, Date.now() / 1000 - 60, Date.now() / 1000 - 60);
      }
      return paths;
    };
    const countOld = (paths: readonly string[]): number => paths.filter((path) => existsSync(path)).length;
    const old = await fill();
    await add("first", 100);
    expect(countOld(old)).toBe(1);
    await fill();
    await add("second", 100);
    expect(countOld(old)).toBe(2);
    await add("third", 900);
    expect(countOld(old)).toBe(1);
  });

  it("lies in a folder of its own where the environment says", () => {
    expect(findProgramCache({ XDG_CACHE_HOME: "/a" })).toBe(join("/a", "clipsteer", "programs"));
    expect(findProgramCache({ CLIPSTEER_CACHE: "/b", XDG_CACHE_HOME: "/a" })).toBe("/b/clipsteer-programs");
    for (const xdg of ["", "relative", undefined])
      expect(findProgramCache({ HOME: "/h", XDG_CACHE_HOME: xdg })).toBe("/h/.cache/clipsteer/programs");
  });
});
