import { resolve } from "node:path";
import { z } from "zod";
import { ConfigError, InputError } from "../errors.js";
import { type Snapshot, loadSnapshot } from "../guidance/index.js";
import { editRecordSchema, generateRecordSchema, plainName } from "./records.js";
import { lookPattern } from "./looks.js";
import { budgetPattern, describeIssue, issuePath } from "./requests/index.js";
import { type RunPlace, openRunFolder } from "./store.js";

const number = z.number();
const scores = z.strictObject({ guide: number, judge: number });

const editReportSchema = z.strictObject({
  prompt: z.string(),
  change: z.enum(["colour", "shape"]),
  direction: scores,
  gain: scores,
  score: scores,
  changedOutside: number,
  changed: number,
  inversionPsnr: number,
  realism: z.strictObject({ before: number, after: number }).optional(),
  judgeAgrees: z.boolean(),
  inversionError: number,
  steps: z.int().min(0),
});

const generateJobSchema = z.strictObject({
  command: z.literal("generate"),
  record: generateRecordSchema,
  /** Pictures to make after it, their seeds counting up. */
  following: z.int().min(0).max(999),
  animate: z.boolean(),
  metadata: z.boolean(),
  /** Whether each layer of a scene is saved as a picture of its own. */
  layerFiles: z.boolean().default(false),
  /** A time budget; the steps are settled before the first. */
  budget: z.string().regex(budgetPattern).optional(),
  /** Pictures that were made before it, in sibling folders, and what they look like: those that follow look different. */
  earlier: z
    .array(z.strictObject({ folder: plainName, seed: z.int().min(0), look: z.string().regex(lookPattern) }))
    .max(1000)
    .default([]),
});

const editJobSchema = z.strictObject({
  command: z.literal("edit"),
  record: editRecordSchema,
  /** Variations to make after it, their seeds counting up. */
  following: z.int().min(0).max(63),
  metadata: z.boolean(),
  /** Variations that were made before it, in sibling folders. */
  earlier: z
    .array(z.strictObject({ folder: plainName, seed: z.int().min(0), reports: z.array(editReportSchema) }))
    .max(64),
  /** Reports of its edits that are done. */
  done: z.array(editReportSchema).max(64),
});

const jobSchema = z.discriminatedUnion("command", [generateJobSchema, editJobSchema]);

/** Numbers of a snapshot that determine the length of the run. */
const progressSchema = z.looseObject({
  done: z.int().min(0).max(100_000).optional(),
  steps: z.int().min(0).max(100_000).optional(),
});

/** One picture to generate, those that follow it, and how they are written. */
export type GenerateJob = z.output<typeof generateJobSchema>;
/** One variation to edit, those that follow it, and how they are written. */
export type EditJob = z.output<typeof editJobSchema>;
/** The job of any command. */
export type RunJob = z.output<typeof jobSchema>;

/** A run that was interrupted. */
export interface UnfinishedRun<T extends RunJob = RunJob> {
  readonly place: RunPlace;
  readonly snapshot: Snapshot;
  readonly job: T;
}

/**
 * Reads the unfinished run of a folder. The snapshot is data like any other file: it is checked by a schema.
 * @throws {InputError} when there is none or its job is malformed; {WeightsError} when it is damaged; {ConfigError} when another
 * command began it.
 */
export async function readUnfinished<T extends RunJob["command"]>(
  folder: string,
  command: T,
): Promise<UnfinishedRun<Extract<RunJob, { command: T }>>> {
  const { snapshot, about } = await loadSnapshot(folder);
  const parsed = jobSchema.safeParse(about);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    const path = issuePath(issue);
    throw new InputError(
      `${folder}: its snapshot cannot be used: ${path === "" ? "" : `${path}: `}${describeIssue(issue, about)}; begin the run again`,
      { cause: parsed.error, reason: "bad-snapshot" },
    );
  }
  const job = parsed.data;
  if (!progressSchema.safeParse(snapshot.values).success)
    throw new InputError(`${folder}: its snapshot holds impossible numbers of steps; begin the run again`, {
      reason: "bad-snapshot",
    });
  if (job.command !== command)
    throw new ConfigError(`${folder}: is a run of another command; resume it with ${job.command}`, {
      reason: "other-command",
    });
  return {
    place: openRunFolder(resolve(folder)),
    snapshot,
    job: job as Extract<RunJob, { command: T }>,
  };
}
