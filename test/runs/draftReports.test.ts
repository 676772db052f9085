import { expect, it } from "vitest";
import { createDraftReports } from "../../src/runs/draftReports.js";
import type { DraftingEvent } from "../../src/runs/index.js";

const at = (done: number) => ({ stage: "drafts", done, total: 3 }) as const;

/** A promise that the test settles. */
function openPromise() {
  let [resolve, reject] = [(_: string): void => undefined, (_: Error): void => undefined];
  const promise = new Promise<string>((yes, no) => ([resolve, reject] = [yes, no]));
  return { promise, resolve, reject };
}

it("yields the reports that arrive while a promise is pending, and returns its value", async () => {
  const reports = createDraftReports();
  const { promise, resolve } = openPromise();
  const events = reports.yieldDuring(promise, 2);
  reports.add(at(1));
  expect((await events.next()).value).toEqual({ type: "drafting", run: 2, ...at(1) });
  const second = events.next();
  reports.add(at(2));
  expect(((await second).value as DraftingEvent).done).toBe(2);
  const last = events.next();
  resolve("drawn");
  expect(await last).toEqual({ done: true, value: "drawn" });
});

it("drops reports that a slow consumer is late for, and rethrows the error of the promise", async () => {
  const reports = createDraftReports();
  const { promise, reject } = openPromise();
  const events = reports.yieldDuring(promise, 0);
  reports.add(at(1));
  reports.add(at(2));
  expect(((await events.next()).value as DraftingEvent).done).toBe(2);
  const last = events.next();
  reject(new Error("out of memory"));
  await expect(last).rejects.toThrow("out of memory");
});

it("waits for the promise when its consumer ends early, since programs are still in use", async () => {
  const reports = createDraftReports();
  const { promise, resolve } = openPromise();
  const events = reports.yieldDuring(promise, 0);
  reports.add(at(1));
  await events.next();
  let hasEnded = false;
  const end = events.return("nothing").then(() => (hasEnded = true));
  await new Promise((done) => setTimeout(done, 10));
  expect(hasEnded).toBe(false);
  resolve("drawn");
  await end;
});
