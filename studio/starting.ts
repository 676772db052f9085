/** Shows runs at the moment a person starts them, before the server has them: nothing moves when the server answers. */
import { type Signal, batch, effect, signal } from "@preact/signals";
import type { RunView } from "../src/studio/api.js";
import { titleOfRequest } from "../src/studio/titles.js";
import { activeRun, attempt, runs } from "./state.js";

/** The runs that are being started; those that the list of runs has by now are removed. */
const startingRuns = signal<readonly RunView[]>([]);
effect(() => {
  const known = new Set(runs.value.map(({ id }) => id));
  if (startingRuns.value.some(({ id }) => known.has(id)))
    startingRuns.value = startingRuns.value.filter(({ id }) => !known.has(id));
});

const prefix = "starting-";
let count = 0;

/** Whether the server has not answered yet, so that a run has no id of the server. */
export const isStarting = (run: RunView): boolean => run.id.startsWith(prefix);

/** All runs, also those that are being started. */
export const listRuns = (): readonly RunView[] => [...runs.value, ...startingRuns.value];

/** The run of an id, also while it is being started. */
export const findRun = (id: string | undefined): RunView | undefined =>
  listRuns().find((run) => run.id === id);

/** A run to start: its request, and its place in a grid. */
export interface NewRun {
  readonly request: RunView["request"];
  readonly cell?: RunView["cell"];
  readonly group?: string;
}

/**
 * Starts runs and shows the first of them at once. After an error, the run before is shown again.
 * @param shown id of the run that the view shows.
 * @param send asks the server for the runs. @returns their ids; undefined after an error.
 * @returns the runs' ids; undefined after an error.
 */
export async function startAllAndShow(
  kind: RunView["kind"],
  started: readonly NewRun[],
  shown: Signal<string | undefined>,
  send: () => Promise<readonly string[] | undefined>,
): Promise<readonly string[] | undefined> {
  const isBusy = activeRun.value !== undefined;
  const views = started.map(({ request, cell, group }, at): RunView => ({
    id: `${prefix}${++count}`,
    kind,
    title: titleOfRequest(request),
    status: isBusy || at > 0 ? "waiting" : "running",
    request,
    cell,
    group,
    created: Date.now(),
    picture: 0,
    pictures: Number(request.count ?? request.variations ?? 1),
    step: 0,
    steps: 0,
    findings: [],
    results: [],
  }));
  const first = views[0]!.id;
  const before = shown.value;
  batch(() => {
    startingRuns.value = [...startingRuns.value, ...views];
    shown.value = first;
  });
  // In a narrow window the picture is above or below the form.
  requestAnimationFrame(() => document.querySelector(".stage")?.scrollIntoView({ block: "nearest" }));
  const ids = await attempt(send);
  batch(() => {
    const others = startingRuns.value.filter((run) => !views.includes(run));
    startingRuns.value = [...others, ...(ids ?? []).map((id, at) => ({ ...views[at]!, id }))];
    const isThere =
      before === undefined ||
      !before.startsWith(prefix) ||
      startingRuns.value.some(({ id }) => id === before);
    if (shown.value === first) shown.value = ids?.[0] ?? (isThere ? before : undefined);
  });
  return ids;
}

/** Starts a run and shows it at once, as `startAllAndShow` does. @returns the run's id; undefined after an error. */
export async function startAndShow(
  kind: RunView["kind"],
  request: RunView["request"],
  shown: Signal<string | undefined>,
  send: () => Promise<string | undefined>,
): Promise<string | undefined> {
  const ids = await startAllAndShow(kind, [{ request }], shown, async () => {
    const id = await send();
    return id === undefined ? undefined : [id];
  });
  return ids?.[0];
}
