import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Program, compile } from "../../src/engine/index.js";
import { limitOpen, mostBytes, mostOpen, sumOpenBytes } from "../../src/engine/openPrograms.js";
import { hostFloats } from "../../src/tensor/index.js";
import * as tf from "../../src/tf.js";

const x = hostFloats(Float32Array.of(1, 2), [2]);
const threads = (): number => readdirSync("/proc/self/task").length;

/** A program that adds a number, with one thread of its own. */
const adding = (number: number): Promise<Program> =>
  compile(({ x: given }) => ({ y: tf.add(given!, number) }), { x }, { threads: 2 });
const sumOf = async (program: Program): Promise<number[]> => [...(await program.run({ x })).y!.data];

describe("a process with many programs", () => {
  it("has a bounded number of them open, and opens the others again when they run", async () => {
    const first = await adding(0);
    const before = process.platform === "linux" ? threads() : 0;
    const programs = [first];
    for (let number = 1; number < mostOpen + 8; number++) programs.push(await adding(number));
    if (process.platform === "linux") expect(threads() - before).toBeLessThanOrEqual(mostOpen);
    for (const [number, program] of programs.entries())
      expect(await sumOf(program)).toEqual([1 + number, 2 + number]);
    const together = await Promise.all([...programs, ...programs].map(sumOf));
    expect(together).toEqual(
      [...programs.keys(), ...programs.keys()].map((number) => [1 + number, 2 + number]),
    );
    await sumOf(first); // after those that were closed
    if (process.platform === "linux") expect(threads() - before).toBeLessThanOrEqual(mostOpen);
    await Promise.all(programs.map((program) => program.dispose()));
    await expect(sumOf(first)).rejects.toThrow("disposed of");
    if (process.platform === "linux") expect(threads()).toBeLessThan(before);
  });

  it("has programs of a bounded size open, those that were used last", async () => {
    const before = sumOpenBytes();
    const quarter = mostBytes / 4;
    const opened: number[] = [];
    const closed: number[] = [];
    const sessionOf = (number: number) => ({
      bytes: quarter,
      run: () => Promise.resolve([]),
      close: () => Promise.resolve(void closed.push(number)),
    });
    const programs = [0, 1, 2, 3, 4, 5].map((number) =>
      limitOpen(sessionOf(number), () => {
        opened.push(number);
        return Promise.resolve(sessionOf(number));
      }),
    );
    const isWithin = (): boolean => sumOpenBytes() <= mostBytes;
    expect(before).toBeLessThan(quarter);
    expect(isWithin()).toBe(true);
    await expect.poll(() => closed).toEqual([0, 1]);
    await programs[0]!.run([], []); // opens it again, for which the one unused for longest is closed
    expect(opened).toEqual([0]);
    await expect.poll(() => closed).toEqual([0, 1, 2]);
    expect(isWithin()).toBe(true);
    // All at once stay open while they run; afterwards the limit holds again.
    await Promise.all(programs.map((program) => program.run([], [])));
    expect(isWithin()).toBe(true);
    await Promise.all(programs.map((program) => program.close()));
    expect(sumOpenBytes()).toBe(before);
  });
});
