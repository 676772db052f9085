import { signal } from "@preact/signals";
import type { RunView } from "../../src/studio/api.js";
import { call } from "../client.js";
import { attempt, showToast, waitingRuns } from "../state.js";
import { change, form, randomSeed, requestOf } from "./form.js";

/** The run that the stage shows; undefined shows the newest. */
export const shownRun = signal<string | undefined>(undefined);

/** Starts the run of the form; a run in progress ends first. */
export async function startRun(): Promise<void> {
  if (!form.value.keepSeed) change({ seed: randomSeed() });
  const request = requestOf(form.value);
  if (!request) {
    showToast("Write a prompt first.");
    document.querySelector<HTMLElement>("[data-prompt]")?.focus();
    return;
  }
  const added = await attempt(() =>
    call<{ ids: string[] }>("POST", "/runs", { kind: "generate", requests: [{ request }], next: true }),
  );
  if (!added) return;
  if (waitingRuns.value.length > 0) showToast("Queued after the run in progress.");
  else {
    shownRun.value = added.ids[0];
    // In a narrow window the picture is below the form.
    requestAnimationFrame(() => document.querySelector(".stage")?.scrollIntoView({ block: "nearest" }));
  }
}

/** Number of steps of an ascent that is asked for where there is none by default: after a draft, and for layers. */
export const steerSteps = 60;

/** Makes the last picture of a finished run again, by its seed, and steers it. */
export async function steerResult(run: RunView): Promise<void> {
  const request = { ...run.request, seed: run.results.at(-1)!.seed, count: 1, steps: steerSteps };
  const added = await attempt(() =>
    call<{ ids: string[] }>("POST", "/runs", { kind: "generate", requests: [{ request }], next: true }),
  );
  if (added) shownRun.value = added.ids[0];
}
