import { execFileSync, spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, readdir, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { runLocked } from "../../src/files/index.js";

/** Each test has a folder of its own, and a lock in it. */
const it = test.extend<{ folder: string; path: string }>({
  folder: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), "clipsteer-lock-"));
    await use(folder);
    await rm(folder, { recursive: true });
  },
  path: async ({ folder }, use) => use(join(folder, "lock")),
});

const purpose = "write here";

// A refusal takes three seconds, in which the other tests run.
describe.concurrent("a lock", () => {
  it("lets one in at a time, and is gone afterwards", async ({ path, folder }) => {
    let inside = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      most = Math.max(most, ++inside);
      await pause(20);
      inside--;
    };
    await Promise.all(Array.from({ length: 5 }, () => runLocked(path, { purpose, wait: true }, work)));
    expect(most).toBe(1);
    expect(await readdir(folder)).toEqual([]);
    await expect(runLocked(path, { purpose }, () => Promise.reject(new Error("x")))).rejects.toThrow("x");
    expect(await readdir(folder)).toEqual([]);
  });

  it("names the process that holds it", async ({ path }) => {
    await runLocked(path, { purpose }, async () => {
      await expect(runLocked(path, { purpose }, () => Promise.resolve())).rejects.toThrow(
        `another process (${process.pid} on ${hostname()}) holds the lock to write here; wait for it, or delete this file`,
      );
      expect(JSON.parse(await readFile(path, "utf8"))).toMatchObject({ pid: process.pid });
    });
  });

  it("is taken over from a process that no longer runs, by one of many", async ({ path, folder }) => {
    const child = spawn(process.execPath, ["-e", ""]);
    await new Promise((done) => child.on("close", done));
    await writeFile(path, JSON.stringify({ pid: child.pid, host: hostname() }));
    let inside = 0;
    await Promise.all(
      Array.from({ length: 8 }, () =>
        runLocked(path, { purpose, wait: true }, async () => {
          expect(++inside).toBe(1);
          await pause(5);
          inside--;
        }),
      ),
    );
    expect(await readdir(folder)).toEqual([]);
  });

  it("is waited for while the process that holds it ends", async ({ path }) => {
    const child = spawn(process.execPath, ["-e", "setTimeout(() => undefined, 1000)"]);
    await writeFile(path, JSON.stringify({ pid: child.pid, host: hostname() }));
    expect(await runLocked(path, { purpose }, () => Promise.resolve(7))).toBe(7);
    expect(child.exitCode ?? child.signalCode).not.toBeNull();
  });

  it("of an earlier process with the same number is taken over, as in a container that starts again", async ({
    path,
  }) => {
    await writeFile(path, JSON.stringify({ pid: process.pid, host: hostname(), token: "00000000" }));
    const before = performance.timeOrigin / 1000 - 60;
    await utimes(path, before, before);
    const began = performance.now();
    expect(await runLocked(path, { purpose }, () => Promise.resolve(7))).toBe(7);
    expect(performance.now() - began).toBeLessThan(2000);
  });

  it.skipIf(process.platform === "win32")(
    "that is no lock is refused in a line, quickly",
    async ({ path }) => {
      const refused = async (at: string): Promise<void> => {
        const signal = AbortSignal.timeout(10_000);
        await expect(runLocked(at, { purpose, wait: true, signal }, () => Promise.resolve())).rejects.toThrow(
          `${at}: is not a lock file; delete it`,
        );
      };
      const unknown = async (content: string, at: number): Promise<void> => {
        await writeFile(`${path}${at}`, content);
        await expect(runLocked(`${path}${at}`, { purpose }, () => Promise.resolve())).rejects.toThrow(
          /another process \(unknown\) holds/,
        );
      };
      const [directory, pipe, link] = [`${path}-directory`, `${path}-pipe`, `${path}-link`];
      await mkdir(directory);
      execFileSync("mkfifo", [pipe]);
      await symlink("nowhere", link);
      await Promise.all([...[directory, pipe, link].map(refused), ...["null", "x".repeat(1e6)].map(unknown)]);
    },
  );

  it("of another machine is taken over once it shows no sign of life", async ({ path }) => {
    await writeFile(path, JSON.stringify({ pid: 1, host: "elsewhere" }));
    await expect(runLocked(path, { purpose }, () => Promise.resolve())).rejects.toThrow(/1 on elsewhere/);
    const long = new Date().getTime() / 1000 - 3600;
    await utimes(path, long, long);
    expect(await runLocked(path, { purpose }, () => Promise.resolve(7))).toBe(7);
  });

  it("can be given up on", async ({ path }) => {
    await runLocked(path, { purpose }, async () => {
      const signal = AbortSignal.timeout(50);
      await expect(
        runLocked(path, { purpose, wait: true, signal }, () => Promise.resolve()),
      ).rejects.toThrow();
    });
  });
});
