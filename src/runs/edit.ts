import { basename, extname } from "node:path";
import { InputError } from "../errors.js";
import { type Snapshot, reducePicture } from "../guidance/index.js";
import {
  type LoadedPicture,
  type Picture,
  composeContactSheet,
  encodePicture,
  loadOwnPicture,
  loadPictureFrom,
  makeLoadedPicture,
  toPreview,
} from "../images/index.js";
import { editOne } from "./editOne.js";
import type { EarlierEdit, EditReport, EditRunResult, FinishedEdit, RunEvent } from "./events.js";
import { makeNote } from "./findings.js";
import { type InputFiles, findLosses } from "./inputs.js";
import { type Prepared, prepareReplay, prepareResume } from "./prepare.js";
import type { EditJob, UnfinishedRun } from "./jobs.js";
import { openRunLog } from "./log.js";
import { planEdit, resolveEdit } from "./planEdit.js";
import { type EditRecord, serializeRecord } from "./records.js";
import { type EditRequest } from "./requests/index.js";
import { serializeScene } from "./scene.js";
import { requireSameSession } from "./session.js";
import { type RunPlace, runInPlace } from "./store.js";
import type { RunTools } from "./tools.js";

/** Reproduces the picture of a record. */
export interface EditReplay {
  readonly replay: EditRecord;
  /** Whether to write the record into the picture; true when absent. */
  readonly metadata?: boolean;
}

/** Continues an interrupted run. */
export interface EditResume {
  readonly resume: UnfinishedRun<EditJob>;
}

const emptySnapshot: Snapshot = { tensors: {}, values: {} };

async function prepare(
  task: EditRequest | EditReplay | EditResume,
  tools: RunTools,
): Promise<Prepared<EditJob>> {
  if ("resume" in task) return prepareResume(task.resume, tools);
  if ("replay" in task) {
    const { replay, metadata = true } = task;
    const options = { following: 0, metadata, earlier: [], done: [] };
    return prepareReplay(replay, tools, (record) => ({ command: "edit", record, ...options }));
  }
  const { session, assets } = tools;
  const resolved = resolveEdit(task);
  requireSameSession(session, resolved);
  return planEdit(resolved, session, assets);
}

/**
 * Edits a picture by a request, once for each variation. Alternatively reproduces the picture of a record or continues an interrupted run.
 * Writes the picture, masks, the generator's copies, `config.yaml` and `steps.jsonl` into the store. An unfinished run also has a snapshot.
 * @param task a new request, a record to reproduce, or an interrupted run.
 * @param tools session, store and inputs of the run; `signal` ends it early with the result so far.
 * @returns the results of all variations.
 * @throws {ConfigError} for an invalid request; {InputError} for an invalid input picture.
 */
export async function* runEdit(
  task: EditRequest | EditReplay | EditResume,
  tools: RunTools,
): AsyncGenerator<RunEvent, EditRunResult> {
  const began = performance.now();
  const { signal } = tools;
  const { job: first, inputs, findings, from } = await prepare(task, tools);
  for (const finding of [...findings, ...(await findLosses(first.record, inputs))])
    yield { type: "finding", run: 0, finding };
  const { name, sha256 } = first.record.settings.picture;
  const original = await loadPictureFrom(inputs.get(sha256)!.bytes, name);
  const earlier: EarlierEdit[] = await readEarlierEdits(first, tools);
  const finished = yield* makeVariations({ first, original, inputs, from }, tools);
  const pictures = [...earlier, ...finished.map(({ result }) => result)];
  if (pictures.length === 0) signal?.throwIfAborted();
  if (pictures.length > 1) await drawVariations(original, first, earlier, finished, tools);
  return { pictures, stopped: signal?.aborted ?? false, seconds: (performance.now() - began) / 1000 };
}

/** A finished variation and where it is stored. */
interface StoredVariation {
  readonly place: RunPlace;
  readonly result: FinishedEdit;
}

/** Plans one of the variations that a job asks for: its seed, and which variations come before and after it. */
function planVariation(first: EditJob, finished: readonly StoredVariation[]): EditJob {
  const { record, following, done } = first;
  const run = finished.length;
  return {
    ...first,
    record: { ...record, settings: { ...record.settings, seed: record.settings.seed + run } },
    following: following - run,
    earlier: [
      ...first.earlier,
      ...finished.map(({ place, result: { seed, reports } }) => ({
        folder: basename(place.folder ?? "run"),
        seed,
        reports: [...reports],
      })),
    ],
    done: run === 0 ? done : [],
  };
}

/** Makes the variations that a job asks for, each in its own place, until the signal is aborted. */
async function* makeVariations(
  {
    first,
    original,
    inputs,
    from,
  }: Pick<Prepared<EditJob>, "inputs" | "from"> & {
    readonly first: EditJob;
    readonly original: LoadedPicture;
  },
  tools: RunTools,
): AsyncGenerator<RunEvent, readonly StoredVariation[]> {
  const { signal, store } = tools;
  const { picture, edits } = first.record.settings;
  const title = `${basename(picture.name, extname(picture.name))} ${edits[0]!.prompt}`;
  const sketch = (side: number): Promise<Picture> =>
    Promise.resolve(toPreview(reducePicture(original, side)));
  const finished: StoredVariation[] = [];
  const runs = first.following + 1;
  for (let run = 0; run < runs && !signal?.aborted; run++) {
    const job = planVariation(first, finished);
    const resumed = run === 0 ? from : undefined;
    const place = resumed?.place ?? (await store.create(title));
    yield { type: "planned", run, runs, folder: place.folder, record: job.record, sketch };
    const snapshot = resumed?.snapshot;
    const variation = makeVariation({ job, place, original, inputs, snapshot, run }, tools);
    finished.push({ place, result: yield* runInPlace(place, variation) });
  }
  return finished;
}

/** Reads the variations that were finished before the run was resumed. Variations whose file is missing are left out. */
async function readEarlierEdits({ earlier, record }: EditJob, { store }: RunTools): Promise<EarlierEdit[]> {
  const file = `image.${record.settings.format}`;
  const results: EarlierEdit[] = [];
  for (const { folder, seed, reports } of earlier) {
    const place = store.open(folder);
    const bytes = await place.read(file);
    if (bytes) results.push({ path: place.pathOf(file), seed, reports, bytes });
  }
  return results;
}

const formatSigned = (value: number): string => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(3)}`;

/** Draws the input and all variations on one sheet, `variations.png` in the first variation's folder. */
async function drawVariations(
  original: LoadedPicture,
  first: EditJob,
  earlier: readonly EarlierEdit[],
  finished: readonly StoredVariation[],
  { store }: RunTools,
): Promise<void> {
  const all = [...earlier, ...finished.map(({ result }) => result)];
  const pictures = await Promise.all(
    all.map(async ({ bytes, seed }) => (await loadOwnPicture(bytes, `variation ${seed}`)).picture),
  );
  const labels = all.map(
    ({ seed, reports }) => `seed ${seed}: judge ${formatSigned(reports[reports.length - 1]!.gain.judge)}`,
  );
  const sheet = await composeContactSheet([original.picture, ...pictures], {
    columns: Math.min(5, all.length + 1),
    scale: Math.max(1, Math.round(160 / original.width)),
    labels: ["input", ...labels],
  });
  const place = first.earlier[0] ? store.open(first.earlier[0].folder) : finished[0]!.place;
  await place.write("variations.png", await encodePicture(sheet, { format: "png" }));
}

interface VariationTask {
  readonly job: EditJob;
  readonly place: RunPlace;
  readonly original: LoadedPicture;
  readonly inputs: InputFiles;
  readonly snapshot: Snapshot | undefined;
  readonly run: number;
}

/** Makes the edits of one run in order. Each edit changes the result of the previous one. */
async function* makeVariation(
  { job, place, original, inputs, snapshot: resumed, run }: VariationTask,
  tools: RunTools,
): AsyncGenerator<RunEvent, FinishedEdit> {
  const began = performance.now();
  const { signal } = tools;
  const { record } = job;
  const { edits, steps, format, seed } = record.settings;
  const fileOf = (edit: number, file: string): string => (edits.length > 1 ? `${edit}-${file}` : file);
  const savePng = async (edit: number, file: string, picture: Picture | LoadedPicture): Promise<void> =>
    void (await place.write(fileOf(edit, file), await encodePicture(picture, { format: "png" })));
  const reports: EditReport[] = [...job.done];
  if (!resumed) {
    for (const asset of inputs.values()) await place.keepInput(asset);
    await place.saveSnapshot(emptySnapshot, job);
  }
  let picture = original;
  if (reports.length > 0) {
    const file = fileOf(reports.length, "image.png");
    const bytes = await place.read(file);
    if (!bytes) throw new InputError(`${place.folder ?? "the run"}: ${file} is missing; start the run again`);
    picture = makeLoadedPicture(await loadPictureFrom(bytes, file), original);
  }
  let stopped = false;
  for (let number = reports.length + 1; number <= edits.length && !stopped; number++) {
    const current: EditJob = { ...job, done: [...reports] };
    const snapshot = number === job.done.length + 1 ? resumed : undefined;
    const log = await openRunLog(place, { animate: false, edit: number, from: snapshot });
    const outcome = yield* editOne(
      { job: current, edit: number, run, picture, inputs, log, snapshot },
      tools,
    );
    await log.flush();
    const { pair, maskPicture, bytes, report, scene } = outcome;
    await savePng(number, "inversion.png", pair);
    if (maskPicture) await savePng(number, "mask.png", maskPicture);
    if (scene && number === edits.length) await place.write("scene.json", serializeScene(scene));
    reports.push(report);
    picture = makeLoadedPicture(bytes, original);
    const whole = number === edits.length;
    stopped = Boolean(signal?.aborted) && (report.steps < steps || steps === 0 || !whole);
    if (stopped) {
      const failed = await log.stop(current);
      if (failed) yield { type: "finding", run, finding: failed };
    } else if (whole) await place.finish();
    else {
      await savePng(number, "image.png", picture);
      await place.saveSnapshot(emptySnapshot, { ...job, done: [...reports] });
    }
  }
  const bytes = await encodePicture(picture, {
    format,
    metadata: job.metadata ? serializeRecord(record) : undefined,
  });
  const path = await place.write(`image.${format}`, bytes);
  const seconds = (performance.now() - began) / 1000;
  const { stringify } = await import("yaml");
  await place.write(
    "config.yaml",
    stringify({ ...record, report: { edits: reports, seconds } }, { aliasDuplicateObjects: false }),
  );
  const result: FinishedEdit = { path, seed, bytes, seconds, stopped, record, reports };
  yield { type: "finished", run, result };
  if (stopped) {
    const message = `stopped in edit ${reports.length} of ${edits.length}`;
    const data = { done: reports.length, edits: edits.length, folder: place.folder };
    yield { type: "finding", run, finding: makeNote("stopped", message, data) };
  }
  return result;
}
