import { execFile } from "node:child_process";
import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import * as source from "../../src/index.js";
import { writeTinyPack } from "../tiny.js";

const node = async (...args: string[]): Promise<string> =>
  (await promisify(execFile)(process.execPath, args)).stdout;

// Tests run from the source; these run what `npm ci` built, the last time that it did.
it("runs as built: makes a picture in one command", async () => {
  const out = await mkdtemp(join(tmpdir(), "clipsteer-built-"));
  const small = ["--steps", "2", "--views", "2", "--candidates", "3", "--seed", "1"];
  const given = ["a red heart", "--generator", await writeTinyPack(), ...small, "--out", out, "--json"];
  const printed = await node(resolve("bin/clipsteer.js"), "generate", ...given);
  const { images } = JSON.parse(printed) as { images: string[] };
  expect((await readFile(images[0]!)).subarray(1, 4).toString()).toBe("PNG");
});

it("gives the names of the public API as built", async () => {
  const printed = await node("-e", 'import("clipsteer").then((all) => console.log(Object.keys(all).join()))');
  expect(printed.trim().split(",").sort()).toEqual(Object.keys(source).sort());
});
