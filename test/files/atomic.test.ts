import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import type * as fs from "node:fs/promises";
import {
  type FileHandle,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  appendText,
  createAtomicFile,
  openForWriting,
  removeStaleParts,
  writeAt,
  writeFileAtomic,
} from "../../src/files/index.js";

/** Operations on file handles in their order, and the one that fails. */
const disk = vi.hoisted(() => ({ log: [] as string[], full: undefined as string | undefined }));
vi.mock("node:fs/promises", async (load) => {
  const real = await load<typeof fs>();
  const watched = (handle: FileHandle): FileHandle =>
    new Proxy(handle, {
      get(target, key) {
        const value: unknown = Reflect.get(target, key, target);
        if (typeof value !== "function") return value;
        return (...args: unknown[]): unknown => {
          disk.log.push(String(key));
          if (disk.full === key)
            return Promise.reject(Object.assign(new Error("no space"), { code: "ENOSPC" }));
          return (value as (...given: unknown[]) => unknown).apply(target, args);
        };
      },
    });
  return {
    ...real,
    open: async (...args: Parameters<typeof real.open>) => watched(await real.open(...args)),
    rename: async (...args: Parameters<typeof real.rename>) => {
      disk.log.push("rename");
      if (disk.full === "rename") throw Object.assign(new Error("no space"), { code: "ENOSPC" });
      await real.rename(...args);
    },
  };
});

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "clipsteer-files-"));
  disk.log.length = 0;
  disk.full = undefined;
});
afterEach(() => rm(folder, { recursive: true }));

describe("writing a file", () => {
  it("flushes the content to disk before it gets its name, and the name after", async () => {
    const path = join(folder, "note.txt");
    await writeFileAtomic(path, "one");
    expect(disk.log).toEqual(["writeFile", "datasync", "close", "rename", "sync", "close"]);
    await writeFileAtomic(path, "two");
    expect(await readFile(path, "utf8")).toBe("two");
    expect(await readdir(folder)).toEqual(["note.txt"]);
  });

  it.each(["writeFile", "datasync", "rename"])(
    "leaves the old content and no other file when the disk is full at %s",
    async (step) => {
      const path = join(folder, "note.txt");
      await writeFile(path, "precious");
      disk.full = step;
      await expect(writeFileAtomic(path, "new")).rejects.toThrow(
        `${path}: cannot be written (ENOSPC); the disk is full; free some space`,
      );
      expect(await readFile(path, "utf8")).toBe("precious");
      expect(await readdir(folder)).toEqual(["note.txt"]);
    },
  );

  it("replaces a link instead of writing through it", async () => {
    const victim = join(folder, "victim");
    await writeFile(victim, "precious");
    await symlink(victim, join(folder, "note.txt"));
    await writeFileAtomic(join(folder, "note.txt"), "new");
    expect(await readFile(victim, "utf8")).toBe("precious");
    expect(await readFile(join(folder, "note.txt"), "utf8")).toBe("new");
  });

  it("adds to a log, never through a link, and names a full disk", async () => {
    const path = join(folder, "log");
    await appendText(path, "one\n");
    await appendText(path, "two\n");
    expect(await readFile(path, "utf8")).toBe("one\ntwo\n");
    await symlink(path, join(folder, "link"));
    await expect(appendText(join(folder, "link"), "x")).rejects.toThrow("link: cannot be written (ELOOP)");
    if (existsSync("/dev/full"))
      await expect(appendText("/dev/full", "x")).rejects.toThrow(
        "/dev/full: cannot be written (ENOSPC); the disk is full; free some space",
      );
  });

  it("names what is in the way", async () => {
    await expect(writeFileAtomic(join(folder, "none", "a"), "")).rejects.toThrow(
      /ENOENT\); choose another place/,
    );
    await mkdir(join(folder, "taken"));
    await expect(writeFileAtomic(join(folder, "taken"), "")).rejects.toThrow(/taken: cannot be written/);
    expect(await readdir(folder)).toEqual(["taken"]);
  });

  it("keeps what it was told to give up, and gives a finished file no second end", async () => {
    const path = join(folder, "a");
    const file = await createAtomicFile(path);
    await file.handle.writeFile("half");
    await file.discard();
    expect(await readdir(folder)).toEqual([]);
    const other = await createAtomicFile(path, 0o600);
    await other.commit();
    await other.discard();
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it("writes all bytes where the system takes a few at a time", async () => {
    const path = join(folder, "a");
    await writeFile(path, "..............................");
    const handle = await openForWriting(path, "update");
    const write = handle.write.bind(handle) as (
      bytes: Uint8Array,
      offset: number,
      length: number,
      position: number,
    ) => Promise<{ bytesWritten: number }>;
    let calls = 0;
    handle.write = ((bytes: Uint8Array, offset: number, length: number, position: number) => {
      calls++;
      return write(bytes, offset, Math.min(length, 7), position);
    }) as typeof handle.write;
    await writeAt(handle, Buffer.from("twenty-three bytes long"), 3);
    await handle.close();
    expect(calls).toBe(4);
    expect(await readFile(path, "utf8")).toBe("...twenty-three bytes long....");
  });

  it("is never done by a call that may write a part, outside of that loop", async () => {
    const files = (await readdir("src", { recursive: true })).filter((name) => name.endsWith(".ts"));
    const found = [];
    for (const name of files)
      if (/\b(?:handle|file|target|vectors|lines)\.write\(/.test(await readFile(join("src", name), "utf8")))
        found.push(name);
    expect(found).toEqual([join("files", "atomic.ts")]);
  });

  it("removes what a killed process left behind, and nothing of one that runs", async () => {
    const path = join(folder, "a");
    const mine = await createAtomicFile(path);
    const child = spawn(process.execPath, ["-e", ""]);
    await new Promise((done) => child.on("close", done));
    const dead = mine.part.replace(`-${process.pid}-`, `-${child.pid}-`);
    const elsewhere = mine.part
      .replace(/clipsteer-[0-9a-f]{8}/, "clipsteer-00000000")
      .replace(/-\d+-/, `-${child.pid}-`);
    for (const name of [dead, elsewhere, join(folder, ".other.part")]) await writeFile(name, "x");
    await removeStaleParts(folder);
    expect((await readdir(folder)).map((name) => join(folder, name)).sort()).toEqual(
      [mine.part, elsewhere, join(folder, ".other.part")].sort(),
    );
    await mine.discard();
  });

  it("removes what an earlier process with its number left, and what nobody has written to for a day", async () => {
    const mine = await createAtomicFile(join(folder, "a"));
    const own = new RegExp(`-${process.pid}-[0-9a-f]{8}`);
    const earlier = mine.part.replace(own, `-${process.pid}-00000000`);
    const elsewhere = mine.part.replace(/clipsteer-[0-9a-f]{8}/, "clipsteer-00000000");
    const others = mine.part.replace(own, `-${process.ppid}-00000000`);
    const ages = [
      [mine.part, 3600],
      [earlier, 3600],
      [elsewhere, 90_000],
      [others, 90_000],
    ] as const;
    for (const [path, age] of ages) {
      await writeFile(path, "x");
      await utimes(path, performance.timeOrigin / 1000 - age, performance.timeOrigin / 1000 - age);
    }
    await removeStaleParts(folder);
    expect(await readdir(folder)).toEqual([basename(mine.part)]);
    await mine.discard();
  });

  it("removes what another process leaves later, when it writes the next file", async () => {
    const child = spawn(process.execPath, ["-e", "setTimeout(() => undefined, 60_000)"]);
    const ended = new Promise((done) => child.on("close", done));
    const mine = await createAtomicFile(join(folder, "a"));
    const others = mine.part.replace(`-${process.pid}-`, `-${child.pid}-`);
    await mine.discard();
    const next = join(folder, "next");
    await mkdir(next);
    const path = join(next, basename(others));
    await writeFile(path, "half");
    await writeFileAtomic(join(next, "a"), "a");
    expect(existsSync(path)).toBe(true);
    child.kill("SIGKILL");
    await ended;
    await writeFileAtomic(join(next, "b"), "b");
    expect(await readdir(next)).toEqual(["a", "b"]);
  });
});
