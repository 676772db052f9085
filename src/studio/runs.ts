import { randomBytes } from "node:crypto";
import { access } from "node:fs/promises";
import { basename, join } from "node:path";
import { snapshotFile } from "../guidance/index.js";
import type { RunDetail, RunView, ScoreView, StepView } from "./api.js";
import type { Engine } from "./engine.js";
import type { StudioFolders } from "./folders.js";
import type { Hub } from "./hub.js";
import type { EngineEvent, RunTask } from "./messages.js";
import { ConflictError, NotFoundError } from "./routes.js";
import { openRunFile } from "./runStore.js";

/** A run to add to the queue. */
export type NewRun = Pick<
  RunView,
  "kind" | "title" | "request" | "replay" | "group" | "cell" | "parent" | "folder"
>;

/** All runs of the studio: waiting, running and finished. */
export interface Runs {
  list(): readonly RunView[];
  /** @throws {NotFoundError} */
  detail(id: string): RunDetail;
  /** PNG of a step. @throws {NotFoundError} */
  frame(id: string, step: number): Uint8Array;
  /** @param next whether they are put before the waiting runs. @returns their ids. */
  add(given: readonly NewRun[], next: boolean): string[];
  /** Ends the running run; its best picture so far is kept. @throws {NotFoundError}, {ConflictError} */
  stop(id: string): void;
  /**
   * Removes a waiting run from the queue, or a finished one from the list; its folder is kept. @throws {NotFoundError},
   * {ConflictError}
   */
  remove(id: string): void;
  /** Moves a waiting run to a position in the queue, from 0. @throws {NotFoundError}, {ConflictError} */
  move(id: string, to: number): void;
  /** Adds a failed or stopped run to the queue again; it resumes from its snapshot if there is one. @throws {NotFoundError}, {ConflictError} */
  again(id: string): void;
  /** Removes finished runs from the list; their folders are kept. */
  clear(): void;
  /** Hides a run folder in the results while it is in the bin. */
  setHidden(folder: string, hidden: boolean): void;
  readonly counts: Readonly<Record<"done" | "stopped" | "failed", number>>;
  /** Seconds that runs took. */
  readonly seconds: number;
  /** Accepts no further runs and saves the state; the current run is resumed at the next start. */
  close(): Promise<void>;
}

/** Curves and pictures of a run, in memory. */
interface Trace {
  losses: { step: number; loss: number }[];
  scores: ScoreView[];
  frames: Map<number, Uint8Array>;
  /** Time and step at which the present picture's first step was done. */
  first?: { at: number; step: number };
}

/** Maximum number of runs whose pictures are in memory. */
const maxTraces = 8;
/** Maximum number of pictures in memory of a run; above it, every second picture is removed. */
const maxFrames = 200;

const emptyTrace = (): Trace => ({ losses: [], scores: [], frames: new Map() });

/** Opens the runs of a studio and resumes interrupted ones. */
export async function openRuns(
  { out, own }: StudioFolders,
  engine: Engine,
  hub: Hub,
  onError: (error: unknown) => void,
): Promise<Runs> {
  const file = openRunFile(own, onError);
  const traces = new Map<string, Trace>();
  const counts = { done: 0, stopped: 0, failed: 0 };
  let seconds = 0;
  let active: { id: string; controller: AbortController } | undefined;
  let closed = false;
  // Runs that were in progress when the server ended come first.
  let runs: readonly RunView[] = (await file.load()).map((run) =>
    run.status === "running" ? { ...run, status: "waiting" } : run,
  );

  /** Run folders that were removed. */
  const hidden = new Set<string>();
  for (const { folder } of runs.flatMap(({ results }) => results))
    await access(join(out, folder)).catch(() => hidden.add(folder));
  const withoutHidden = (run: RunView): RunView =>
    run.results.some(({ folder }) => hidden.has(folder))
      ? { ...run, results: run.results.filter(({ folder }) => !hidden.has(folder)) }
      : run;

  /** Sends one run, or all runs, to the pages and saves the state. */
  const publishAndSave = (id?: string): void => {
    if (id === undefined) hub.publish("runs", { runs: runs.map(withoutHidden) });
    else hub.publish("run", withoutHidden(find(id)));
    void file.save(runs);
  };
  const update = (id: string, values: Partial<RunView>): RunView | undefined => {
    runs = runs.map((run) => (run.id === id ? { ...run, ...values } : run));
    return runs.find((run) => run.id === id);
  };
  const find = (id: string): RunView => {
    const run = runs.find((each) => each.id === id);
    if (!run) throw new NotFoundError("no such run");
    return run;
  };
  const traceOf = (id: string): Trace => {
    let trace = traces.get(id);
    if (!trace) traces.set(id, (trace = emptyTrace()));
    for (const old of [...traces.keys()].slice(0, -maxTraces)) traces.delete(old);
    return trace;
  };

  /** Seconds to the end, from the pace of the present picture's steps. */
  const timeLeft = (trace: Trace, index: number, steps: number, picturesLeft: number): number | undefined => {
    const now = performance.now();
    trace.first ??= { at: now, step: index };
    const done = index - trace.first.step;
    if (done < 1) return undefined;
    const secondsPerStep = (now - trace.first.at) / 1000 / done;
    return secondsPerStep * (steps - index + picturesLeft * steps);
  };

  const onStep = (id: string, event: Extract<EngineEvent, { type: "step" }>): void => {
    const trace = traceOf(id);
    const { run: picture, index: step, steps, loss, preview } = event;
    const score = event.score && { step, ...event.score };
    if (step === 0) traces.set(id, Object.assign(trace, emptyTrace(), { first: undefined }));
    const eta = timeLeft(trace, step, steps, find(id).pictures - picture - 1);
    if (loss !== undefined) trace.losses.push({ step, loss });
    if (score) trace.scores.push(score);
    if (preview) trace.frames.set(step, preview);
    if (trace.frames.size > maxFrames)
      [...trace.frames.keys()].forEach((key, at) => at % 2 === 1 && key !== step && trace.frames.delete(key));
    update(id, { picture, step, steps, eta });
    const shown = preview && `data:image/png;base64,${Buffer.from(preview).toString("base64")}`;
    const sent: StepView = { id, picture, step, steps, eta, loss, score, preview: shown };
    hub.publish("step", sent, { droppable: true, patient: !shown });
  };
  const onEvent = (id: string, event: EngineEvent): void => {
    if (event.type === "step") return onStep(id, event);
    const run = find(id);
    if (event.type === "planned") {
      const { run: picture, runs: pictures, folder, steps } = event;
      update(id, {
        picture,
        pictures: Math.max(run.pictures, pictures),
        folder: basename(folder),
        steps,
        step: 0,
      });
    } else if (event.type === "finding") {
      const { code, level, message } = event.finding;
      update(id, { findings: [...run.findings, { code, level, message }] });
    } else {
      const { folder, image, seed, guide, judge, layers, reports } = event;
      const result = {
        folder: basename(folder),
        image,
        seed,
        guide,
        judge,
        layers,
        reports: reports && [...reports],
      };
      const others = run.results.filter((each) => each.folder !== result.folder);
      update(id, { results: [...others, result] });
      hub.publish("gallery", {});
    }
    publishAndSave(id);
  };

  const taskOf = async (run: RunView): Promise<RunTask> => {
    const paths = { command: run.kind, out, uploads: join(own, "uploads") };
    if (run.folder !== undefined) {
      const resume = join(out, run.folder);
      const hasSnapshot = await access(join(resume, snapshotFile)).then(
        () => true,
        () => false,
      );
      if (hasSnapshot) return { ...paths, resume };
    }
    return run.replay ? { ...paths, replay: run.replay } : { ...paths, request: run.request };
  };

  const startNext = (): void => {
    const next = runs.find(({ status }) => status === "waiting");
    if (closed || active || !next) return;
    const controller = new AbortController();
    const { id } = next;
    active = { id, controller };
    update(id, { status: "running", started: Date.now(), step: 0, error: undefined, eta: undefined });
    publishAndSave(id);
    const start = performance.now();
    const runNext = async (): Promise<Partial<RunView>> => {
      const { stopped } = await engine.run(
        await taskOf(next),
        (event) => onEvent(id, event),
        controller.signal,
      );
      return { status: stopped ? "stopped" : "done" };
    };
    void runNext()
      .catch((error: unknown): Partial<RunView> => {
        const [message] = (error instanceof Error ? error.message : String(error)).split("\n");
        return { status: "failed", error: message! };
      })
      .then((end) => {
        active = undefined;
        if (closed) return; // stays "running" on disk, and is resumed
        seconds += (performance.now() - start) / 1000;
        counts[end.status as keyof typeof counts]++;
        update(id, { ...end, finished: Date.now(), eta: undefined });
        publishAndSave(id);
        hub.publish("gallery", {});
        startNext();
      });
  };

  const waiting = (id: string): RunView => {
    const run = find(id);
    if (run.status !== "waiting") throw new ConflictError("this run is no longer waiting");
    return run;
  };

  queueMicrotask(startNext);
  return {
    list: () => runs.map(withoutHidden),
    detail(id) {
      const { losses, scores, frames } = traces.get(id) ?? emptyTrace();
      return { ...withoutHidden(find(id)), losses, scores, frames: [...frames.keys()] };
    },
    frame(id, step) {
      const bytes = traces.get(id)?.frames.get(step);
      if (!bytes) throw new NotFoundError("the picture of this step is no longer stored");
      return bytes;
    },
    add(given, next) {
      const added = given.map((run): RunView => {
        const id = randomBytes(9).toString("base64url");
        const pictures = Number(run.request.count ?? run.request.variations ?? 1);
        const counters = { picture: 0, pictures, step: 0, steps: 0, findings: [], results: [] };
        return { ...run, id, status: "waiting", created: Date.now(), ...counters };
      });
      const first = runs.findIndex(({ status }) => status === "waiting");
      const at = next && first >= 0 ? first : runs.length;
      runs = [...runs.slice(0, at), ...added, ...runs.slice(at)];
      publishAndSave();
      startNext();
      return added.map(({ id }) => id);
    },
    stop(id) {
      find(id);
      if (active?.id !== id) throw new ConflictError("this run is not running");
      active.controller.abort();
    },
    remove(id) {
      if (find(id).status === "running") throw new ConflictError("this run is running; stop it first");
      runs = runs.filter((run) => run.id !== id);
      traces.delete(id);
      publishAndSave();
    },
    move(id, to) {
      const run = waiting(id);
      const queue = runs.filter(({ status, id: other }) => status === "waiting" && other !== id);
      queue.splice(Math.min(to, queue.length), 0, run);
      runs = [...runs.filter(({ status }) => status !== "waiting"), ...queue];
      publishAndSave();
    },
    again(id) {
      const run = find(id);
      if (run.status !== "failed" && run.status !== "stopped")
        throw new ConflictError("only a failed or stopped run can continue");
      const { error: _, finished: __, ...rest } = run;
      runs = [...runs.filter((each) => each !== run), { ...rest, status: "waiting", findings: [] }];
      publishAndSave();
      startNext();
    },
    clear() {
      runs = runs.filter(({ status }) => status === "waiting" || status === "running");
      publishAndSave();
    },
    setHidden(folder, hide) {
      if (hide) hidden.add(folder);
      else hidden.delete(folder);
      publishAndSave();
    },
    get counts() {
      return counts;
    },
    get seconds() {
      return seconds;
    },
    async close() {
      closed = true;
      await file.save(runs);
    },
  };
}
