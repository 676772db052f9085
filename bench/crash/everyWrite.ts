/**
 * Lets each write of every command that writes fail with ENOSPC: `npx tsx bench/crash/everyWrite.ts [writes] [fault] [commands] [seed]`
 * (`40+10`: each of the first 40, and a seeded sample of 10 later ones; `full` or `once`; all, or names with commas; 1).
 * With `full` all later writes fail too, with `once` this one alone. Each command has one process (from the sources, without servers), which
 * runs it once for each failing write, every time in a new folder: results, models, caches and temporary files. The run has to end with one line, or with all its
 * results, as caches only warn. Every file has to be whole, and the next run (or `--resume`) has to succeed and leave nothing unfinished.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { appendFile, mkdir, readFile, rm } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { main } from "../../src/cli/main.js";
import { createRandom } from "../../src/tensor/index.js";
import { buildFullDisk } from "../../test/fullDisk/build.js";
import { type Case, casesOf } from "./cases.js";
import { failingWrites, problemsOf, requiredResults, resultsOf } from "./checks.js";
import { type Inputs, makeInputs } from "./inputs.js";
import { useSmallPackages } from "./smallPackages.js";

const [writes = "40+10", fault = "full", only = "", seed = "1", role] = process.argv.slice(2);

/** Runs a command and keeps what it prints. */
async function run(args: readonly string[]): Promise<{ code: number; errors: string }> {
  const errors: string[] = [];
  const { stdout, stderr } = process;
  const real = [stdout.write.bind(stdout), stderr.write.bind(stderr)] as const;
  stdout.write = () => true;
  stderr.write = (text: Uint8Array | string) => errors.push(String(text)) > 0;
  const code = await main(args).finally(() => ([stdout.write, stderr.write] = real));
  return { code, errors: errors.join("").slice(-500) };
}

/** Runs a command of `casesOf` again and again. */
async function runCase(each: Case, folder: string): Promise<void> {
  const random = createRandom(`${each.name} ${seed}`);
  const counts = join(folder, "counts");
  const enter = async (name: string, failing: number): Promise<string> => {
    const place = join(folder, name);
    for (const inner of ["home", "tmp"]) await mkdir(join(place, inner), { recursive: true });
    Object.assign(process.env, {
      HOME: join(place, "home"),
      XDG_CACHE_HOME: join(place, "home/cache"),
      CLIPSTEER_HOME: join(place, "home/clipsteer"),
      HF_HOME: join(place, "home/hf"),
      TMPDIR: join(place, "tmp"),
      CRASH_PLACE: `${place}/`,
      CRASH_FULL_AT: String(failing),
      CRASH_ONCE: fault === "once" ? "1" : "",
    });
    return place;
  };
  const found: string[] = [];
  process.env.CRASH_COUNT = counts;
  const whole = await enter("whole", 0);
  const undisturbed = await run(each.args(whole));
  const results = await requiredResults(whole);
  await appendFile(join(await enter("next", 0), "tmp/x"), "x"); // reports the writes of the other folder
  const last = Math.max(...(await readFile(counts, "utf8")).split("\n").map(Number));
  delete process.env.CRASH_COUNT;
  if (undisturbed.code !== 0)
    found.push(`${each.name}: ended with ${undisturbed.code}: ${undisturbed.errors}`);
  let refused = 0;
  const failing = failingWrites(last, writes, random);
  for (const at of failing) {
    const what = `${each.name}, ${fault} at write ${at} of ${last}`;
    const place = await enter(String(at), at);
    const { code, errors } = await run(each.args(place));
    process.env.CRASH_FULL_AT = "0";
    if (code === 0) {
      for (const path of results)
        if (!existsSync(join(place, path))) found.push(`${what}: succeeded without ${path}`);
    } else {
      refused++;
      const line = errors.trimEnd().split("\n").at(-1)!;
      if (code !== 1 || !/^error: /.test(line) || /unexpected/.test(line))
        found.push(`${what}: ended with ${code}: ${errors}`);
    }
    found.push(...(await problemsOf(place, false)).map((problem) => `${what}: ${problem}`));
    const before = await resultsOf(place);
    const next = await run(each.again ? await each.again(place) : each.args(place));
    if (next.code !== 0) found.push(`${what}: the next run ended with ${next.code}: ${next.errors}`);
    else {
      const after = await resultsOf(place);
      for (const [path, hash] of before)
        if (!after.has(path) || (hash !== "" && after.get(path) !== hash))
          found.push(`${what}: ${relative(place, path)} was there before the next run`);
      found.push(
        ...(await problemsOf(place, true)).map((problem) => `${what}, after the next run: ${problem}`),
      );
    }
    await rm(place, { recursive: true });
  }
  for (const problem of found) console.log(problem);
  console.log(
    `${each.name}: ${failing.length} of ${last} writes failed (${fault}), ${refused} ended it with one line, ${found.length} complaints`,
  );
  process.exitCode = found.length > 0 ? 1 : 0;
}

if (role !== undefined) {
  const inputs = JSON.parse(await readFile(role, "utf8")) as Inputs;
  const each = casesOf(inputs).find(({ name }) => name === only)!;
  if (each.isSmall) useSmallPackages();
  await runCase(each, join(inputs.folder, "every write", only));
} else {
  const inputs = await makeInputs();
  const library = join(inputs.folder, "full.so");
  buildFullDisk(library);
  const file = join(inputs.folder, "inputs.json");
  await appendFile(file, JSON.stringify(inputs));
  const { CLIPSTEER_CACHE: __, ...environment } = process.env;
  const requestedNames = only.split(",").filter(Boolean);
  for (const { name, use } of casesOf(inputs)) {
    if (use || (requestedNames.length > 0 && !requestedNames.includes(name))) continue;
    const child = spawn(
      process.execPath,
      ["--import", "tsx", fileURLToPath(import.meta.url), writes, fault, name, seed, file],
      {
        env: {
          ...environment,
          LD_PRELOAD: library,
          NO_COLOR: "1",
          PATH: `${inputs.programs}:${process.env.PATH}`,
          CRASH_PACKAGES: inputs.packages,
          CRASH_SERVER: inputs.server,
        },
        stdio: ["ignore", "inherit", "inherit"],
      },
    );
    const code = await new Promise<number | null>((done) => child.on("close", done));
    if (code !== 0) process.exitCode = 1;
    if (code !== 0 && code !== 1) console.log(`${name}: the process ended with ${code}`);
  }
  await inputs.close();
  await rm(inputs.folder, { recursive: true });
}
