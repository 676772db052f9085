/** Parts of the three tasks of this view: a form, and one request at a time. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { attempt } from "../state.js";
import { folder } from "./folder.js";

/** A request about the chosen folder, and its last result. A request that fails is reported and leaves the result as it was. */
export function useFolderTask<T>(): {
  readonly busy: boolean;
  readonly result: T | undefined;
  /** Does nothing while a request is under way. @param ask takes the name of the folder. */
  run(ask: (folder: string) => Promise<T>): Promise<void>;
} {
  const [busy, setBusy] = useState(false);
  const [result, setResult] = useState<T>();
  return {
    busy,
    result,
    async run(ask) {
      if (busy) return;
      setBusy(true);
      const answer = await attempt(() => ask(folder.value));
      if (answer) setResult(() => answer);
      setBusy(false);
    },
  };
}

/** The card with the settings of a request. */
export function TaskForm({ start, children }: { start: () => Promise<void>; children: ComponentChildren }) {
  return (
    <form
      class="card stack"
      onSubmit={(event) => {
        event.preventDefault();
        void start();
      }}
    >
      {children}
    </form>
  );
}
