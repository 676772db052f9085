/** State of the page, as signals that views read. */
import { computed, signal } from "@preact/signals";
import type { RunDetail, RunView, ScoreView, SessionView, StepView } from "../src/studio/api.js";
import { ApiError, call, listen } from "./client.js";
import { showPreview } from "./live.js";

/** Views, in the order of the navigation. */
export type ViewName = "generate" | "edit" | "gallery" | "queue" | "classify" | "prompts" | "doctor";
export const viewNames: readonly ViewName[] = [
  "generate",
  "edit",
  "gallery",
  "queue",
  "classify",
  "prompts",
  "doctor",
];

/** A short message at the bottom of the page. */
export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly bad: boolean;
  readonly action?: { readonly label: string; run(): void } | undefined;
}

/** Curves and pictures of a run. */
export interface RunCurves {
  readonly losses: { step: number; loss: number }[];
  readonly scores: ScoreView[];
  /** Addresses of the pictures by step. */
  readonly frames: Map<number, string>;
}

export const session = signal<SessionView | undefined>(undefined);
/** Whether the server refuses this page: it has no token, or an old one. */
export const refused = signal(false);
export const connected = signal(true);
export const runs = signal<readonly RunView[]>([]);
export const curvesByRun = signal<ReadonlyMap<string, RunCurves>>(new Map());
/** Counts up when run folders have changed. */
export const galleryVersion = signal(0);
export const toasts = signal<readonly Toast[]>([]);
export const view = signal<ViewName>("generate");

export const activeRun = computed(() => runs.value.find(({ status }) => status === "running"));
export const waitingRuns = computed(() => runs.value.filter(({ status }) => status === "waiting"));

let toastCount = 0;

/** Shows a message; those with an action stay longer. @returns its id, to drop it earlier. */
export function showToast(text: string, options: { bad?: boolean; action?: Toast["action"] } = {}): number {
  const id = ++toastCount;
  toasts.value = [...toasts.value.slice(-2), { id, text, bad: options.bad ?? false, action: options.action }];
  setTimeout(() => dropToast(id), options.action ? 12_000 : options.bad ? 9000 : 5000);
  return id;
}

export function dropToast(id: number): void {
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
}

/** Shows an error as a message. */
export function showError(error: unknown): void {
  if (error instanceof ApiError && error.status === 401) refused.value = true;
  showToast(error instanceof Error ? error.message : String(error), { bad: true });
}

/** Runs an action and shows its errors. @returns undefined then. */
export async function attempt<T>(action: () => Promise<T>): Promise<T | undefined> {
  try {
    return await action();
  } catch (error) {
    showError(error);
    return undefined;
  }
}

/** Address of a picture. */
export function mediaUrl(...parts: (string | number)[]): string {
  return `/media/${session.value?.mediaKey ?? ""}/${parts.map((part) => encodeURIComponent(part)).join("/")}`;
}

export const frameUrl = (run: string, step: number): string => mediaUrl("frames", run, step);
export const imageUrl = (folder: string, version: number | string = ""): string =>
  `${mediaUrl("runs", folder, "image")}?v=${version}`;
export const thumbUrl = (folder: string, version: number | string = ""): string =>
  `${mediaUrl("runs", folder, "thumb")}?v=${version}`;

/** Curves of a run; empty if none were received. */
export function curvesOf(id: string): RunCurves {
  return curvesByRun.value.get(id) ?? { losses: [], scores: [], frames: new Map() };
}

/** Milliseconds between updates of numbers and curves by steps: more would take the time of the steps themselves. */
const stepPause = 1000;
let pendingSteps: StepView[] = [];
let stepTimer: ReturnType<typeof setTimeout> | undefined;
let lastShown = -Infinity;

/** Shows a step's picture at once, and the rest at once after a pause, else together with the others that arrive until the pause is over. */
function noteStep(step: StepView): void {
  if (step.preview !== undefined) showPreview(step.id, step.preview);
  pendingSteps.push(step);
  const delay = lastShown + stepPause - performance.now();
  if (delay <= 0) showSteps();
  else stepTimer ??= setTimeout(showSteps, delay);
}

/** Shows all steps that arrived since the last update at once. */
function showSteps(): void {
  clearTimeout(stepTimer);
  stepTimer = undefined;
  if (pendingSteps.length === 0) return;
  lastShown = performance.now();
  const arrived = pendingSteps;
  pendingSteps = [];
  const last = new Map(arrived.map((step) => [step.id, step]));
  runs.value = runs.value.map((run) => {
    const { picture, step, steps, eta } = last.get(run.id) ?? run;
    return { ...run, picture, step, steps, eta };
  });
  const all = new Map(curvesByRun.value);
  for (const { id, step, loss, score, preview } of arrived) {
    const before = all.get(id) ?? curvesOf(id);
    const curves =
      step <= (before.losses.at(-1)?.step ?? -1)
        ? { losses: [], scores: [], frames: new Map<number, string>() }
        : before;
    if (loss !== undefined) curves.losses.push({ step, loss });
    if (score) curves.scores.push(score);
    if (preview !== undefined) curves.frames.set(step, preview);
    all.set(id, { ...curves });
  }
  curvesByRun.value = all;
}

/** Losses in a run folder. The server holds only those of its latest runs. */
async function storedLosses(folder: string): Promise<RunCurves["losses"]> {
  const path = `/gallery/${encodeURIComponent(folder)}`;
  return (await call<{ losses: RunCurves["losses"] }>("GET", path)).losses;
}

/** Loads curves and pictures of a run that this page did not watch. */
export async function loadDetail(id: string): Promise<void> {
  const detail = await call<RunDetail>("GET", `/runs/${id}`);
  const folder = detail.results.at(-1)?.folder;
  const stored = detail.losses.length === 0 && detail.steps > 0 && folder !== undefined;
  const frames = new Map(detail.frames.map((step) => [step, frameUrl(id, step)]));
  curvesByRun.value = new Map(curvesByRun.value).set(id, {
    losses: stored ? await storedLosses(folder) : detail.losses,
    scores: detail.scores,
    frames,
  });
}

async function loadAll(): Promise<void> {
  const [known, all] = await Promise.all([
    call<SessionView>("GET", "/session"),
    call<{ runs: RunView[] }>("GET", "/runs"),
  ]);
  session.value = known;
  runs.value = all.runs;
  galleryVersion.value++;
  const running = all.runs.find(({ status }) => status === "running");
  if (running) await loadDetail(running.id);
}

/** Loads the first state and follows the server from then on. */
export async function connect(): Promise<void> {
  await attempt(loadAll);
  if (refused.value) return;
  let before = true;
  void listen({
    onState(up) {
      connected.value = up;
      if (up && !before) void attempt(loadAll);
      before = up;
    },
    onEvent({ type, data }) {
      if (type !== "step") showSteps();
      if (type === "refused") refused.value = true;
      else if (type === "reset") void attempt(loadAll);
      else if (type === "step") noteStep(data as StepView);
      else if (type === "runs") runs.value = (data as { runs: RunView[] }).runs;
      else if (type === "run") {
        const run = data as RunView;
        runs.value = runs.value.map((each) => (each.id === run.id ? run : each));
      } else if (type === "gallery") galleryVersion.value++;
    },
  });
}
