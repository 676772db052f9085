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
}, 600_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("examples", () => {
  it("are at least six", () => {
    expect(names.length).toBeGreaterThanOrEqual(6);
  });

  it.each(names)(
    "%s runs where the package is installed, and prints the path of its result last",
    { timeout: 600_000 },
    async (name) => {
      const cwd = await mkdtemp(join(folder, `${name}-`));
      await copyFile(join(examples, name), join(cwd, name)); // imports are resolved from the file's place
      const { stdout } = await run(process.execPath, [name], { cwd });
      const path = stdout.trim().split("\n").at(-1)!;
      expect((await stat(join(cwd, path))).size).toBeGreaterThan(10);
    },
  );

  it("are all linked in the README", () => {
    for (const name of names) expect(readme).toContain(`(examples/${name})`);
  });

  it("of the README runs as it stands", { timeout: 600_000 }, async () => {
    const [, program] = /^```js\n(.*?)^```/ms.exec(readme)!;
    const cwd = await mkdtemp(join(folder, "readme-"));
    await writeFile(join(cwd, "example.mjs"), program!);
    const { stdout } = await run(process.execPath, ["example.mjs"], { cwd });
    expect(stdout).toMatch(/^0\.\d+ 0\.\d+\n$/);
    expect((await stat(join(cwd, "heart.png"))).size).toBeGreaterThan(1000);
  });
});
