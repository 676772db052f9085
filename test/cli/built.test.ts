import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { beforeAll, expect, it } from "vitest";
import * as source from "../../src/index.js";
import { writeTinyPack } from "../tiny.js";
import { buildProgram } from "./spawn.js";

const node = async (...args: string[]): Promise<string> =>
  (await promisify(execFile)(process.execPath, args)).stdout;

// Most tests run from the source; these run the build.
let program = "";
beforeAll(async () => {
  program = await buildProgram();
}, 600_000);

const small = ["--steps", "2", "--views", "2", "--candidates", "3", "--seed", "1"];

it("runs as built: makes a picture in one command", async () => {
  const out = await mkdtemp(join(tmpdir(), "clipsteer-built-"));
  const given = ["a red heart", "--generator", await writeTinyPack(), ...small, "--out", out, "--json"];
  const printed = await node(program, "generate", ...given);
  const { images } = JSON.parse(printed) as { images: string[] };
  expect((await readFile(images[0]!)).subarray(1, 4).toString()).toBe("PNG");
});

it("finds the files beside libraries as built: the list of English words", async () => {
  const out = await mkdtemp(join(tmpdir(), "clipsteer-built-"));
  const printed = await node(program, "generate", "a giraf", "--size", "64", "--out", out, "--json");
  const { images } = JSON.parse(printed) as { images: string[] };
  expect(images[0]).toMatch(/giraffe/);
});

it("gives the names of the public API as built", async () => {
  const printed = await node("-e", 'import("clipsteer").then((all) => console.log(Object.keys(all).join()))');
  expect(printed.trim().split(",").sort()).toEqual(Object.keys(source).sort());
});

it("loads undici for requests alone: its WebAssembly module needs more address space than a limit may allow", async () => {
  const out = await mkdtemp(join(tmpdir(), "clipsteer-built-"));
  const args = ["generate", "a red heart", "--generator", await writeTinyPack(), ...small, "--out", out];
  const loaded = "Object.keys(require.cache).filter((path) => path.includes('/undici/')).length";
  const [path, given] = [resolve("dist/cli/main.js"), args].map((value) => JSON.stringify(value));
  const code = `import(${path}).then(({ main }) => main(${given})).then((code) => console.log(code, ${loaded}))`;
  expect((await node("-e", code)).trimEnd().split("\n").at(-1)).toBe("0 0");
});

it.skipIf(process.platform === "win32")("says in a line that too many files are open", async () => {
  const args = ["-c", 'ulimit -n "$0" && exec "$@"', "22", process.execPath, program, "doctor"];
  await expect(promisify(execFile)("sh", args)).rejects.toMatchObject({
    code: 1,
    stderr: "error: too many open files; raise the limit (ulimit -n 256)\n",
  });
});

it("declares its types without an error of its own under nodenext and skipLibCheck false", async () => {
  const folder = await mkdtemp(join(tmpdir(), "clipsteer-types-"));
  await mkdir(join(folder, "node_modules"));
  await symlink(resolve("."), join(folder, "node_modules/clipsteer"));
  await writeFile(join(folder, "package.json"), '{"type":"module"}');
  await writeFile(
    join(folder, "user.ts"),
    `import { openSession } from "clipsteer";
     const session = await openSession("stickers");
     const { picture } = await session.generate("a red heart", { steps: 2 });
     export const bytes: Uint8Array = picture.bytes;
     export const wrong: string = picture.width;`,
  );
  const compilerOptions = {
    ...{ target: "ES2022", module: "NodeNext", moduleResolution: "NodeNext", strict: true },
    // TypeScript's own declarations of the language and of browsers are large, and not ours.
    ...{ noEmit: true, skipLibCheck: false, skipDefaultLibCheck: true, types: [] },
  };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["user.ts"] }));
  const compiler = ["--interrupt-budget=1000000", resolve("node_modules/typescript/bin/tsc")];
  const printed = await node(...compiler, "-p", folder).catch(({ stdout }: { stdout: string }) => stdout);
  const files = printed.split("\n").flatMap((line) => /^(\S+)\(\d+,\d+\): error/.exec(line)?.[1] ?? []);
  // TensorFlow.js's own declarations have errors; ours have none, and are declarations: the mistake is found.
  expect(files.filter((file) => !/node_modules\/(@tensorflow|@webgpu)\//.test(file))).toEqual([
    expect.stringContaining("user.ts"),
  ]);
}, 300_000);
