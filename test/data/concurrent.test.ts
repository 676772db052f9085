import { setTimeout as wait } from "node:timers/promises";
import { expect, it } from "vitest";
import { forEachConcurrently } from "../../src/data/concurrent.js";

it("begins no item after a failure, and waits for those in work before it throws", async () => {
  const ended: number[] = [];
  const work = async (item: number): Promise<void> => {
    if (item === 1) throw new Error("the disk is full");
    await wait(20);
    ended.push(item);
  };
  const items = Array.from({ length: 20 }, (_, at) => at);
  await expect(forEachConcurrently(items, work, { workers: 3 })).rejects.toThrow("the disk is full");
  expect(ended.sort()).toEqual([0, 2]);
});

it("works through all items, and counts them", async () => {
  const done: number[] = [];
  const seen: number[] = [];
  await forEachConcurrently([5, 6, 7], (item) => Promise.resolve(void seen.push(item)), {
    workers: 2,
    onProgress: (count) => done.push(count),
  });
  expect(seen.sort()).toEqual([5, 6, 7]);
  expect(done).toEqual([1, 2, 3]);
});
