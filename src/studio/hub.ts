/** One message to the pages that listen. */
export interface HubEvent {
  /** Counts up; a page that reconnects names the last one it has seen. */
  readonly id: number;
  readonly type: string;
  /** JSON. */
  readonly data: string;
}

/** Sends events to every open page. */
export interface Hub {
  /** @param droppable whether a slow page may miss it, such as one of many previews. */
  publish(type: string, data: unknown, droppable?: boolean): void;
  /**
   * Events from now on, after those missed since event `after`. When those are no longer all held, a `reset` comes first,
   * which tells the page to load everything again.
   */
  subscribe(after: number | undefined, signal: AbortSignal): AsyncGenerator<HubEvent>;
  readonly listeners: number;
}

interface Listener {
  readonly pending: { event: HubEvent; droppable: boolean }[];
  wake(): void;
}

/** Events held for pages that reconnect. */
const maxPastEvents = 500;
/** Events that wait for one page; beyond that, droppable ones are left out. */
const slowPageLimit = 100;
/** Events that wait for one page before it is cut off: it reconnects when it can read again. */
const deadPageLimit = 5000;

/** Creates a hub without listeners. */
export function createHub(): Hub {
  const past: HubEvent[] = [];
  const listeners = new Set<Listener>();
  let count = 0;
  return {
    get listeners() {
      return listeners.size;
    },
    publish(type, data, droppable = false) {
      const event = { id: ++count, type, data: JSON.stringify(data) };
      if (!droppable) {
        past.push(event);
        if (past.length > maxPastEvents) past.shift();
      }
      for (const listener of listeners) {
        const { length } = listener.pending;
        if (droppable && length > slowPageLimit) continue;
        if (length > deadPageLimit) listeners.delete(listener);
        listener.pending.push({ event, droppable });
        listener.wake();
      }
    },
    async *subscribe(after, signal) {
      let wake = (): void => undefined;
      const listener: Listener = { pending: [], wake: () => wake() };
      if (after !== undefined) {
        const known = after <= count && (past.length < maxPastEvents || after >= past[0]!.id - 1);
        if (!known) yield { id: count, type: "reset", data: "{}" };
        else
          for (const event of past) if (event.id > after) listener.pending.push({ event, droppable: false });
      }
      listeners.add(listener);
      const stop = (): void => wake();
      signal.addEventListener("abort", stop);
      try {
        while (!signal.aborted && listeners.has(listener)) {
          const next = listener.pending.shift();
          if (next) yield next.event;
          else await new Promise<void>((resolve) => (wake = resolve));
        }
      } finally {
        signal.removeEventListener("abort", stop);
        listeners.delete(listener);
      }
    },
  };
}
