/** Shows a run at the moment a person starts it, before the server has it: nothing moves when the server answers. */
import { type Signal, batch, effect, signal } from "@preact/signals";
import type { RunView } from "../src/studio/api.js";
import { titleOfRequest } from "../src/studio/titles.js";
import { activeRun, attempt, runs } from "./state.js";

/** The run that is being started; undefined once the list of runs has it. */
const startingRun = signal<RunView | undefined>(undefined);
effect(() => {
  const id = startingRun.value?.id;
  if (runs.value.some((run) => run.id === id)) startingRun.value = undefined;
});

const prefix = "starting-";
let count = 0;

/** Whether the server has not answered yet, so that a run has no id of the server. */
export const isStarting = (run: RunView): boolean => run.id.startsWith(prefix);

/** The run of an id, also while it is being started. */
export function findRun(id: string | undefined): RunView | undefined {
  const starting = startingRun.value;
  return runs.value.find((run) => run.id === id) ?? (starting?.id === id ? starting : undefined);
}

/**
 * Starts a run and shows it at once. After an error, the run before is shown again.
 * @param shown id of the run that the view shows.
 * @param send asks the server for the run. @returns the run's id; undefined after an error.
 * @returns the run's id; undefined after an error.
 */
export async function startAndShow(
  kind: RunView["kind"],
  request: RunView["request"],
  shown: Signal<string | undefined>,
  send: () => Promise<string | undefined>,
): Promise<string | undefined> {
  const starting: RunView = {
    id: `${prefix}${++count}`,
    kind,
    title: titleOfRequest(request),
    status: activeRun.value ? "waiting" : "running",
    request,
    created: Date.now(),
    picture: 0,
    pictures: Number(request.count ?? request.variations ?? 1),
    step: 0,
    steps: 0,
    findings: [],
    results: [],
  };
  const before = shown.value;
  batch(() => {
    startingRun.value = starting;
    shown.value = starting.id;
  });
  // In a narrow window the picture is above or below the form.
  requestAnimationFrame(() => document.querySelector(".stage")?.scrollIntoView({ block: "nearest" }));
  const id = await attempt(send);
  batch(() => {
    if (startingRun.value === starting)
      startingRun.value = id === undefined ? undefined : { ...starting, id };
    if (shown.value === starting.id) shown.value = id ?? before;
  });
  return id;
}
