/** `npm run bench`: times our engines and PyTorch on the same weights and inputs, one process after another. */
import { spawn } from "node:child_process";
import { mkdir, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { readSafetensors } from "../src/packs/index.js";
import { rewrites } from "../src/engine/rewrites/index.js";
import type { BenchCase } from "./case.js";
import { cases, folder, packFolder } from "./cases.js";
import { seededPack } from "./pack.js";
import { type Profile, profileTables } from "./profile.js";
import { tables, writeReport } from "./report.js";
import {
  type Results,
  type Runner,
  type Timing,
  loadResults,
  median,
  runners,
  saveResults,
} from "./results.js";

const { values: options } = parseArgs({
  options: {
    only: { type: "string", multiple: true, default: [] },
    on: { type: "string", multiple: true, default: [...runners] },
    repeats: { type: "string", default: "7" },
    missing: { type: "boolean", default: false },
    report: { type: "boolean", default: false },
    profile: { type: "boolean", default: false },
    python: { type: "string", default: process.env.BENCH_PYTHON ?? "python3" },
    help: { type: "boolean", short: "h", default: false },
  },
});

/** Cases that are profiled when none is named. */
const profiled = ["emoji-steer", "train-clip", "train-gan"];

const usage = `npm run bench -- [options]
  --only NAME     cases that begin so, "start" or "rewrites"; may be repeated (default: all)
  --on RUNNER     ${runners.join(", ")}; may be repeated (default: all)
  --repeats N     timed steps of each (default 7, fewer where they take long)
  --missing       leaves out what outputs/bench/results.json has already
  --report        measures nothing; prints the tables and writes docs/performance.md
  --profile       prints where the time of a compiled step goes, by operator (default cases: ${profiled.join(", ")})
  --python PATH   a Python with torch and safetensors (default: $BENCH_PYTHON, or python3)
cases: ${cases.map(({ name }) => name).join(", ")}, start, rewrites`;

const here = resolve("bench");
/** The benchmarks as plain JavaScript, as users run us: a compiler in the process would take memory and time. */
const built = join(folder, "built");
const wanted = (name: string): boolean =>
  options.only.length === 0 || options.only.some((start) => name.startsWith(start));

/** Seconds that a runner may take; the slow ones would hold up the rest. */
const patience = 180;

/** Runs a process to its end and gives what it printed; fails with the last line of its errors. */
function output(command: string, args: readonly string[], limit = patience): Promise<string> {
  return new Promise((done, fail) => {
    const child = spawn(command, args, {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let [printed, errors] = ["", ""];
    child.stdout.on("data", (text: Buffer) => (printed += text.toString()));
    child.stderr.on("data", (text: Buffer) => (errors += text.toString()));
    child.on("error", fail);
    const timer = setTimeout(() => child.kill("SIGKILL"), 1000 * limit);
    child.on("close", (code) => {
      clearTimeout(timer);
      if (code === null) return fail(new Error(`takes more than ${limit} s`));
      const lines = errors.trim().split("\n");
      const told = lines.find((line) => /^\w*Error\b/.test(line)) ?? lines.at(-1) ?? "";
      if (code === 0) done(printed);
      else fail(new Error(told.slice(0, 200) || `ended with ${code}`));
    });
  });
}

const node = (script: string, ...args: string[]): Promise<string> =>
  output(
    process.execPath,
    [...hook(args[1]), join(built, "bench", script), ...args],
    args[1] === "wasm" ? patience / 3 : patience,
  );

const tsc = (...args: string[]): Promise<string> =>
  output(process.execPath, [resolve("node_modules/typescript/bin/tsc"), ...args]);

async function build(): Promise<void> {
  const places = ["--outDir", built, "--tsBuildInfoFile", join(built, "tsbuildinfo")];
  await tsc("--noEmit", "false", "--incremental", ...places);
}

/** The tensorflow engine's package is built outside node_modules; see peers/tfjs-node.sh. */
const hook = (engine?: string): string[] =>
  engine === "tensorflow" ? ["--import", join(here, "peers/tfjs-node.mjs")] : [];

async function time(bench: BenchCase, runner: Runner): Promise<Timing> {
  const printed = runner.startsWith("torch-")
    ? await output(options.python, [
        join(here, "peers/peer.py"),
        folder,
        bench.name,
        runner.slice("torch-".length),
        options.repeats,
      ])
    : await node("runner.js", bench.name, runner, options.repeats);
  return JSON.parse(printed.trim().split("\n").at(-1)!) as Timing;
}

/** Largest difference between two runners' results, as a part of the largest value of each tensor. */
async function apart(name: string, runner: Runner, from: Runner): Promise<number> {
  const read = (who: Runner) => readSafetensors(join(folder, name, `${who}.safetensors`));
  const [ours, theirs] = [(await read(runner)).tensors, (await read(from)).tensors];
  let worst = 0;
  for (const [key, { data }] of Object.entries(theirs)) {
    const other = ours[key];
    if (!other || other.data.length !== data.length) throw new Error(`results differ in "${key}"`);
    let [difference, largest] = [0, 1e-6];
    data.forEach((value, at) => {
      difference = Math.max(difference, Math.abs(value - other.data[at]!));
      largest = Math.max(largest, Math.abs(value));
    });
    worst = Math.max(worst, difference / largest);
  }
  return worst;
}

async function runCase(bench: BenchCase, results: Results): Promise<void> {
  const known = (results.cases[bench.name] ??= {});
  const todo = runners.filter(
    (runner) =>
      options.on.includes(runner) && !(options.missing && known[runner] && "seconds" in known[runner]),
  );
  if (todo.length === 0) return;
  console.log(`${bench.name}: ${bench.about}`);
  await node("runner.js", bench.name, "make");
  for (const runner of todo) {
    const at = new Date().toISOString();
    try {
      let found = await time(bench, runner);
      let note = "";
      if (runner !== "compiled") {
        const difference = await apart(bench.name, runner, "compiled");
        if (!(difference <= bench.tolerance))
          throw new Error(`results are ${difference.toExponential(1)} apart, allowed ${bench.tolerance}`);
        found = { ...found, apart: difference };
        note = `, ${difference.toExponential(1)} apart`;
      }
      known[runner] = { ...found, at };
      const { seconds, megabytes } = found;
      console.log(
        `  ${runner}: ${median(seconds).toFixed(3)} s (${seconds.length} times), ${megabytes} MB${note}`,
      );
    } catch (error) {
      known[runner] = { failed: (error as Error).message, at };
      console.log(`  ${runner}: not run: ${(error as Error).message}`);
    }
    await saveResults(results);
  }
}

/** Seconds from the start of `clipsteer generate` until it reports its first step. */
function firstStep(cache: string): Promise<number> {
  const out = join(folder, "generated");
  const args = [
    "generate",
    "a red heart",
    "--generator",
    packFolder,
    "--steps",
    "1",
    "--seed",
    "1",
    "--out",
    out,
  ];
  return new Promise((done, fail) => {
    const began = performance.now();
    const child = spawn(process.execPath, [resolve("bin/clipsteer.js"), ...args], {
      env: { ...process.env, CLIPSTEER_CACHE: cache },
      stdio: ["ignore", "ignore", "pipe"],
    });
    let [took, errors] = [0, ""];
    child.stderr.on("data", (text: Buffer) => {
      errors += text.toString();
      if (took === 0 && errors.includes("generate 1/1")) took = (performance.now() - began) / 1000;
    });
    child.on("error", fail);
    child.on("close", () => (took > 0 ? done(took) : fail(new Error(errors.trim().split("\n").at(-1)))));
  });
}

async function runStart(results: Results): Promise<void> {
  console.log("start: clipsteer generate, to the first step");
  await seededPack(packFolder);
  await tsc("-p", "tsconfig.build.json");
  const cache = join(folder, "cache");
  const times: Record<"off" | "empty" | "cached", number[]> = { off: [], empty: [], cached: [] };
  for (let round = 0; round < Math.min(5, Number(options.repeats)); round++) {
    times.off.push(await firstStep("off"));
    await rm(cache, { recursive: true, force: true });
    times.empty.push(await firstStep(cache));
    times.cached.push(await firstStep(cache));
  }
  results.start = times;
  for (const [kind, values] of Object.entries(times))
    console.log(`  cache ${kind}: ${median(values).toFixed(2)} s`);
  await saveResults(results);
}

async function runProfiles(results: Results): Promise<void> {
  const names = options.only.length > 0 ? cases.map(({ name }) => name).filter(wanted) : profiled;
  for (const name of names) {
    await node("runner.js", name, "make");
    const found = JSON.parse(await node("runner.js", name, "profile", options.repeats)) as Profile;
    console.log(`${profileTables(name, found)}\n`);
    results.profiles[name] = found;
    await saveResults(results);
  }
}

const rewritten = ["vit-b32-8", "stylegan-128-4", "emoji-steer", "train-clip", "train-gan"];

async function runRewrites(results: Results): Promise<void> {
  for (const name of rewritten) {
    console.log(`rewrites: ${name}`);
    await node("runner.js", name, "make");
    const times: Record<string, number> = {};
    for (const rule of ["all", ...rewrites.map((each) => each.name)]) {
      const without = rule === "all" ? [] : [rule];
      const printed = await node("runner.js", name, "compiled", options.repeats, ...without);
      times[rule] = median((JSON.parse(printed) as Timing).seconds);
      console.log(`  ${rule === "all" ? "all" : `without ${rule}`}: ${times[rule].toFixed(3)} s`);
    }
    results.rewrites[name] = times;
    await saveResults(results);
  }
}

async function measure(results: Results): Promise<void> {
  for (const bench of cases) if (wanted(bench.name)) await runCase(bench, results);
  if (wanted("start") && !(options.missing && results.start.cached)) await runStart(results);
  if (wanted("rewrites") && !(options.missing && Object.keys(results.rewrites).length > 0))
    await runRewrites(results);
}

if (options.help) console.log(usage);
else {
  await mkdir(folder, { recursive: true });
  const results = await loadResults();
  if (!options.report) await build();
  if (options.profile) await runProfiles(results);
  else {
    if (!options.report) await measure(results);
    console.log(`\n${tables(results)}`);
    if (options.report) await writeReport(results);
  }
}
