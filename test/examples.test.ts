import { execFile } from "node:child_process";
import {
  copyFile,
  cp,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildProgram } from "./cli/spawn.js";
import { nodeFlags } from "./nodeFlags.js";

const run = promisify(execFile);
const root = resolve(import.meta.dirname, "..");
const examples = join(root, "examples");
const readme = await readFile(join(root, "README.md"), "utf8");
const names = (await readdir(examples)).filter((name) => name.endsWith(".mjs"));

/** Files of more bytes, which are weights, are empty when the package is packed: npm takes seconds to compress them. */
const largestPacked = 1 << 20;

/** Copies what the package may hold to `stage`. @returns paths of the files that are too large to pack; they are empty there. */
async function stagePackage(stage: string): Promise<string[]> {
  const { files } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as { files: string[] };
  const large: string[] = [];
  for (const name of ["package.json", ...files])
    await cp(join(root, name), join(stage, name), {
      recursive: true,
      filter: async (path) => {
        const file = await stat(path);
        const isLarge = file.isFile() && file.size > largestPacked;
        if (isLarge) large.push(relative(root, path));
        return !isLarge;
      },
    });
  for (const path of large) await writeFile(join(stage, path), "");
  return large;
}

/**
 * Runs programs one after the other, each in its folder, in one process: starting one for each took half of the time. It ends when all
 * of them leave nothing running, and prints what each printed, and how it failed.
 */
const runAll = `
  import { readdir } from "node:fs/promises";
  const ended = {};
  const root = process.cwd();
  for (const { name } of (await readdir(".", { withFileTypes: true })).filter((each) => each.isDirectory())) {
    if (!(await readdir(name)).includes(name + ".mjs")) continue;
    const lines = [];
    console.log = (...values) => lines.push(values.join(" "));
    process.chdir(name);
    const error = await import(root + "/" + name + "/" + name + ".mjs").then(() => "", (cause) => String(cause?.stack ?? cause));
    process.chdir(root);
    ended[name + ".mjs"] = { error, lines };
  }
  process.stdout.write(JSON.stringify(ended));
`;

/** How each program ended, by its name. */
let ended: Readonly<Record<string, { readonly error: string; readonly lines: readonly string[] }>> = {};
let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "clipsteer-examples-"));
  await buildProgram();
  // What is published, unpacked where an installation would put it; its dependencies are those of this checkout.
  const stage = join(folder, "stage");
  const large = await stagePackage(stage);
  const { stdout } = await run("npm", ["pack", stage, "--ignore-scripts", "--json", "--silent"], {
    cwd: folder,
  });
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
  const place = join(folder, "node_modules", "clipsteer");
  await mkdir(place, { recursive: true });
  await run("tar", ["-xzf", filename, "-C", place, "--strip-components=1"], { cwd: folder });
  for (const path of large) {
    expect((await stat(join(place, path))).size).toBe(0); // it was packed
    await copyFile(join(root, path), join(place, path));
  }
  await symlink(join(root, "node_modules"), join(place, "node_modules"));
  const [, program] = /^```js\n(.*?)^```/ms.exec(readme)!;
  for (const name of [...names, "readme.mjs"]) {
    const cwd = join(folder, name.replace(".mjs", ""));
    await mkdir(cwd); // imports are resolved from the file's place
    if (name === "readme.mjs") await writeFile(join(cwd, name), program!);
    else await copyFile(join(examples, name), join(cwd, name));
  }
  await writeFile(join(folder, "all.mjs"), runAll);
  const { stdout: printed } = await run(process.execPath, [...nodeFlags, "all.mjs"], { cwd: folder });
  ended = JSON.parse(printed) as typeof ended;
}, 600_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("examples", () => {
  it("are at least six", () => {
    expect(names.length).toBeGreaterThanOrEqual(6);
  });

  it.each(names)(
    "%s runs where the package is installed, and prints the path of its result last",
    async (name) => {
      const { error, lines } = ended[name]!;
      expect(error).toBe("");
      expect((await stat(join(folder, name.replace(".mjs", ""), lines.at(-1)!))).size).toBeGreaterThan(10);
    },
  );

  it("are all linked in the README", () => {
    for (const name of names) expect(readme).toContain(`(examples/${name})`);
  });

  it("of the README runs as it stands", async () => {
    const { error, lines } = ended["readme.mjs"]!;
    expect(error).toBe("");
    expect(lines.join("\n")).toMatch(/^0\.\d+ 0\.\d+$/);
    expect((await stat(join(folder, "readme", "heart.png"))).size).toBeGreaterThan(1000);
  });
});
