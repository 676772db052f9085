import type { Assets } from "./assets.js";
import type { RunSession } from "./session.js";
import type { RunStore } from "./store.js";

/** Dependencies of `runGenerate` and `runEdit`. */
export interface RunTools {
  /** Models and programs. The run does not close the session. */
  readonly session: RunSession;
  /** Store for the files of the run. */
  readonly store: RunStore;
  /** Source of input pictures. */
  readonly assets: Assets;
  /** Stops the run. The best picture so far is still written. */
  readonly signal?: AbortSignal | undefined;
  /** Start of a time budget, in milliseconds of `performance.now`; the time of the call when absent. */
  readonly began?: number;
}
