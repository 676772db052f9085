import type { Snapshot } from "../guidance/index.js";
import type { Finding } from "./findings.js";
import {
  type InputFiles,
  listRecordFindings,
  replayInputs,
  requireSameWeights,
  resumeInputs,
} from "./inputs.js";
import type { RunJob, UnfinishedRun } from "./jobs.js";
import type { RunRecord } from "./records.js";
import { readToolkitVersion } from "./requests/index.js";
import { type RunPlace, createResumedAssets } from "./store.js";
import type { RunTools } from "./tools.js";

/** A job with its input pictures and findings. */
export interface Prepared<T extends RunJob> {
  readonly job: T;
  readonly inputs: InputFiles;
  readonly findings: readonly Finding[];
  /** The interrupted run to continue; absent for a new run. */
  readonly from?: { readonly place: RunPlace; readonly snapshot: Snapshot };
}

/** Prepares an interrupted run. @throws {InputError} for other weights, or a missing or changed input picture. */
export async function prepareResume<T extends RunJob>(
  { place, snapshot, job }: UnfinishedRun<T>,
  { session, assets }: RunTools,
): Promise<Prepared<T>> {
  requireSameWeights(job.record, session.pack, place.folder);
  const inputs = await resumeInputs(job.record, createResumedAssets(place, assets));
  return { job, inputs, findings: [], from: { place, snapshot } };
}

/**
 * Prepares the replay of a record.
 * @param jobOf makes a job from the record. The record holds the current version and the hash of the loaded weights.
 * @throws {InputError} for a missing input picture.
 */
export async function prepareReplay<R extends RunRecord, T extends RunJob>(
  replay: R,
  { session, assets }: RunTools,
  jobOf: (record: R) => T,
): Promise<Prepared<T>> {
  const now = { pack: session.pack, version: readToolkitVersion() };
  const { record, inputs, findings } = await replayInputs(replay, assets);
  return {
    job: jobOf({ ...record, ...now }),
    inputs,
    findings: [...listRecordFindings(replay, now), ...findings],
  };
}
