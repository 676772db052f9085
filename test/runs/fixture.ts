import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunEvent, type RunSession, openRunSession } from "../../src/runs/index.js";
import { writeTinyPack } from "../tiny.js";

let opened: Promise<{ session: RunSession; generator: string }> | undefined;

/** A session on the tiny pack, opened once for a file of tests. */
export function tinySession(): Promise<{ session: RunSession; generator: string }> {
  opened ??= writeTinyPack().then(async (generator) => ({
    session: await openRunSession(generator, { threads: 1 }),
    generator,
  }));
  return opened;
}

/** A new folder in the temporary folder. */
export const newFolder = (name: string): Promise<string> => mkdtemp(join(tmpdir(), `clipsteer-${name}-`));

/** Runs to the end. @returns all events, the findings' codes, and the result. */
export async function collect<T>(
  run: AsyncGenerator<RunEvent, T>,
  onEvent: (event: RunEvent) => void = () => undefined,
): Promise<{ events: RunEvent[]; codes: string[]; result: T }> {
  const events: RunEvent[] = [];
  for (;;) {
    const next = await run.next();
    if (next.done) {
      const codes = events.flatMap((event) => (event.type === "finding" ? [event.finding.code] : []));
      return { events, codes, result: next.value };
    }
    events.push(next.value);
    onEvent(next.value);
  }
}
