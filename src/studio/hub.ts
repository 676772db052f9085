/** A message to the listening pages. */
export interface HubEvent {
  /** Increasing number; a page that reconnects sends the last one that it received. */
  readonly id: number;
  readonly type: string;
  /** JSON. */
  readonly data: string;
  /** Whether it may be sent together with the next one, a moment later. */
  readonly patient: boolean;
}

/** Sends events to every open page. */
export interface Hub {
  /**
   * @param droppable whether it may be omitted for a slow page, such as one of many previews.
   * @param patient whether it may be sent together with the next one, a moment later.
   */
  publish(
    type: string,
    data: unknown,
    options?: { readonly droppable?: boolean; readonly patient?: boolean },
  ): void;
  /**
   * Events from now on, after those missed since event `after`. If some of those are no longer stored, a `reset`
   * comes first, which makes the page load everything again.
   */
  subscribe(after: number | undefined, signal: AbortSignal): AsyncGenerator<HubEvent>;
  readonly listeners: number;
}

interface Listener {
  readonly pending: { event: HubEvent; droppable: boolean }[];
  wake(): void;
}

/** Maximum number of events that are stored for pages that reconnect. */
const maxPastEvents = 500;
/** Number of pending events of a page above which droppable events are omitted. */
const slowPageLimit = 100;
/** Number of pending events of a page above which it is disconnected; it reconnects when it can. */
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
    publish(type, data, { droppable = false, patient = false } = {}) {
      const event = { id: ++count, type, data: JSON.stringify(data), patient };
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
        if (!known) yield { id: count, type: "reset", data: "{}", patient: false };
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
