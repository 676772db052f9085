import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { removeOldBuild, swapBuild } from "../swapBuild.js";

const swap = swapBuild as (from: string, to: string, entries: readonly string[]) => void;
const removeOld = removeOldBuild as (folder: string) => void;

let place = "";
beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), "clipsteer-swap-"));
});
afterEach(() => rm(place, { recursive: true }));

/** A build whose entry point loads a part at once and another one later; it prints the versions of all three. */
async function build(version: number): Promise<void> {
  const folder = join(place, "new");
  await mkdir(join(folder, "cli"), { recursive: true });
  await mkdir(join(folder, "parts"));
  for (const part of ["a", "b"])
    await writeFile(join(folder, "parts", `${part}-${version}.js`), `export const version = ${version};\n`);
  await writeFile(
    join(folder, "cli/main.js"),
    `import { version as first } from "../parts/a-${version}.js";
await new Promise((done) => setTimeout(done, Number(process.argv[2])));
const { version: later } = await import("../parts/b-${version}.js");
console.log(${version}, first, later);\n`,
  );
  swap(folder, join(place, "dist"), ["cli/main.js"]);
}

/** Runs the entry point. @returns what it prints, errors too. */
const start = (delay: number): Promise<string> =>
  new Promise((done) => {
    const child = spawn(process.execPath, [join(place, "dist/cli/main.js"), String(delay)]);
    let text = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (data: Buffer) => (text += data.toString()));
    child.on("close", () => done(text.trim()));
  });

it("commands start and go on while builds take each other's place", async () => {
  await build(1);
  const running = start(1500);
  await new Promise((done) => setTimeout(done, 700));
  await build(2);
  expect(await running).toMatch(/^(1 1 1|2 2 2)$/);
  let isOver = false;
  const building = (async () => {
    for (let version = 3; !isOver; version++) {
      await build(version);
      await new Promise((done) => setTimeout(done, 400));
    }
  })();
  const printed = [];
  for (let turn = 0; turn < 12; turn++) printed.push(await start(0));
  isOver = true;
  await building;
  for (const line of printed) expect(line).toMatch(/^(\d+) \1 \1$/);
});

it("entry points come last: a build whose parts cannot be moved leaves those of the build before", async () => {
  await build(1);
  await writeFile(join(place, "dist/later"), "a file where a folder of the next build goes\n");
  await mkdir(join(place, "new/later"), { recursive: true });
  await writeFile(join(place, "new/later/part.js"), "");
  await expect(build(2)).rejects.toThrow(/EEXIST|ENOTDIR/);
  expect(await start(0)).toBe("1 1 1");
});

it("parts of the last build stay, those before go, and a package has the newest alone", async () => {
  const parts = async (): Promise<string[]> => (await readdir(join(place, "dist/parts"))).sort();
  await build(1);
  await build(2);
  await build(3);
  expect(await parts()).toEqual(["a-2.js", "a-3.js", "b-2.js", "b-3.js"]);
  removeOld(join(place, "dist"));
  expect(await parts()).toEqual(["a-3.js", "b-3.js"]);
  expect(await start(0)).toBe("3 3 3");
});
