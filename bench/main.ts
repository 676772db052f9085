/** `npm run bench`: times our engines and PyTorch on the same weights and inputs, one process after another. */
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { readSafetensors } from "../src/packs/index.js";
import type { BenchCase } from "./case.js";
import { cases, folder } from "./cases.js";
import { build, output, run } from "./processes.js";
import { type Profile, profileTables } from "./profile.js";
import { gainTable, tables, writeReport } from "./report.js";
import {
  type Gain,
  type Results,
  type Runner,
  type Timing,
  loadResults,
  pooled,
  runners,
  saveResults,
} from "./results.js";
import { timeStarts } from "./start.js";
import { medianOf } from "../src/evaluate/index.js";

const { values: options } = parseArgs({
  options: {
    only: { type: "string", multiple: true, default: [] },
    on: { type: "string", multiple: true, default: [...runners] },
    rounds: { type: "string", default: "3" },
    repeats: { type: "string", default: "7" },
    patience: { type: "string", default: "180" },
    missing: { type: "boolean", default: false },
    report: { type: "boolean", default: false },
    profile: { type: "boolean", default: false },
    python: { type: "string", default: process.env.BENCH_PYTHON ?? "python3" },
    help: { type: "boolean", short: "h", default: false },
  },
});

/** Cases that rewrites are measured on, and those that are profiled when none is named. */
const rewritten = ["vit-b32-8", "stylegan-128-4", "emoji-steer", "train-clip", "train-gan"];
const profiled = ["emoji-steer", "train-clip", "train-gan"];

const usage = `npm run bench -- [options]
  --only NAME     cases whose names begin so, "start", "rewrites" or "profile"; may be repeated (default: all)
  --on RUNNER     ${runners.join(", ")}; may be repeated (default: all)
  --rounds N      number of processes of each runner on a case, in alternation (default 3)
  --repeats N     timed steps of a process (default 7, fewer if they take long)
  --patience N    seconds after which a runner is stopped on a case (default 180; wasm: a quarter)
  --missing       skips what outputs/bench/results.json already has
  --report        measures nothing; prints the tables and writes them into docs/performance.md and docs/engine.md
  --profile       only prints the time of a compiled step by operator, for --only's cases or ${profiled.join(", ")}
  --python PATH   a Python with torch and safetensors (default: $BENCH_PYTHON, or python3)
cases: ${cases.map(({ name }) => name).join(", ")}, start, rewrites, profile`;

const unknown = options.on.find((name) => !(runners as readonly string[]).includes(name));
if (unknown !== undefined) throw new Error(`--on ${unknown}: known are ${runners.join(", ")}`);
const patience = Number(options.patience);
const isSelected = (name: string): boolean =>
  options.only.length === 0 || options.only.some((start) => name.startsWith(start));

const make = (name: string): Promise<string> => run(name, "make", "0", patience);

/** Times one case in a separate process. Runners whose names begin with `torch-` are PyTorch. */
async function time(bench: BenchCase, runner: Runner): Promise<Timing> {
  const [, mode] = runner.split("torch-");
  const repeats = String(bench.repeats ?? options.repeats);
  const peer = [resolve("bench/peers/peer.py"), folder, bench.name];
  const printed =
    runner === "wasm"
      ? await run(bench.name, runner, "1", patience / 4)
      : mode === undefined
        ? await run(bench.name, runner, repeats, patience)
        : await output(options.python, [...peer, mode, repeats], patience);
  return JSON.parse(printed.trim().split("\n").at(-1)!) as Timing;
}

/** Largest difference between two runners' results, as a part of the largest value of each tensor. */
async function measureDifference(name: string, runner: Runner, from: Runner): Promise<number> {
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

/** Formats the seconds since a time. */
const since = (began: number): string => `${((performance.now() - began) / 1000).toFixed(0)} s in all`;

/** Runs one process of a runner. @returns its times, and the difference of its results from those of `compiled`. */
async function turn(bench: BenchCase, runner: Runner): Promise<Timing> {
  const found = await time(bench, runner);
  if (runner === "compiled") return found;
  const difference = await measureDifference(bench.name, runner, "compiled");
  if (!(difference <= bench.tolerance))
    throw new Error(`results are ${difference.toExponential(1)} apart, allowed ${bench.tolerance}`);
  return { ...found, apart: difference };
}

/** Runs a case. Runners alternate, so that other load on the machine affects them equally; one that fails is not run again. */
async function runCase(bench: BenchCase, results: Results): Promise<void> {
  const known = (results.cases[bench.name] ??= {});
  const todo = runners.filter((runner) => options.on.includes(runner) && !(options.missing && known[runner]));
  if (todo.length === 0) return;
  console.log(`${bench.name}: ${bench.description}`);
  await make(bench.name);
  const turns = new Map<Runner, Timing[]>(todo.map((runner) => [runner, []]));
  for (let round = 0; round < Number(options.rounds); round++)
    for (const [runner, taken] of turns) {
      const at = new Date().toISOString();
      const began = performance.now();
      try {
        taken.push(await turn(bench, runner));
        const found = pooled(taken);
        known[runner] = { ...found, at };
        const { seconds, megabytes, apart: difference } = found;
        const note = difference === undefined ? "" : `, ${difference.toExponential(1)} apart`;
        const step = `${medianOf(seconds).toFixed(3)} s (${seconds.length} times)`;
        console.log(`  ${runner}: ${step}, ${megabytes} MB${note}; ${since(began)}`);
      } catch (error) {
        turns.delete(runner);
        known[runner] = { failed: (error as Error).message, at };
        console.log(`  ${runner}: not run: ${(error as Error).message}; ${since(began)}`);
      }
      await saveResults(results);
    }
}

async function runStart(results: Results): Promise<void> {
  console.log("start: clipsteer generate, to the first step");
  results.start = await timeStarts(Math.min(5, Number(options.repeats)));
  for (const [kind, values] of Object.entries(results.start))
    console.log(`  cache ${kind}: ${medianOf(values).toFixed(2)} s`);
  await saveResults(results);
}

async function runRewrites(results: Results): Promise<void> {
  for (const name of rewritten) {
    if (options.missing && results.rewrites[name]) continue;
    const began = performance.now();
    await make(name);
    const printed = await run(name, "gains", String(Math.min(5, Number(options.repeats))), gainsPatience);
    results.rewrites[name] = JSON.parse(printed) as Record<string, Gain>;
    console.log(`rewrites: ${name}; ${since(began)}`);
    await saveResults(results);
  }
  console.log(`${gainTable(results)}\n`);
}

/** Seconds that a case may take with each rewrite left out in turn. */
const gainsPatience = 600;

async function runProfiles(results: Results): Promise<void> {
  const named = cases.map(({ name }) => name).filter(isSelected);
  for (const name of options.profile && options.only.length > 0 ? named : profiled) {
    if (options.missing && results.profiles[name]) continue;
    await make(name);
    const found = JSON.parse(await run(name, "profile", options.repeats, patience)) as Profile;
    console.log(`${profileTables(name, found)}\n`);
    results.profiles[name] = found;
    await saveResults(results);
  }
}

async function measure(results: Results): Promise<void> {
  for (const bench of cases) if (isSelected(bench.name)) await runCase(bench, results);
  if (isSelected("start") && !(options.missing && results.start.cached)) await runStart(results);
  if (isSelected("rewrites")) await runRewrites(results);
  if (isSelected("profile")) await runProfiles(results);
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
