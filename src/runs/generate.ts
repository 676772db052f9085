import { basename } from "node:path";
import type { AscentResult, ScheduledTerm, Snapshot } from "../guidance/index.js";
import { type Picture, loadPictureFrom } from "../images/index.js";
import { measureStepsOfTime } from "./budget.js";
import type { FinishedGenerate, GenerateResult, RunEvent } from "./events.js";
import type { Finding } from "./findings.js";
import { finishPicture, recordDraft } from "./finishPicture.js";
import { type InputFiles, findLosses } from "./inputs.js";
import { type Prepared, prepareReplay, prepareResume } from "./prepare.js";
import type { GenerateJob, UnfinishedRun } from "./jobs.js";
import { openRunLog } from "./log.js";
import { makeCategoryFinding, findDifferentDraft, encodeThumbnail, isOneThing, pickDraft } from "./looks.js";
import { requireOutput } from "./output.js";
import { planGenerate, resolveGenerate, makeTerms } from "./planGenerate.js";
import { listPromptFindings, listSplitFindings } from "./promptFindings.js";
import { paintOf, paintSketch } from "./preview.js";
import type { GenerateRecord } from "./records.js";
import { describeScene } from "./scene.js";
import { createDraftReports } from "./draftReports.js";
import { type GenerateRequest, parseBudget } from "./requests/index.js";
import { requireSameSession } from "./session.js";
import { drawSheet } from "./sheet.js";
import { requireFinite } from "./finite.js";
import { createRandom } from "../tensor/index.js";
import { type RunPlace, runInPlace } from "./store.js";
import type { RunTools } from "./tools.js";

/** Reproduces the picture of a record. */
export interface GenerateReplay {
  readonly replay: GenerateRecord;
  /** Whether to save the ascent as an animation. */
  readonly animate?: boolean;
  /** Whether to write the record into the picture; true when absent. */
  readonly metadata?: boolean;
  /** Whether to save each layer of a scene as a separate picture. */
  readonly layerFiles?: boolean;
}

/** Continues an interrupted run. */
export interface GenerateResume {
  readonly resume: UnfinishedRun<GenerateJob>;
}

/**
 * Turns a request, a replay or an interrupted run into its first job. Other weights than the run's are an error for an interrupted run
 * and a warning for a replay. The output of a request is checked in `planGenerate`.
 */
async function prepareGenerate(
  task: GenerateRequest | GenerateReplay | GenerateResume,
  tools: RunTools,
): Promise<Prepared<GenerateJob>> {
  if ("resume" in task) {
    requireOutput(task.resume.job.record.settings, tools.session.models);
    return prepareResume(task.resume, tools);
  }
  if ("replay" in task) {
    const { replay, animate = false, metadata = true, layerFiles = false } = task;
    requireOutput(replay.settings, tools.session.models);
    const options = { following: 0, animate, metadata, layerFiles, earlier: [] };
    return prepareReplay(replay, tools, (record) => ({ command: "generate", record, ...options }));
  }
  const { session, assets } = tools;
  const resolved = resolveGenerate(task);
  requireSameSession(session, resolved);
  const { job, inputs, findings } = await planGenerate(resolved, session, assets);
  return {
    job,
    inputs,
    findings: [
      ...listSplitFindings(resolved),
      ...findings,
      ...(await listPromptFindings(job.record.settings, session.models)),
    ],
  };
}

/**
 * Makes pictures from a request, one for each seed. Alternatively reproduces the picture of a record or continues an interrupted run.
 * Writes the picture, `config.yaml`, `steps.jsonl` and the animation into the store. An unfinished run also has a snapshot.
 * @param task a new request, a record to reproduce, or an interrupted run.
 * @param tools session, store and inputs of the run; `signal` ends it early with the result so far.
 * @returns the results of all pictures.
 * @throws {ConfigError} for an invalid request; {InputError} for an invalid input picture.
 */
export async function* runGenerate(
  task: GenerateRequest | GenerateReplay | GenerateResume,
  tools: RunTools,
): AsyncGenerator<RunEvent, GenerateResult> {
  const callTime = performance.now();
  const { signal, began = callTime, store } = tools;
  const { job: first, inputs, findings, from } = await prepareGenerate(task, tools);
  for (const finding of [...findings, ...(await findLosses(first.record, inputs))])
    yield { type: "finding", run: 0, finding };
  const terms = await makeTerms(first.record.settings, inputs);
  const { init: reference } = first.record.settings;
  const file = reference && inputs.get(reference.sha256)!;
  const init = file && (await loadPictureFrom(file.bytes, file.name)).picture;
  const pictures: FinishedGenerate[] = [];
  const earlier = [...first.earlier];
  let firstPlace: RunPlace | undefined;
  const runs = first.following + 1;
  for (let run = 0; run < runs && !signal?.aborted; run++) {
    const { record, following, budget, ...rest } = first;
    const { draft, ...others } = record.settings;
    const settings = {
      ...others,
      seed: others.seed + run,
      draft: run === 0 ? draft : undefined,
    };
    const job: GenerateJob = {
      ...rest,
      record: { ...record, settings },
      following: following - run,
      budget,
      earlier: [...earlier],
    };
    const resumed = run === 0 ? from : undefined;
    const place = resumed?.place ?? (await store.create(settings.terms[0]!.name));
    firstPlace ??= place;
    const sketch = paintSketch(tools.session, { settings, terms, init });
    yield { type: "planned", run, runs, folder: place.folder, record: job.record, sketch };
    const pictureRun = makePicture(
      {
        job,
        place,
        terms,
        init,
        inputs,
        snapshot: resumed?.snapshot,
        began: run === 0 ? began : performance.now(),
        run,
      },
      tools,
    );
    const { finished, look } = yield* runInPlace(place, pictureRun);
    pictures.push(finished);
    earlier.push({ folder: basename(place.folder ?? "run"), seed: finished.seed, look });
  }
  if (pictures.length === 0) signal?.throwIfAborted();
  const sheet = firstPlace && (await drawSheet(pictures, first, { store, place: firstPlace }));
  return {
    pictures,
    sheet,
    stopped: signal?.aborted ?? false,
    seconds: (performance.now() - callTime) / 1000,
  };
}

interface PictureTask {
  readonly job: GenerateJob;
  readonly place: RunPlace;
  readonly terms: readonly ScheduledTerm[];
  readonly init: Picture | undefined;
  readonly inputs: InputFiles;
  readonly snapshot: Snapshot | undefined;
  readonly began: number;
  readonly run: number;
}

/** Makes one picture. @returns the result, and the look of the generator's pixels, which is comparable with the looks of drafts. */
async function* makePicture(
  task: PictureTask,
  { session, signal }: RunTools,
): AsyncGenerator<RunEvent, { finished: FinishedGenerate; look: string }> {
  const { job, place, terms, init, inputs, snapshot, began, run } = task;
  const started = performance.now();
  const { models } = session;
  const { settings: planned } = job.record;
  let { draft } = planned;
  let categoryFinding: Finding | undefined;
  const budget = job.budget === undefined ? undefined : parseBudget(job.budget);
  const budgetFindings: Finding[] = [];
  const finding = (raised: Finding): RunEvent => ({ type: "finding", run, finding: raised });
  if (!snapshot) {
    for (const asset of inputs.values()) await place.keepInput(asset);
    await place.saveSnapshot({ tensors: {}, values: {} }, job);
  }
  const log = await openRunLog(place, { animate: job.animate, from: snapshot });
  const reports = createDraftReports();
  const ascent = session.getPrograms().run(terms, planned, {
    signal,
    init,
    scene: await describeScene(planned, session.getPrograms(), models),
    from: snapshot,
    onDraftProgress: (progress) => reports.add(progress),
    choose(drafts) {
      const earlier = job.earlier.map(({ look }) => look);
      const usual = (): number =>
        earlier.length === 0 && isOneThing(planned, models)
          ? pickDraft(drafts, createRandom(planned.seed).stream("pick"))
          : findDifferentDraft(drafts, earlier);
      const rank = Math.min(draft ?? usual(), drafts.length - 1);
      draft = rank > 0 ? rank : undefined;
      categoryFinding = makeCategoryFinding(planned, models, drafts[rank]);
      return rank;
    },
    plan: budget
      ? (trial) => measureStepsOfTime(budget, began, trial, (each) => budgetFindings.push(each))
      : undefined,
  });
  let steps = (snapshot?.values.steps as number | undefined) ?? planned.steps;
  let result: AscentResult;
  for (;;) {
    const next = yield* reports.yieldDuring(ascent.next(), run);
    for (const each of budgetFindings.splice(0)) yield finding(each);
    if (categoryFinding) yield finding(categoryFinding);
    categoryFinding = undefined;
    if (next.done) {
      result = next.value;
      break;
    }
    const { index, loss, terms: parts = {}, scores, picture, seen } = next.value;
    steps = next.value.steps;
    if (loss !== undefined) requireFinite(`the loss of step ${index}`, loss);
    const failed = await log.record(next.value, recordDraft(job, draft));
    if (failed) yield finding(failed);
    const shown = { run, steps, picture, paint: paintOf(next.value) };
    yield loss === undefined
      ? { type: "draft", ...shown }
      : { type: "step", ...shown, seen, index, loss, terms: parts, scores };
  }
  requireFinite("the guide score", result.guide);
  requireFinite("the judge score", result.judge);
  if (budget && result.steps === 0) steps = 0;
  const finished = yield* finishPicture({ job, place, run }, session, {
    result,
    log,
    steps,
    draft,
    started,
    signal,
  });
  return { finished, look: encodeThumbnail(result.picture) };
}
