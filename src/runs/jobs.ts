import { resolve } from "node:path";
import { z } from "zod";
import { ConfigError, InputError } from "../errors.js";
import { type Snapshot, loadSnapshot } from "../guidance/index.js";
import { editRecordSchema, generateRecordSchema, plainName } from "./records.js";
import { thumbnailPattern } from "./looks.js";
import { budgetPattern, describeIssue, issuePathOf } from "./requests/index.js";
import { type RunPlace, openRunFolder } from "./store.js";

const number = z.number();
const scores = z.strictObject({ guide: number, judge: number });

const editReportSchema = z.strictObject({
  prompt: z.string(),
  change: z.enum(["colour", "shape", "drawing", "layer", "scene"]),
  direction: scores,
  gain: scores,
  namedGain: scores.optional(),
  score: scores,
  changedOutside: number,
  changed: number,
  alpha: z.strictObject({ grown: number, lost: number }).optional(),
  moved: z.strictObject({ scale: number, right: number, down: number }).optional(),
  added: z
    .array(z.strictObject({ left: number, top: number, right: number, bottom: number }))
    .max(8)
    .readonly()
    .optional(),
  recolouring: z
    .strictObject({
      before: number,
      after: number,
      share: number,
      isShown: z.boolean(),
      isReached: z.boolean(),
    })
    .optional(),
  visible: z.strictObject({ drawing: number, background: number, elsewhere: number.optional() }),
  inversionPsnr: number.optional(),
  realism: z.strictObject({ before: number, after: number }).optional(),
  judgeAgrees: z.boolean(),
  inversionError: number.optional(),
  steps: z.int().min(0),
});

const generateJobSchema = z.strictObject({
  command: z.literal("generate"),
  record: generateRecordSchema,
  /** Number of pictures to make after this one, with consecutive seeds. */
  following: z.int().min(0).max(999),
  animate: z.boolean(),
  metadata: z.boolean(),
  /** Whether each layer of a scene is saved as a separate picture. */
  layerFiles: z.boolean().default(false),
  /** Time budget. The number of steps is computed before the first step. */
  budget: z.string().regex(budgetPattern).optional(),
  /** Earlier pictures of the request, in sibling folders, with their looks. Later pictures must look different. */
  earlier: z
    .array(
      z.strictObject({ folder: plainName, seed: z.int().min(0), look: z.string().regex(thumbnailPattern) }),
    )
    .max(1000)
    .default([]),
});

const editJobSchema = z.strictObject({
  command: z.literal("edit"),
  record: editRecordSchema,
  /** Number of variations to make after this one, with consecutive seeds. */
  following: z.int().min(0).max(63),
  metadata: z.boolean(),
  /** Earlier variations of the request, in sibling folders. */
  earlier: z
    .array(z.strictObject({ folder: plainName, seed: z.int().min(0), reports: z.array(editReportSchema) }))
    .max(64),
  /** Reports of its finished edits. */
  done: z.array(editReportSchema).max(64),
});

const jobSchema = z.discriminatedUnion("command", [generateJobSchema, editJobSchema]);

/** Numbers of a snapshot that determine the length of the run. */
const progressSchema = z.looseObject({
  done: z.int().min(0).max(100_000).optional(),
  steps: z.int().min(0).max(100_000).optional(),
});

/** A picture to generate, the number of pictures after it, and their output settings. */
export type GenerateJob = z.output<typeof generateJobSchema>;
/** A variation to make, the number of variations after it, and their output settings. */
export type EditJob = z.output<typeof editJobSchema>;
/** The job of any command. */
export type RunJob = z.output<typeof jobSchema>;

/** An interrupted run: its place, its last snapshot, and what remains to be done. */
export interface UnfinishedRun<T extends RunJob = RunJob> {
  /** Its run folder. */
  readonly place: RunPlace;
  /** State of the ascent after the last saved step. */
  readonly snapshot: Snapshot;
  /** Command, request and pictures that are left. */
  readonly job: T;
}

/**
 * Reads the unfinished run of a folder. A schema validates the snapshot.
 * @param folder path of a run folder.
 * @param command the command that should continue the run.
 * @returns the run's place, job and snapshot.
 * @throws {InputError} when the folder has no unfinished run or its job is malformed; {WeightsError} when the snapshot is damaged;
 * {ConfigError} when another command started the run.
 */
export async function readUnfinished<T extends RunJob["command"]>(
  folder: string,
  command: T,
): Promise<UnfinishedRun<Extract<RunJob, { command: T }>>> {
  const { snapshot, job: storedJob } = await loadSnapshot(folder);
  const parsed = jobSchema.safeParse(storedJob);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    const path = issuePathOf(issue);
    throw new InputError(
      `${folder}: its snapshot cannot be used: ${path === "" ? "" : `${path}: `}${describeIssue(issue, storedJob)}; start the run again`,
      { cause: parsed.error, reason: "bad-snapshot" },
    );
  }
  const job = parsed.data;
  if (!progressSchema.safeParse(snapshot.values).success)
    throw new InputError(`${folder}: its snapshot holds invalid numbers of steps; start the run again`, {
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
