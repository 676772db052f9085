import { execFileSync, spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, readdir, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runLocked } from "../../src/files/index.js";

let folder = "";
let path = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "clipsteer-lock-"));
  path = join(folder, "lock");
});
afterEach(() => rm(folder, { recursive: true }));

const purpose = "write here";

describe("a lock", () => {
  it("lets one in at a time, and is gone afterwards", async () => {
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

  it("names the process that holds it", async () => {
    await runLocked(path, { purpose }, async () => {
      await expect(runLocked(path, { purpose }, () => Promise.resolve())).rejects.toThrow(
        `another process (${process.pid} on ${hostname()}) holds the lock to write here; wait for it, or delete this file`,
      );
      expect(JSON.parse(await readFile(path, "utf8"))).toMatchObject({ pid: process.pid });
    });
  });

  it("is taken over from a process that no longer runs, by one of many", async () => {
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

  it("is waited for while the process that holds it ends", async () => {
    const child = spawn(process.execPath, ["-e", "setTimeout(() => undefined, 1000)"]);
    await writeFile(path, JSON.stringify({ pid: child.pid, host: hostname() }));
    expect(await runLocked(path, { purpose }, () => Promise.resolve(7))).toBe(7);
    expect(child.exitCode ?? child.signalCode).not.toBeNull();
  });

  it("of an earlier process with the same number is taken over, as in a container that starts again", async () => {
    await writeFile(path, JSON.stringify({ pid: process.pid, host: hostname(), token: "00000000" }));
    const before = performance.timeOrigin / 1000 - 60;
    await utimes(path, before, before);
    const began = performance.now();
    expect(await runLocked(path, { purpose }, () => Promise.resolve(7))).toBe(7);
    expect(performance.now() - began).toBeLessThan(2000);
  });

  it.skipIf(process.platform === "win32")("that is no lock is refused in a line, quickly", async () => {
    const refused = async (message: RegExp): Promise<void> => {
      const signal = AbortSignal.timeout(10_000);
      await expect(runLocked(path, { purpose, wait: true, signal }, () => Promise.resolve())).rejects.toThrow(
        message,
      );
    };
    await mkdir(path);
    await refused(/lock: is not a lock file; delete it$/);
    await rm(path, { recursive: true });
    execFileSync("mkfifo", [path]);
    await refused(/is not a lock file/);
    await rm(path);
    await symlink("nowhere", path);
    await refused(/is not a lock file/);
    await rm(path);
    for (const content of ["null", "x".repeat(1e6)]) {
      await writeFile(path, content);
      await expect(runLocked(path, { purpose }, () => Promise.resolve())).rejects.toThrow(
        /another process \(unknown\) holds/,
      );
    }
  });

  it("of another machine is taken over once it shows no sign of life", async () => {
    await writeFile(path, JSON.stringify({ pid: 1, host: "elsewhere" }));
    await expect(runLocked(path, { purpose }, () => Promise.resolve())).rejects.toThrow(/1 on elsewhere/);
    const long = new Date().getTime() / 1000 - 3600;
    await utimes(path, long, long);
    expect(await runLocked(path, { purpose }, () => Promise.resolve(7))).toBe(7);
  });

  it("can be given up on", async () => {
    await runLocked(path, { purpose }, async () => {
      const signal = AbortSignal.timeout(50);
      await expect(
        runLocked(path, { purpose, wait: true, signal }, () => Promise.resolve()),
      ).rejects.toThrow();
    });
  });
});
