import { randomBytes } from "node:crypto";
import { access } from "node:fs/promises";
import { basename, join } from "node:path";
import { snapshotFile } from "../guidance/index.js";
import type { RunDetail, RunView, StepView } from "./api.js";
import { type Pace, createPace, estimateSeconds } from "./estimate.js";
import type { Engine } from "./engine.js";
import type { StudioFolders } from "./folders.js";
import type { Hub } from "./hub.js";
import type { EngineEvent, RunTask } from "./messages.js";
import { ConflictError, NotFoundError } from "./routes.js";
import { openRunFile } from "./runFile.js";
import { openTraces } from "./traces.js";

/** A run to add to the queue. */
export type NewRun = Pick<
  RunView,
  "kind" | "title" | "request" | "replay" | "group" | "cell" | "parent" | "folder"
>;

/** All runs of the studio: waiting, running and finished. */
export interface Runs {
  list(): readonly RunView[];
  /** @throws {NotFoundError} */
  detail(id: string): Promise<RunDetail>;
  /** PNG of a step, also of a finished run. @throws {NotFoundError} */
  frame(id: string, step: number): Promise<Uint8Array>;
  /** The stored step that is nearest to a step, since not every one is stored. @throws {NotFoundError} without any. */
  nearestStep(id: string, step: number): Promise<number>;
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

/** Opens the runs of a studio and resumes interrupted ones. */
export async function openRuns(
  { out, own }: StudioFolders,
  engine: Engine,
  hub: Hub,
  onError: (error: unknown) => void,
): Promise<Runs> {
  const file = openRunFile(own, onError);
  const traces = openTraces(join(own, "traces"));
  const counts = { done: 0, stopped: 0, failed: 0 };
  let seconds = 0;
  let active: { id: string; controller: AbortController; pace: Pace; start: number } | undefined;
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
  /** Seconds to the end of the run in progress: from the pace of its steps, before its second step from earlier runs. */
  const timeLeft = (id: string, picture: number, paced: number | undefined): number | undefined => {
    const run = find(id);
    const others = run.pictures - picture - 1;
    const each = estimateSeconds(run, runs, run.folder !== undefined);
    if (paced !== undefined) return paced + others * (each ?? paced);
    const elapsed = active ? (performance.now() - active.start) / 1000 : 0;
    // A run that takes longer than earlier ones has no estimate.
    return each === undefined || each * run.pictures <= elapsed ? undefined : each * run.pictures - elapsed;
  };

  const onStep = (id: string, event: Extract<EngineEvent, { type: "step" }>): void => {
    const { run: picture, index: step, steps, loss, preview } = event;
    const score = event.score && { step, ...event.score };
    traces.add(id, { step, loss, score, preview });
    const eta = timeLeft(id, picture, active?.pace.add(step, steps));
    update(id, { picture, step, steps, eta });
    const shown = preview && `data:image/png;base64,${Buffer.from(preview).toString("base64")}`;
    const sent: StepView = { id, picture, step, steps, eta, loss, score, preview: shown };
    hub.publish("step", sent, { droppable: true, patient: !shown });
  };
  const onEvent = (id: string, event: EngineEvent): void => {
    if (event.type === "step") return onStep(id, event);
    const run = find(id);
    if (event.type === "drafting") {
      const { run: picture, type: _, ...drafting } = event;
      const draftsLeft = active?.pace.addDrafts(drafting);
      update(id, { picture, drafting, eta: timeLeft(id, picture, undefined) ?? draftsLeft });
      return hub.publish("run", withoutHidden(find(id)));
    }
    if (event.type === "planned") {
      const { run: picture, runs: pictures, folder, steps } = event;
      update(id, {
        picture,
        pictures: Math.max(run.pictures, pictures),
        folder: basename(folder),
        steps,
        step: 0,
        drafting: undefined,
      });
      update(id, { eta: timeLeft(id, picture, undefined) });
    } else if (event.type === "finding") {
      const { code, level, message } = event.finding;
      update(id, { findings: [...run.findings, { code, level, message }] });
    } else {
      const { folder, image, seed, guide, judge, hasLayers, reports } = event;
      const result = {
        folder: basename(folder),
        image,
        seed,
        guide,
        judge,
        hasLayers,
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
    const start = performance.now();
    active = { id, controller, pace: createPace(), start };
    update(id, { status: "running", started: Date.now(), step: 0, drafting: undefined, error: undefined });
    update(id, { eta: timeLeft(id, 0, undefined) });
    publishAndSave(id);
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
        void traces.save(id).catch(onError); // a full disk must not end the server
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
    async detail(id) {
      find(id);
      const { losses, scores, frames } = await traces.find(id);
      return { ...withoutHidden(find(id)), losses, scores, frames: [...frames.keys()] };
    },
    async frame(id, step) {
      find(id);
      const bytes = (await traces.find(id)).frames.get(step);
      if (!bytes) throw new NotFoundError("the picture of this step is no longer stored");
      return bytes;
    },
    async nearestStep(id, step) {
      find(id);
      const steps = [...(await traces.find(id)).frames.keys()];
      if (steps.length === 0)
        throw new NotFoundError("the pictures of this run's steps are no longer stored");
      return steps.reduce((best, each) => (Math.abs(each - step) < Math.abs(best - step) ? each : best));
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
      void traces.remove(id).catch(onError);
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
      for (const { id, status } of runs)
        if (status !== "waiting" && status !== "running") void traces.remove(id).catch(onError);
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
