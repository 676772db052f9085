import { readFile } from "node:fs/promises";
import { arch, cpus, platform, release, totalmem } from "node:os";
import { join } from "node:path";
import { writeFileAtomic } from "../src/images/index.js";
import { folder } from "./cases.js";
import type { Profile } from "./profile.js";
import { medianOf } from "../src/evaluate/index.js";

/** Who does the work: our engines, and PyTorch. */
export const runners = ["compiled", "tensorflow", "wasm", "torch-eager", "torch-compile"] as const;

/** One of them. */
export type Runner = (typeof runners)[number];

/** Times of one runner on one case. */
export interface Timing {
  readonly seconds: readonly number[];
  /** Median of each process, in the order of the rounds. */
  readonly rounds?: readonly number[];
  /** The first run, compilation not included for our engines. */
  readonly first: number;
  readonly megabytes: number;
  /** Largest difference from the compiled results, as a part of their largest value. */
  readonly apart?: number;
}

/** A runner that could not do a case, and why. */
export interface Failure {
  readonly failed: string;
}

/** What a rewrite gains: median seconds of a step with it and without it, measured by turns, and the median of the pairs' ratios. */
export interface Gain {
  readonly all: number;
  readonly without: number;
  readonly ratio: number;
}

/** Everything that was measured, as it stands in `results.json`. */
export interface Results {
  machine: { cpu: string; cores: number; gigabytes: number; system: string; node: string };
  cases: Record<string, Partial<Record<Runner, (Timing | Failure) & { at: string }>>>;
  /** Seconds from the start of the command to its first step. */
  start: Partial<Record<"empty" | "cached" | "off", number[]>>;
  /** By case and rewrite. */
  rewrites: Record<string, Record<string, Gain>>;
  /** Where the time of a compiled step goes. */
  profiles: Record<string, Profile>;
}

/** Where the numbers are kept between runs. */
export const resultsFile = join(folder, "results.json");

/** Numbers measured so far, or none. */
export async function loadResults(): Promise<Results> {
  const text = await readFile(resultsFile, "utf8").catch(() => undefined);
  const machine = {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: cpus().length,
    gigabytes: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${arch()} ${release()}`,
    node: process.version,
  };
  const none: Results = { machine, cases: {}, start: {}, rewrites: {}, profiles: {} };
  return text ? { ...none, ...(JSON.parse(text) as Results), machine } : none;
}

/** Keeps the numbers; called after every measurement, so that a run can be broken off. */
export async function saveResults(results: Results): Promise<void> {
  await writeFileAtomic(resultsFile, `${JSON.stringify(results, null, 1)}\n`);
}

/** Several turns of a runner as one: all times, the largest of the rest. */
export function pooled(turns: readonly Timing[]): Timing {
  const apart = turns.flatMap((turn) => turn.apart ?? []);
  return {
    seconds: turns.flatMap(({ seconds }) => seconds),
    rounds: turns.map(({ seconds }) => medianOf(seconds)),
    first: Math.max(...turns.map(({ first }) => first)),
    megabytes: Math.max(...turns.map(({ megabytes }) => megabytes)),
    ...(apart.length > 0 && { apart: Math.max(...apart) }),
  };
}
