import { signal } from "@preact/signals";
import type { RunView } from "../../src/studio/api.js";
import { call } from "../client.js";
import { startAndShow } from "../starting.js";
import { activeRun, attempt, showToast } from "../state.js";
import { change, form, randomSeed, requestOf } from "./form.js";

/** The run that the stage shows; undefined shows the newest. */
export const shownRun = signal<string | undefined>(undefined);

/** Asks the server for a run before the waiting ones. @returns its id. @throws {ApiError} */
export async function add(request: RunView["request"]): Promise<string> {
  const body = { kind: "generate", requests: [{ request }], next: true };
  return (await call<{ ids: string[] }>("POST", "/runs", body)).ids[0]!;
}

/** Starts the run of the form; a run in progress ends first. */
export async function startRun(): Promise<void> {
  if (!form.value.keepSeed) change({ seed: randomSeed() });
  const request = requestOf(form.value);
  if (!request) {
    showToast("Write a prompt first.");
    document.querySelector<HTMLElement>("[data-prompt]")?.focus();
    return;
  }
  if (!activeRun.value) await startAndShow("generate", request, shownRun, () => add(request));
  else if (await attempt(() => add(request))) showToast("Queued after the run in progress.");
}

/** Number of steps of an ascent that is asked for where there is none by default: after a draft, and for layers. */
export const steerSteps = 60;

/** Makes the last picture of a finished run again, by its seed, and steers it. */
export async function steerResult(run: RunView): Promise<void> {
  const request = { ...run.request, seed: run.results.at(-1)!.seed, count: 1, steps: steerSteps };
  await startAndShow("generate", request, shownRun, () => add(request));
}
