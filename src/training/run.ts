import { join } from "node:path";
import { ConfigError, WeightsError } from "../errors.js";
import { type Lock, acquireLock, makeOutputFolder, explainUnwritable } from "../files/index.js";
import { readSafetensors, writeSafetensors } from "../packs/index.js";
import type { TensorRecord } from "../tensor/index.js";
import { type TrainingStep, cutLog } from "./stepLog.js";

/** The state that training resumes from: every tensor that a step changes, and the number of finished steps. */
export interface TrainingCheckpoint {
  readonly step: number;
  readonly state: TensorRecord;
  /** The run's settings, to refuse a resume under others. */
  readonly settings: string;
}

/** Name of the checkpoint in a run folder. */
export const checkpointFile = "checkpoint.safetensors";

/** Writes the checkpoint of a run folder; a crash leaves the previous one whole. */
export async function saveCheckpoint(
  folder: string,
  { step, state, settings }: TrainingCheckpoint,
): Promise<void> {
  await makeOutputFolder(folder);
  await writeSafetensors(join(folder, checkpointFile), state, {
    dtype: "F32",
    metadata: { step: String(step), settings },
  });
}

/** Reads the checkpoint of a run folder. @throws {WeightsError} when it is missing, corrupt or of something else. */
export async function loadCheckpoint(folder: string): Promise<TrainingCheckpoint> {
  const path = join(folder, checkpointFile);
  const { tensors, metadata } = await readSafetensors(path);
  const { step, settings } = metadata;
  if (step === undefined || !/^\d{1,15}$/.test(step) || settings === undefined)
    throw new WeightsError(`${path}: is no checkpoint of a training; name another folder`);
  return { step: Number(step), state: tensors, settings };
}

/** A training that runs step by step. */
export interface TrainingRun {
  readonly folder: string;
  readonly steps: number;
  readonly settings: string;
  /** Where training starts: fresh, or a checkpoint. */
  readonly start: TrainingCheckpoint;
  step(state: TensorRecord, index: number): Promise<{ state: TensorRecord; losses: Record<string, number> }>;
  /** Seconds between checkpoints. */
  readonly saveEvery: number;
  /** Called beside each checkpoint, e.g. to draw samples. */
  onSave?(state: TensorRecord, step: number): Promise<void>;
}

/**
 * Yields every step; saves on the way, at the end, and when the signal is aborted. Log lines beyond the start are dropped first.
 * @throws {ConfigError} when a resumed run's settings differ, unless only its steps are more; {InputError} when another process trains in the folder.
 */
export async function* train(
  run: TrainingRun,
  signal?: AbortSignal,
): AsyncGenerator<TrainingStep, TensorRecord> {
  if (run.start.settings !== run.settings && !isLengthened(run.start.settings, run.settings))
    throw new ConfigError(
      `train: the run in ${run.folder} began with other settings: ${describeDifferences(run.start.settings, run.settings)}; continue with those, or start a run in another folder`,
      { reason: "training-settings" },
    );
  const lock = await lockTraining(run.folder);
  try {
    await cutLog(run.folder, run.start.step);
    return yield* trainLocked(run, signal);
  } finally {
    await lock.release();
  }
}

/**
 * Takes the lock of a training's folder.
 * @throws {InputError} when another process trains there, or the folder cannot be written.
 */
export async function lockTraining(folder: string): Promise<Lock> {
  const path = join(folder, "train.lock");
  return acquireLock(path, { purpose: "train in this folder" }).catch((cause: unknown) => {
    throw explainUnwritable(path, cause);
  });
}

function parseSettings(text: string): Record<string, unknown> {
  try {
    return (JSON.parse(text) ?? {}) as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** Whether settings differ in a larger number of steps alone: learning rates then follow the schedule of the longer run. */
function isLengthened(before: string, after: string): boolean {
  const [{ steps: was, ...old }, { steps: is, ...now }] = [parseSettings(before), parseSettings(after)];
  return Number(is) > Number(was) && JSON.stringify(old) === JSON.stringify(now);
}

/** Describes the differences between two settings, each with its old and new value: `rate was 0.001, is 0.1`. */
function describeDifferences(before: string, after: string): string {
  const [was, is] = [parseSettings(before), parseSettings(after)];
  const shown = (value: unknown): string => (JSON.stringify(value) ?? "absent").slice(0, 100);
  return [...new Set([...Object.keys(was), ...Object.keys(is)])]
    .map((name) => [name, shown(was[name]), shown(is[name])] as const)
    .filter(([, old, now]) => old !== now)
    .map(([name, old, now]) => `${name} was ${old}, is ${now}`)
    .join(", ");
}

async function* trainLocked(
  run: TrainingRun,
  signal: AbortSignal | undefined,
): AsyncGenerator<TrainingStep, TensorRecord> {
  let { state } = run.start;
  let saved = performance.now();
  const began = saved;
  const save = async (step: number): Promise<void> => {
    await saveCheckpoint(run.folder, { step, state, settings: run.settings });
    await run.onSave?.(state, step);
    saved = performance.now();
  };
  for (let index = run.start.step; index < run.steps; index++) {
    if (signal?.aborted) {
      await save(index);
      return state;
    }
    const result = await run.step(state, index);
    state = result.state;
    yield { step: index + 1, losses: result.losses, seconds: (performance.now() - began) / 1000 };
    if ((performance.now() - saved) / 1000 > run.saveEvery) await save(index + 1);
  }
  await save(run.steps);
  return state;
}
