import type { AscentResult } from "../guidance/index.js";
import { encodeAnimation } from "../images/index.js";
import type { FinishedGenerate, GenerateReport, RunEvent } from "./events.js";
import { type Finding, makeNote, makeWarning } from "./findings.js";
import type { GenerateJob } from "./jobs.js";
import type { RunLog } from "./log.js";
import { paintFrames } from "./preview.js";
import type { GenerateRecord } from "./records.js";
import type { RunSession } from "./session.js";
import type { RunPlace } from "./store.js";
import { writeResult } from "./writeResult.js";

/** Guide score minus judge score above which the picture may be adversarial. */
const wideGap = 0.25;

/** The end of an ascent. */
interface Ended {
  readonly result: AscentResult;
  readonly log: RunLog;
  /** Planned number of steps. */
  readonly steps: number;
  readonly draft: number | undefined;
  /** Time of the start of the picture, in milliseconds. */
  readonly started: number;
  readonly signal: AbortSignal | undefined;
}

/** Writes the files of a picture after its ascent, and reports its findings. @returns the finished picture. */
export async function* finishPicture(
  { job, place, run }: { readonly job: GenerateJob; readonly place: RunPlace; readonly run: number },
  session: RunSession,
  { result, log, steps, draft, started, signal }: Ended,
): AsyncGenerator<RunEvent, FinishedGenerate> {
  const { record: begun } = recordDraft(job, draft);
  const record: GenerateRecord = { ...begun, settings: { ...begun.settings, steps } };
  const { settings } = record;
  const written = await writeResult(session, result, record, { ...job, place });
  const seconds = (performance.now() - started) / 1000;
  const report: GenerateReport = {
    guideScore: result.guide,
    judgeScore: result.judge,
    gap: result.guide - result.judge,
    steps: result.steps,
    chosen: result.chosen,
    plateaued: result.plateaued,
    passes: result.passes,
    budget: job.budget,
    seconds,
  };
  const { stringify } = await import("yaml");
  await place.write("config.yaml", stringify({ ...record, report }));
  await log.flush();
  if (job.animate) {
    const last = session.models.generator.regions ? result.latents : result.picture;
    const frames = await paintFrames(session, [...log.frames, last]);
    await place.write("progress.webp", await encodeAnimation(frames, { delay: 80 }));
  }
  const stopped = Boolean(signal?.aborted) && result.steps < steps;
  if (stopped) {
    const failed = await log.stop(recordDraft(job, draft));
    if (failed) yield { type: "finding", run, finding: failed };
  } else await place.finish();
  const finished: FinishedGenerate = { ...written, seed: settings.seed, seconds, stopped, record, report };
  yield { type: "finished", run, result: finished };
  for (const finding of listEndFindings(finished, place.folder)) yield { type: "finding", run, finding };
  return finished;
}

/** Puts the rank of the steered draft into a job's record. */
export function recordDraft(job: GenerateJob, draft: number | undefined): GenerateJob {
  if (draft === undefined) return job;
  return { ...job, record: { ...job.record, settings: { ...job.record.settings, draft } } };
}

function listEndFindings(
  { report, record, stopped }: FinishedGenerate,
  folder: string | undefined,
): Finding[] {
  const { steps: done, plateaued, gap } = report;
  const { steps, plateau } = record.settings;
  const findings: Finding[] = [];
  if (stopped)
    findings.push(makeNote("stopped", `stopped after ${done} of ${steps} steps`, { done, steps, folder }));
  if (plateaued)
    findings.push(
      makeNote("plateau", `ended after ${done} of ${steps} steps: the loss had not fallen for ${plateau}`, {
        done,
        steps,
        plateau,
      }),
    );
  if (gap > wideGap)
    findings.push(
      makeWarning(
        "wide-gap",
        "the guides score this picture far higher than the judge: it may fool the guides",
        {
          gap,
        },
      ),
    );
  return findings;
}
