/**
 * Runs one case in a separate process and prints JSON: `node outputs/bench/built/bench/runner.js CASE MODE REPEATS`. MODE is an
 * engine that is timed, or `make` (writes the shared tensors), `profile` (the time by operator of the compiled engine), `gains`
 * (what each rewrite gains).
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { CompileOptions, EngineName } from "../src/engine/index.js";
import { rewriteNames } from "../src/engine/rewrites/index.js";
import { mapTensors, openWeights, readSafetensors, writeSafetensors } from "../src/packs/index.js";
import type { BenchCase, Step } from "./case.js";
import { cases, folder } from "./cases.js";
import { readProfile } from "./profile.js";
import { type Gain, type Timing } from "./results.js";
import { medianOf } from "../src/evaluate/index.js";

/** Seconds after which no further repetition begins. */
const budget = 40;

const fileOf = (bench: BenchCase, name: string): string => join(folder, bench.name, `${name}.safetensors`);

async function make(bench: BenchCase): Promise<void> {
  await mkdir(join(folder, bench.name), { recursive: true });
  await writeSafetensors(fileOf(bench, "shared"), await bench.shared(), { dtype: "F32" });
}

async function open(bench: BenchCase, engine: EngineName, options: CompileOptions = {}): Promise<Step> {
  const path = fileOf(bench, "shared");
  const file = await openWeights(path);
  const shared = bench.training ? (await readSafetensors(path)).tensors : mapTensors(file);
  await file.close();
  return bench.prepare(shared, engine, options);
}

async function secondsOf(step: Step): Promise<number> {
  const start = performance.now();
  await step.run();
  return (performance.now() - start) / 1000;
}

async function time(bench: BenchCase, engine: EngineName, repeats: number): Promise<Timing> {
  const step = await open(bench, engine);
  const began = performance.now();
  const results = await step.run();
  const first = (performance.now() - began) / 1000;
  await writeSafetensors(fileOf(bench, engine), results, { dtype: "F32" });
  const seconds: number[] = first > budget / 2 ? [first] : [];
  for (let round = 0; round < repeats && (performance.now() - began) / 1000 < budget; round++)
    seconds.push(await secondsOf(step));
  const megabytes = Math.round(process.resourceUsage().maxRSS / 1024);
  await step.dispose();
  return { seconds, first, megabytes };
}

async function profile(bench: BenchCase, repeats: number) {
  const prefix = join(folder, bench.name, "profile");
  const step = await open(bench, "compiled", { profile: prefix });
  for (let round = 0; round <= repeats; round++) await step.run();
  await step.dispose();
  return readProfile(prefix);
}

/** Each rewrite left out in turn, its steps and those of the whole program one after the other. */
async function gains(bench: BenchCase, repeats: number): Promise<Record<string, Gain>> {
  const found: Record<string, Gain> = {};
  const whole = await open(bench, "compiled");
  await whole.run();
  for (const name of rewriteNames) {
    const part = await open(bench, "compiled", { without: [name] });
    await part.run();
    const pairs: { all: number; without: number }[] = [];
    for (let round = 0; round < repeats; round++)
      pairs.push({ all: await secondsOf(whole), without: await secondsOf(part) });
    await part.dispose();
    found[name] = {
      all: medianOf(pairs.map(({ all }) => all)),
      without: medianOf(pairs.map(({ without }) => without)),
      ratio: medianOf(pairs.map(({ all, without }) => without / all)),
    };
  }
  await whole.dispose();
  return found;
}

const [name, mode, repeats = "7"] = process.argv.slice(2);
const bench = cases.find((each) => each.name === name);
if (!bench) throw new Error(`unknown case ${name}; known: ${cases.map((each) => each.name).join(", ")}`);
process.env.CLIPSTEER_CACHE = "off";
if (mode === "make") await make(bench);
else if (mode === "profile") console.log(JSON.stringify(await profile(bench, Number(repeats))));
else if (mode === "gains") console.log(JSON.stringify(await gains(bench, Number(repeats))));
else console.log(JSON.stringify(await time(bench, mode as EngineName, Number(repeats))));
