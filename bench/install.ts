/**
 * Installs without a network: `npm run build && npx tsx bench/install.ts`. The packages come from npm's cache, which an installation fills.
 * First `npm ci` of a copy of the committed sources; then the packed tarball as a dependency of an empty package, whose command makes a
 * picture. Prints what was done, and ends with 1 when a step fails.
 */
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");
const place = await mkdtemp(join(tmpdir(), "clipsteer-install-"));
/** Runs a program; a proxy that answers nobody shows that no network is used. */
const run = (folder: string, program: string, ...args: string[]): string =>
  execFileSync(program, args, {
    cwd: folder,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, HTTPS_PROXY: "http://127.0.0.1:9", HTTP_PROXY: "http://127.0.0.1:9" },
  });
const countOf = async (folder: string): Promise<number> => {
  const lock = JSON.parse(await readFile(join(folder, "node_modules/.package-lock.json"), "utf8")) as {
    packages: Record<string, unknown>;
  };
  return Object.keys(lock.packages).length;
};

try {
  const clone = join(place, "clone");
  await mkdir(clone);
  execFileSync(
    "sh",
    ["-c", 'git archive HEAD package.json package-lock.json | tar -x -C "$1"', "sh", clone],
    {
      cwd: root,
    },
  );
  run(clone, "npm", "ci", "--offline", "--ignore-scripts", "--no-audit", "--no-fund");
  console.log(`npm ci --offline: ${await countOf(clone)} packages`);

  run(root, "npm", "pack", "--ignore-scripts", "--pack-destination", place);
  const [tarball] = (await readdir(place)).filter((name) => name.endsWith(".tgz"));
  const user = join(place, "user");
  await mkdir(user);
  await writeFile(join(user, "package.json"), '{ "name": "user", "private": true }\n');
  const quiet = ["--no-audit", "--no-fund"];
  const install = ["install", "--ignore-scripts", ...quiet, join(place, tarball!)];
  try {
    run(user, "npm", "--offline", ...install);
  } catch {
    // npm ci needs no descriptions of packages, which the cache then lacks: fetch them once.
    console.log("npm's cache lacks descriptions of packages; filling it with the network");
    execFileSync("npm", ["--prefer-offline", ...install], { cwd: user, stdio: "inherit" });
    for (const name of ["node_modules", "package-lock.json"])
      await rm(join(user, name), { recursive: true, force: true });
    await writeFile(join(user, "package.json"), '{ "name": "user", "private": true }\n');
    run(user, "npm", "--offline", ...install);
  }
  console.log(`npm install --offline ${tarball}: ${await countOf(user)} packages`);
  const program = join(user, "node_modules/.bin/clipsteer");
  const output = JSON.parse(
    run(user, program, "generate", "a red heart", "--seed", "1", "--json"),
  ) as unknown;
  console.log(`clipsteer generate in the new package: ${JSON.stringify(output).slice(0, 200)}`);
  const code = 'import("clipsteer").then((m) => console.log(typeof m.openSession))';
  console.log(`import "clipsteer": openSession is a ${run(user, process.execPath, "-e", code).trim()}`);
} finally {
  await rm(place, { recursive: true });
}
