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
  readonly waiting: { event: HubEvent; droppable: boolean }[];
  wake(): void;
}

/** Events held for pages that reconnect. */
const held = 500;
/** Events that wait for one page; beyond that, droppable ones are left out. */
const slowPage = 100;
/** Events that wait for one page before it is cut off: it reconnects when it can read again. */
const deadPage = 5000;

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
        if (past.length > held) past.shift();
      }
      for (const listener of listeners) {
        const { length } = listener.waiting;
        if (droppable && length > slowPage) continue;
        if (length > deadPage) listeners.delete(listener);
        listener.waiting.push({ event, droppable });
        listener.wake();
      }
    },
    async *subscribe(after, signal) {
      let wake = (): void => undefined;
      const listener: Listener = { waiting: [], wake: () => wake() };
      if (after !== undefined) {
        const known = after <= count && (past.length < held || after >= past[0]!.id - 1);
        if (!known) yield { id: count, type: "reset", data: "{}" };
        else
          for (const event of past) if (event.id > after) listener.waiting.push({ event, droppable: false });
      }
      listeners.add(listener);
      const stop = (): void => wake();
      signal.addEventListener("abort", stop);
      try {
        while (!signal.aborted && listeners.has(listener)) {
          const next = listener.waiting.shift();
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
