import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makeFolder, openCacheFolder, findUserCacheFolder } from "../../src/files/index.js";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "clipsteer-cache-folder-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("the user's cache folder", () => {
  it.each<[environment: Record<string, string>, platform: NodeJS.Platform, expected: string]>([
    [{ XDG_CACHE_HOME: "/x", HOME: "/h" }, "linux", "/x"],
    [{ XDG_CACHE_HOME: "", HOME: "/h" }, "linux", "/h/.cache"],
    [{ XDG_CACHE_HOME: "relative", HOME: "/h" }, "linux", "/h/.cache"],
    [{ HOME: "/h" }, "darwin", "/h/.cache"],
    [{ LOCALAPPDATA: "/local", HOME: "/h" }, "win32", "/local"],
    [{ LOCALAPPDATA: "/local", HOME: "/h" }, "linux", "/h/.cache"],
  ])("of %o on %s is %s", (environment, platform, expected) => {
    expect(findUserCacheFolder(environment, platform)).toBe(expected);
  });
});

describe("a cache folder", () => {
  it("is the user's alone and tagged as a cache", async () => {
    const path = join(folder, "a", "b");
    expect(await openCacheFolder(path)).toBe(path);
    expect((await stat(path)).mode & 0o777).toBe(0o700);
    expect(await readFile(join(path, "CACHEDIR.TAG"), "utf8")).toMatch(
      /^Signature: 8a477f597d28d172789f06886806bc55\n/,
    );
    expect(await openCacheFolder(path)).toBe(path);
  });

  it("gets its tag where a full disk left it empty", async () => {
    await writeFile(join(folder, "CACHEDIR.TAG"), "");
    expect(await openCacheFolder(folder)).toBe(folder);
    expect((await stat(join(folder, "CACHEDIR.TAG"))).size).toBeGreaterThan(40);
  });

  it.each(["/proc/clipsteer", "/proc/a/b/c", "/dev/null/clipsteer"])(
    "below %s is done without, with one warning",
    async (path) => {
      const warnings: string[] = [];
      const options = { onWarning: (message: string) => warnings.push(message) };
      expect(await openCacheFolder(path, options)).toBeUndefined();
      expect(await openCacheFolder(path, options)).toBeUndefined();
      expect(warnings).toEqual([
        expect.stringMatching(/^\/.*: cannot be used as a cache \(E[A-Z]+\); continuing without it$/),
      ]);
    },
  );

  it("is not there where caches are off", async () => {
    expect(await openCacheFolder(undefined)).toBeUndefined();
  });
});

describe("making a folder", () => {
  it("makes those above it, also twice at once, and refuses a file in the way", async () => {
    const path = join(folder, "a", "b", "c");
    await Promise.all([makeFolder(path), makeFolder(path), makeFolder(path)]);
    expect((await stat(path)).isDirectory()).toBe(true);
    await writeFile(join(folder, "file"), "");
    await expect(makeFolder(join(folder, "file"))).rejects.toThrow(/EEXIST/);
    await expect(makeFolder(join(folder, "file", "below"))).rejects.toThrow(/ENOTDIR/);
    await expect(makeFolder("/proc/clipsteer/a")).rejects.toThrow(/ENOENT/);
  });
});
