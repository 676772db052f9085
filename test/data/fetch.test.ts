import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { judgeSets } from "../../src/data/judgeSets.js";
import { packageIntegrity } from "../../src/data/integrity.js";
import * as sources from "../../src/data/sources.js";
import { createNpmFetcher, readPackage } from "../../src/data/fetch.js";
import { hashSha256 } from "../../src/files/index.js";
import { DownloadError } from "../../src/errors.js";
import { packageOf } from "./fixture.js";

const all = (): boolean => true;
const sample = packageOf({ "icons.json": "x".repeat(700), "meta/empty.json": "", "en/data.json": "y" });

test("reads the wanted files of a package", async () => {
  const files = await readPackage(sample, (path) => path !== "en/data.json");
  expect([...files].map(([path, body]) => [path, body.toString()])).toEqual([
    ["icons.json", "x".repeat(700)],
    ["meta/empty.json", ""],
  ]);
});

test("any truncated archive is an error, whether the gzip or the tar in it is cut", async () => {
  const tar = gunzipSync(sample);
  await fc.assert(
    fc.asyncProperty(fc.nat(sample.length - 1), fc.nat(tar.length - 1025), async (zipped, plain) => {
      await expect(readPackage(sample.subarray(0, zipped), all)).rejects.toThrow(DownloadError);
      await expect(readPackage(gzipSync(tar.subarray(0, plain)), all)).rejects.toThrow(DownloadError);
    }),
    { numRuns: 50, seed: 1 },
  );
});

test.each(["77777777777", "-0000000001", "99999999999"])("a size of %s is an error", async (size) => {
  const tar = gunzipSync(sample);
  tar.write(size, 124);
  await expect(readPackage(gzipSync(tar), all)).rejects.toThrow(/truncated/);
});

test("a package in the cache is not fetched again", async () => {
  const cache = await mkdtemp(join(tmpdir(), "clipsteer-cache-"));
  try {
    await writeFile(join(cache, "a-package-1.0.0.tgz"), sample);
    const hash = `sha512-${createHash("sha512").update(sample).digest("base64")}`;
    const fetch = createNpmFetcher(cache, true, { "@a/package@1.0.0": hash });
    expect(hashSha256(await fetch("@a/package", "1.0.0"))).toBe(hashSha256(sample));
  } finally {
    await rm(cache, { recursive: true });
  }
});

test("a folder that a killed process fetched into is removed by the next one", async () => {
  const cache = await mkdtemp(join(tmpdir(), "clipsteer-cache-"));
  const { pid } = spawnSync(process.execPath, ["--version"]);
  const host = createHash("sha256").update(hostname()).digest("hex").slice(0, 8);
  const left = join(cache, `clipsteer-scratch-${host}-${pid}-abcdef`);
  const used = join(cache, `clipsteer-scratch-${host}-${process.pid}-abcdef`);
  try {
    for (const folder of [left, used]) await mkdir(folder);
    await writeFile(join(left, "half.tgz"), "");
    await expect(createNpmFetcher(cache, true)("a", "1.0.0")).rejects.toThrow("is not in");
    expect(await readdir(cache)).toEqual([basename(used)]);
  } finally {
    await rm(cache, { recursive: true });
  }
});

test("a package with another hash than the pinned one is refused, and every package that is used is pinned", async () => {
  const cache = await mkdtemp(join(tmpdir(), "clipsteer-cache-"));
  try {
    await writeFile(join(cache, "iconify-json-noto-1.2.9.tgz"), sample);
    await expect(createNpmFetcher(cache, true)("@iconify-json/noto", "1.2.9")).rejects.toThrow(
      /^@iconify-json\/noto@1.2.9: .* has another SHA-512 \(sha512-.*\) than the one that is pinned/,
    );
  } finally {
    await rm(cache, { recursive: true });
  }
  const used = JSON.stringify([Object.values(sources), judgeSets]).matchAll(
    /"package":"([^"]+)","version":"([^"]+)"/g,
  );
  const names = [...used].map(([, name, version]) => `${name}@${version}`);
  expect(names.length).toBeGreaterThan(10);
  expect(Object.keys(packageIntegrity).sort()).toEqual([...new Set(names)].sort());
});
