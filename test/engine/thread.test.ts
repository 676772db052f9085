import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type TensorFunction, compile } from "../../src/engine/index.js";
import { hostFloats, hostInts } from "../../src/tensor/index.js";
import * as tf from "../../src/tf.js";

/** Some seconds of matrix products on a slow machine, tenths of a second on a quick one. */
const longStep: TensorFunction = ({ x }) => {
  let y = x as tf.Tensor2D;
  for (let layer = 0; layer < 30; layer++) y = tf.tanh(tf.matMul(y, x as tf.Tensor2D));
  return { y };
};

describe("the thread that runs programs", () => {
  it("leaves the event loop to others during a step", async () => {
    const side = 1200;
    const x = hostFloats(new Float32Array(side * side).fill(1e-3), [side, side]);
    const program = await compile(longStep, { x });
    let [turns, longest, last] = [0, 0, performance.now()];
    let running = true;
    const turn = (): void => {
      const now = performance.now();
      longest = Math.max(longest, now - last);
      last = now;
      turns++;
      if (running) setTimeout(turn, 1);
    };
    const began = performance.now();
    const done = program.run({ x }).finally(() => (running = false));
    setTimeout(turn, 1);
    await done;
    const took = performance.now() - began;
    expect(turns).toBeGreaterThan(10);
    expect(longest).toBeLessThan(took / 2);
    await program.dispose();
  });

  it("tells of a step that fails, and goes on", async () => {
    const x = hostFloats(Float32Array.of(1, 2, 3), [3]);
    const program = await compile(({ x: from, at }) => ({ y: tf.gather(from!, at as tf.Tensor1D) }), {
      x,
      at: { shape: [1], dtype: "int32" },
    });
    await expect(program.run({ x, at: hostInts(Int32Array.of(9), [1]) })).rejects.toThrow(/out of|bound/i);
    expect([...(await program.run({ x, at: hostInts(Int32Array.of(2), [1]) })).y!.data]).toEqual([3]);
    await program.dispose();
    await expect(program.run({ x, at: hostInts(Int32Array.of(2), [1]) })).rejects.toThrow("disposed of");
  });

  it("takes over the arrays of a state that goes round, and copies the others", async () => {
    const spec = { shape: [2], dtype: "float32" } as const;
    const program = await compile(({ a, b, c, d }) => ({ b: tf.addN([a!, b!, d!]), c: tf.add(c!, 1) }), {
      a: spec,
      b: spec,
      c: spec,
      d: spec,
    });
    const whole = Float32Array.of(10, 20, 30, 40);
    const pair = (first: number, second: number) => hostFloats(Float32Array.of(first, second), [2]);
    const [a, b, d] = [pair(1, 2), pair(5, 5), pair(0, 1)];
    const inputs = { a };
    const first = await program.run(inputs, { b, c: hostFloats(whole.subarray(2), [2]), d });
    expect([...first.b!.data, ...first.c!.data]).toEqual([6, 8, 31, 41]);
    expect([a, b, d].map(({ data }) => data.length)).toEqual([2, 0, 2]); // d does not come back
    expect([...whole]).toEqual([10, 20, 30, 40]);
    expect([...(await program.run(inputs, { ...first, d })).b!.data]).toEqual([7, 11]);
    await expect(program.run(inputs, { ...first, d })).rejects.toThrow(
      'input "b" is [2] float32 of 0 values',
    );
    await program.dispose();
  });

  it("gives back the arrays that it was lent, to be filled again, and keeps those that it did not need", async () => {
    const spec = { shape: [2], dtype: "float32" } as const;
    const program = await compile(({ x }) => ({ y: tf.mul(x!, 2) }), { x: spec, unused: spec });
    const lent = {
      x: hostFloats(Float32Array.of(1, 2), [2]),
      unused: hostFloats(Float32Array.of(5, 6), [2]),
    };
    const first = await program.run({}, {}, lent);
    expect(lent.x.data).toHaveLength(0);
    expect([...first.y!.data, ...first.x!.data]).toEqual([2, 4, 1, 2]);
    expect(first.unused!.data).toBe(lent.unused.data);
    first.x!.data.set([7, 8]);
    const again = await program.run({}, {}, { x: first.x!, unused: first.unused! });
    expect([...again.y!.data]).toEqual([14, 16]);
    await program.dispose();
  });
});

describe("processes", () => {
  const start = (...args: string[]): Promise<{ code: number; stdout: string }> =>
    new Promise((done) => {
      const script = join(import.meta.dirname, "child.ts");
      execFile(process.execPath, ["--import", "tsx", script, ...args], { env }, (error, stdout) =>
        done({ code: error ? Number(error.code) : 0, stdout }),
      );
    });
  let env: NodeJS.ProcessEnv = { ...process.env };

  it("end by themselves, and two that share the cache leave it whole", async () => {
    const folder = await mkdtemp(join(tmpdir(), "clipsteer-shared-"));
    env = { ...process.env, CLIPSTEER_CACHE: folder };
    const [one, two] = await Promise.all([start(), start()]);
    expect([one!.code, two!.code]).toEqual([0, 0]);
    expect(JSON.parse(one!.stdout)).toHaveLength(500);
    expect(two!.stdout).toBe(one!.stdout);
    const programs = join(folder, "clipsteer-programs");
    const names = await readdir(programs);
    const [program, ...others] = names.filter((name) => name.endsWith(".program"));
    expect(others).toEqual([]);
    const before = await readFile(join(programs, program!));
    expect(await start()).toEqual(one);
    expect(await readdir(programs)).toEqual(names);
    expect((await readFile(join(programs, program!))).equals(before)).toBe(true);
    await rm(folder, { recursive: true });
  });

  it("can exit in the middle of a step, and leave no record for ONNX Runtime's maker", async () => {
    const home = await mkdtemp(join(tmpdir(), "clipsteer-home-"));
    env = { ...process.env, CLIPSTEER_CACHE: "off", HOME: home, XDG_CACHE_HOME: home };
    delete env.ORT_DISABLE_TELEMETRY;
    expect(await start("exit")).toEqual({ code: 3, stdout: "" });
    expect(await readdir(home)).toEqual([]);
    await rm(home, { recursive: true });
  });
});
