/**
 * Kills whole commands at random moments, then fills the disk under them:
 * `npm run build && npx tsx bench/crash/commands.ts [kills] [seed] [commands] [writes] [fault]` (200; 1; all, or names with commas; 6 or `40+10`; `full` or `once`).
 * Everything that a command writes lies in one folder: results, models, caches and temporary files. After each kill, and after each full
 * disk, every file has to be whole. A rerun (or `--resume`) has to succeed, after which no lock and no unfinished or temporary file may be
 * left. A disk is full from one of `writes` of a command's writes on, evenly spread from the first to the last: `full.c`, which needs `cc`.
 * Half as many times it is a tmpfs of a random size, which only root can mount. What is not there is left out. With `40+10`, each of the first
 * 40 writes is the first to fail, then each of a seeded sample of 10 later ones, and there is no tmpfs. `once` lets this one write fail alone.
 * A command that succeeds all the same, as caches only warn, has to make every result that it makes on a disk with room.
 * `kill -INT` of this process ends the run after the current turn, with what was counted so far.
 */
import { type SpawnOptions, execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { createRandom } from "../../src/tensor/index.js";
import { buildFullDisk } from "../../test/fullDisk/build.js";
import { type Case, casesOf } from "./cases.js";
import { failingWrites, problemsOf, requiredResults, resultsOf } from "./checks.js";
import { makeInputs } from "./inputs.js";
import type { Address } from "./servers.js";

const [kills = "200", seed = "1", only = "", writes = "6", fault = "full"] = process.argv.slice(2);
const root = resolve(import.meta.dirname, "../..");
const inputs = await makeInputs();
const requestedNames = only.split(",").filter(Boolean);
const cases = casesOf(inputs).filter(
  ({ name }) => requestedNames.length === 0 || requestedNames.includes(name),
);

interface Ended {
  readonly code: number | null;
  readonly seconds: number;
  readonly errors: string;
}

/** Runs a command with everything it writes below `place`; kills it after some seconds. @param more environment. */
async function run(
  { isSmall, use }: Case,
  args: readonly string[],
  place: string,
  { killAfter, env }: { killAfter?: number; env?: Record<string, string> } = {},
): Promise<Ended> {
  for (const name of ["tmp", "home"])
    await mkdir(join(place, name), { recursive: true }).catch(() => undefined);
  const options: SpawnOptions = {
    cwd: place,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      NO_COLOR: "1",
      HOME: join(place, "home"),
      XDG_CACHE_HOME: join(place, "home/cache"),
      CLIPSTEER_HOME: join(place, "home/clipsteer"),
      HF_HOME: join(place, "home/hf"),
      TMPDIR: join(place, "tmp"),
      PATH: `${inputs.programs}:${process.env.PATH}`,
      CRASH_PACKAGES: inputs.packages,
      CRASH_SERVER: inputs.server,
      ...env,
    },
  };
  delete options.env!.CLIPSTEER_CACHE;
  const began = performance.now();
  const loader = ["--import", fileURLToPath(import.meta.resolve("tsx"))];
  const start = isSmall
    ? [...loader, join(import.meta.dirname, "sourceCli.ts")]
    : [join(root, "bin/clipsteer.js")];
  const child = spawn(process.execPath, [...start, ...args], options);
  let [output, errors] = ["", ""];
  let problem: string | undefined;
  child.stdout!.on("data", (data: Buffer) => {
    const known = output.includes("\n");
    output = (output + data.toString()).slice(0, 10_000);
    if (use && !known && output.includes("\n"))
      void use(JSON.parse(output.split("\n")[0]!) as Address)
        .catch((error: unknown) => (problem = (error as Error).message))
        .then(() => child.kill("SIGINT"));
  });
  child.stderr!.on("data", (data: Buffer) => (errors = (errors + data.toString()).slice(-2000)));
  const timer = setTimeout(() => child.kill("SIGKILL"), (killAfter ?? 300) * 1000);
  const code = await new Promise<number | null>((done) => child.on("close", done));
  clearTimeout(timer);
  const seconds = (performance.now() - began) / 1000;
  if (!use || code !== 130) return { code, seconds, errors };
  return problem === undefined
    ? { code: 0, seconds, errors }
    : { code: 1, seconds, errors: `error: ${problem}` };
}

/** Bytes of all files of a folder. */
async function sizeOf(place: string): Promise<number> {
  let total = 0;
  for (const entry of await readdir(place, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) total += (await stat(join(entry.parentPath, entry.name))).size;
  return total;
}

const random = createRandom(`crash ${seed}`);
const failures: string[] = [];
/** Counts a failure, and shows it at once: a run takes long. */
const fail = (...found: readonly string[]): void => {
  failures.push(...found);
  for (const failure of found) console.log(failure);
};

/** Runs the command that goes on after an interruption, and looks at what is there. */
async function goOn(each: Case, place: string, what: string): Promise<void> {
  const before = await resultsOf(place);
  const { code, seconds, errors } = await run(
    each,
    each.again ? await each.again(place) : each.args(place),
    place,
  );
  if (code !== 0)
    return fail(`${each.name}, ${what}: the next run ended with ${code}: ${errors.slice(-300)}`);
  // What it takes now: a machine grows more and less busy.
  const known = measured.get(each.name)!;
  measured.set(each.name, { ...known, seconds: (known.seconds + seconds) / 2 });
  const after = await resultsOf(place);
  for (const [path, hash] of before)
    if (!after.has(path) || (hash !== "" && after.get(path) !== hash))
      fail(`${each.name}, ${what}: ${path.slice(place.length + 1)} was there before the next run`);
  fail(...(await problemsOf(place, true)).map((problem) => `${each.name}, after ${what}: ${problem}`));
}

/** Whether a command ended as on a full disk; a message of several lines or an unexpected one is a failure. */
function endedFull({ name }: Case, { code, errors }: Ended, what: string): boolean {
  if (code === 0) return false;
  const last = errors.trimEnd().split("\n").at(-1)!;
  if (code !== 1 || !/^error: /.test(last) || /unexpected/.test(last))
    fail(`${name}, ${what}: ended with ${code}: ${errors.slice(-300)}`);
  return true;
}

const newPlace = (): Promise<string> => mkdtemp(join(tmpdir(), "clipsteer-crash-"));
const library = join(inputs.folder, "full.so");
let hasLibrary = true;
try {
  buildFullDisk(library);
} catch {
  hasLibrary = false;
}
const counts = join(inputs.folder, "counts");
/** Environment that counts the writes below a folder, and lets them fail from one on. */
const diskOf = (place: string, fullAt: number): Record<string, string> => ({
  ...(hasLibrary && { LD_PRELOAD: library }),
  CRASH_PLACE: `${place}/`,
  CRASH_FULL_AT: String(fullAt),
  CRASH_ONCE: fault === "once" ? "1" : "",
  CRASH_COUNT: counts,
});

const measured = new Map<
  string,
  { seconds: number; bytes: number; writes: number; results: readonly string[] }
>();
for (const each of cases) {
  const place = await newPlace();
  await rm(counts, { force: true });
  const ended = await run(each, each.args(place), place, { env: diskOf(place, 0) });
  if (ended.code !== 0) fail(`${each.name}: ended with ${ended.code}: ${ended.errors.slice(-300)}`);
  fail(...(await problemsOf(place, true)).map((problem) => `${each.name}, not killed: ${problem}`));
  const lines = await readFile(counts, "utf8").catch(() => "");
  const written = Math.max(0, ...lines.split("\n").map(Number));
  const bytes = await sizeOf(place);
  const results = await requiredResults(place);
  measured.set(each.name, { seconds: ended.seconds, bytes, writes: written, results });
  await rm(place, { recursive: true });
  console.log(`${each.name}: ${ended.seconds.toFixed(1)} s, ${bytes} bytes in ${written} writes`);
}

let isStopped = false;
process.once("SIGINT", () => (isStopped = true));
const killed = new Map<string, number>();
let real = 0;
for (let turn = 0; real < Number(kills) && turn < 3 * Number(kills) && !isStopped; turn++) {
  const each = cases[turn % cases.length]!;
  const place = await newPlace();
  const killAfter = measured.get(each.name)!.seconds * random.uniform();
  const { code } = await run(each, each.args(place), place, { killAfter });
  if (code === null) {
    killed.set(each.name, (killed.get(each.name) ?? 0) + 1);
    real++;
  }
  const what = `${code === null ? "kill" : "no kill"} in turn ${turn} at ${killAfter.toFixed(2)} s`;
  fail(...(await problemsOf(place, false)).map((problem) => `${each.name}, ${what}: ${problem}`));
  await goOn(each, place, what);
  await rm(place, { recursive: true });
  if (turn % 20 === 19) console.log(`${turn + 1} turns, ${real} kills, ${failures.length} failures`);
}
console.log([...killed].map(([name, count]) => `${name}: killed ${count} times`).join("\n"));
console.log(`${real} kills`);

let [tried, refused] = [0, 0];
for (const each of hasLibrary ? cases : []) {
  const { writes: last, results } = measured.get(each.name)!;
  const [before, failing] = [refused, isStopped ? [] : failingWrites(last, writes, random)];
  for (const fullAt of failing) {
    const place = await newPlace();
    const what = `${fault} at write ${fullAt} of ${last}`;
    tried++;
    const ended = await run(each, each.args(place), place, { env: diskOf(place, fullAt) });
    if (endedFull(each, ended, what)) refused++;
    // The studio names its runs by chance.
    else if (!each.use)
      for (const path of results)
        if (!existsSync(join(place, path))) fail(`${each.name}, ${what}: succeeded without ${path}`);
    fail(...(await problemsOf(place, false)).map((problem) => `${each.name}, ${what}: ${problem}`));
    await goOn(each, place, what);
    await rm(place, { recursive: true });
  }
  console.log(
    `${each.name}: ${failing.length} of ${last} writes failed, of which ${refused - before} ended it with one line`,
  );
}
console.log(
  hasLibrary
    ? `${tried} runs with failing writes (${fault}), of which ${refused} ended with one line`
    : "no cc: no write was made to fail",
);

/** Mounts a small disk. @returns whether it could. */
function mountDisk(place: string, size: number, isThere: boolean): boolean {
  try {
    const options = `${isThere ? "remount," : ""}size=${Math.ceil(size / 4096) * 4}k`;
    execFileSync("mount", ["-t", "tmpfs", "-o", options, "none", place], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

let [full, ran] = [0, 0];
const parts = writes.includes("+") ? 0 : Math.floor(Number(writes) / 2);
for (const each of cases) {
  for (let part = 0; part < parts && !isStopped; part++) {
    const place = await newPlace();
    const size = 8192 + (measured.get(each.name)!.bytes * (part + random.uniform())) / parts;
    if (!mountDisk(place, size, false)) {
      await rm(place, { recursive: true });
      continue;
    }
    const what = `full disk ${part} of ${parts}`;
    ran++;
    if (endedFull(each, await run(each, each.args(place), place), what)) full++;
    fail(...(await problemsOf(place, false)).map((problem) => `${each.name}, ${what}: ${problem}`));
    mountDisk(place, 500e6, true);
    await goOn(each, place, what);
    execFileSync("umount", ["-l", place]);
    await rm(place, { recursive: true });
  }
}
console.log(
  ran === 0 ? "no disk was mounted" : `${ran} runs on small disks, of which ${full} failed with one line`,
);
console.log(`${failures.length} failures`);
if (failures.length > 0) process.exitCode = 1;
await inputs.close();
await rm(inputs.folder, { recursive: true });
