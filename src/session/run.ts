import type { RunEvent } from "../runs/index.js";

/**
 * A run. Await it for its result, or first iterate over its events:
 *
 * ```js
 * const run = session.generate("a red heart");
 * for await (const event of run) if (event.type === "step") show(event.index, event.loss);
 * const { picture } = await run;
 * ```
 *
 * The run starts when it is first awaited or iterated.
 */
export interface Run<T> extends PromiseLike<T>, AsyncIterable<RunEvent> {
  /** As `Promise.catch`. */
  catch<E>(onRejected: (error: unknown) => E | PromiseLike<E>): Promise<T | E>;
  /** As `Promise.finally`. */
  finally(onSettled: () => void): Promise<T>;
}

/** Wraps a generator of events in a run. `begin` is called on first use. */
export function createRun<T>(begin: () => AsyncGenerator<RunEvent, T>): Run<T> {
  let result: Promise<T> | undefined;
  let settle: { resolve(value: T): void; reject(error: unknown): void } | undefined;
  let iterated = false;

  async function* iterate(): AsyncGenerator<RunEvent> {
    if (result) throw new TypeError("a run is iterated once, and before it is awaited");
    iterated = true;
    result = new Promise<T>((resolve, reject) => (settle = { resolve, reject }));
    result.catch(() => undefined); // the error is rethrown when the run is awaited
    const events = begin();
    let isDone = false;
    try {
      for (;;) {
        const next = await events.next();
        if (next.done) {
          isDone = true;
          settle!.resolve(next.value);
          return;
        }
        yield next.value;
      }
    } catch (error) {
      isDone = true;
      settle!.reject(error);
      throw error;
    } finally {
      if (!isDone) {
        await events.return(undefined as T); // the caller left the loop, so the run is stopped
        settle!.reject(new DOMException("the loop over the run was left before its end", "AbortError"));
      }
    }
  }

  const toPromise = (): Promise<T> => {
    if (!iterated) result ??= drain(begin());
    return result!;
  };
  return {
    [Symbol.asyncIterator]: iterate,
    then: (onFulfilled, onRejected) => toPromise().then(onFulfilled, onRejected),
    catch: (onRejected) => toPromise().catch(onRejected),
    finally: (onSettled) => toPromise().finally(onSettled),
  };
}

async function drain<T>(events: AsyncGenerator<RunEvent, T>): Promise<T> {
  for (;;) {
    const next = await events.next();
    if (next.done) return next.value;
  }
}
