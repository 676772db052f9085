import type { Assets } from "./assets.js";
import type { RunSession } from "./session.js";
import type { RunStore } from "./store.js";

/** What a runner works with. */
export interface RunTools {
  /** Models and programs; the runner leaves it open. */
  readonly session: RunSession;
  /** Where files are written. */
  readonly store: RunStore;
  /** Where input pictures come from. */
  readonly assets: Assets;
  /** Stops the run; its best picture so far is still written. */
  readonly signal?: AbortSignal | undefined;
  /** When the time of a time budget began, on the clock of `performance.now`; the call when absent. */
  readonly began?: number;
}
