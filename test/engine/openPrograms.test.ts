import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Program, compile } from "../../src/engine/index.js";
import {
  countOpenPrograms,
  limitOpen,
  mostBytes,
  mostOpen,
  sumOpenBytes,
} from "../../src/engine/openPrograms.js";
import type { RemoteSession } from "../../src/engine/thread.js";
import { hostFloats } from "../../src/tensor/index.js";
import * as tf from "../../src/tf.js";

const x = hostFloats(Float32Array.of(1, 2), [2]);
const threads = (): number => readdirSync("/proc/self/task").length;

/** A program that adds a number, with one thread of its own. */
const adding = (number: number): Promise<Program> =>
  compile(({ x: given }) => ({ y: tf.add(given!, number) }), { x }, { threads: 2 });
const sumOf = async (program: Program): Promise<number[]> => [...(await program.run({ x })).y!.data];

/** Opens programs of given sizes that compute nothing, and notes by their numbers which are opened again and closed. */
function openSizes(sizes: readonly number[]) {
  const [opened, closed]: [number[], number[]] = [[], []];
  const waits = new Map<number, Promise<void>>();
  const programs: RemoteSession[] = [];
  const open = (bytes: number): void => {
    const number = programs.length;
    const session: RemoteSession = {
      bytes,
      run: async () => {
        await waits.get(number);
        return [];
      },
      close: () => Promise.resolve(void closed.push(number)),
    };
    const reopen = (): Promise<RemoteSession> => {
      opened.push(number);
      return Promise.resolve(session);
    };
    programs.push(limitOpen(session, reopen));
  };
  sizes.forEach(open);
  /** Lets runs of programs wait. @returns a function that ends them. */
  const hold = (numbers: Iterable<number>): (() => void) => {
    let release!: () => void;
    const wait = new Promise<void>((resolve) => (release = resolve));
    for (const number of numbers) waits.set(number, wait);
    return release;
  };
  return { programs, opened, closed, open, hold };
}

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
    const { programs, opened, closed, hold } = openSizes([0, 1, 2, 3, 4, 5].map(() => quarter));
    const isWithin = (): boolean => sumOpenBytes() <= mostBytes;
    expect(before).toBeLessThan(quarter);
    expect(isWithin()).toBe(true);
    await expect.poll(() => closed).toEqual([0, 1]);
    await programs[0]!.run([], []); // opens it again, for which the one unused for longest is closed
    expect(opened).toEqual([0]);
    await expect.poll(() => closed).toEqual([0, 1, 2]);
    expect(isWithin()).toBe(true);
    // All at once stay open while they run; afterwards the limit holds again.
    const release = hold(programs.keys());
    const runs = programs.map((program) => program.run([], []));
    // Those whose run began later were closed for the first ones, and opened again for their own.
    await expect.poll(() => closed).toEqual([0, 1, 2, 3, 4, 5]);
    expect(opened).toEqual([0, 1, 2, 3, 4, 5]);
    expect(sumOpenBytes()).toBe(before + 6 * quarter);
    release();
    await Promise.all(runs);
    expect(isWithin()).toBe(true);
    await expect.poll(() => closed.slice(6)).toEqual([0, 1]);
    await Promise.all(programs.map((program) => program.close()));
    expect(sumOpenBytes()).toBe(before);
  });

  it("closes nothing that would free nothing", async () => {
    const before = countOpenPrograms();
    const { programs, closed } = openSizes([0, mostBytes, 0, mostBytes, 0]);
    await expect.poll(() => closed).toEqual([1]);
    await programs[1]!.run([], []);
    await expect.poll(() => closed).toEqual([1, 3]);
    expect(countOpenPrograms()).toBe(before + 4);
    await Promise.all(programs.map((program) => program.close()));
  });

  it("does not close the program that was just opened or used, whatever its size", async () => {
    const before = sumOpenBytes();
    const { programs, opened, closed, hold, open } = openSizes([1]);
    const release = hold([0]);
    const run = programs[0]!.run([], []);
    open(2 * mostBytes);
    await programs[1]!.run([], []);
    expect([opened, closed]).toEqual([[], []]);
    expect(sumOpenBytes()).toBe(before + 1 + 2 * mostBytes);
    release();
    await run;
    await expect.poll(() => closed).toEqual([1]);
    for (let count = 0; count < 3; count++) await programs[1]!.run([], []);
    expect([opened, closed]).toEqual([[1], [1, 0]]);
    await Promise.all(programs.map((program) => program.close()));
    expect(sumOpenBytes()).toBe(before);
  });
});
