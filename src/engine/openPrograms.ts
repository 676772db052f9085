import { EngineError } from "../errors.js";
import type { RemoteSession } from "./thread.js";

/**
 * Maximum number of open programs in a process. Each holds a copy of its weights and, on every core but one, a thread. One
 * picture needs about 15 programs, a scene about 30.
 */
export const mostOpen = 48;

/**
 * Maximum size in bytes of the models of the open programs, with their weights; the process holds about 2.5 times as much. A scene
 * needs 150 to 200 MB. Models in files, whose weights are mapped, do not count. Where larger programs run in turn, each is opened anew for
 * every run.
 */
export const mostBytes = 256 << 20;

/** An open program; the order in the set is that of the last use. */
interface OpenProgram {
  readonly bytes: number;
  isIdle(): boolean;
  sleep(): void;
}

const open = new Set<OpenProgram>();

/** Number of programs of this process that are open now; programs that are profiled are not counted. */
export const countOpenPrograms = (): number => open.size;

/** Size in bytes of their models. */
export const sumOpenBytes = (): number => [...open].reduce((sum, { bytes }) => sum + bytes, 0);

/**
 * Closes idle programs, the least recently used first, until at most `mostOpen` of at most `mostBytes` are open. Busy ones stay open,
 * and so do those without counted bytes where only the bytes are too many.
 * @param current the program that was just opened or used; it stays open, whatever its size.
 */
function closeLeastRecentlyUsed(current: OpenProgram): void {
  let [programs, bytes] = [countOpenPrograms(), sumOpenBytes()];
  for (const program of open) {
    const areTooMany = programs > mostOpen;
    if (!areTooMany && bytes <= mostBytes) return;
    if (program === current || !program.isIdle() || (!areTooMany && program.bytes === 0)) continue;
    programs--;
    bytes -= program.bytes;
    program.sleep(); // removes it from `open` at once
  }
}

/**
 * Wraps a program so that it is closed when too many or too large others have been used since its last run, and opened again when it
 * next runs.
 * @param session the open program.
 * @param reopen opens it again, from the program cache if possible.
 */
export function limitOpen(session: RemoteSession, reopen: () => Promise<RemoteSession>): RemoteSession {
  let current: Promise<RemoteSession> | undefined = Promise.resolve(session);
  let closing: Promise<void> = Promise.resolve();
  let running = 0;
  let isClosed = false;
  const close = async (): Promise<void> => {
    const last = current;
    current = undefined;
    open.delete(program);
    await (await last)?.close();
  };
  const { bytes } = session;
  const program: OpenProgram = {
    bytes,
    isIdle: () => running === 0,
    sleep() {
      closing = close();
      closing.catch(() => undefined); // rethrown where the program is disposed of
    },
  };
  const use = (): Promise<RemoteSession> => {
    open.delete(program);
    open.add(program);
    closeLeastRecentlyUsed(program);
    if (!current) {
      const reopened = reopen();
      reopened.catch(() => (current = undefined)); // the next run tries again
      current = reopened;
    }
    return current;
  };
  open.add(program);
  closeLeastRecentlyUsed(program);
  return {
    bytes,
    async run(feeds, moved, back) {
      if (isClosed) throw new EngineError("the program was disposed of");
      running++;
      try {
        return await (await use()).run(feeds, moved, back);
      } finally {
        running--;
        closeLeastRecentlyUsed(program);
      }
    },
    async close() {
      isClosed = true;
      await Promise.all([close(), closing]);
    },
  };
}
