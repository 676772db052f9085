import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import * as tf from "../../../src/tf.js";
import { backendName, registerDeferred } from "./backend.js";

// What TensorFlow.js's tests take from Jasmine, said in Vitest's words. Also stands in for their `jasmine_util`.

interface TestEnvironment {
  readonly name: string;
  readonly backendName: string;
  readonly isDataSync: boolean;
}
interface Constraints {
  readonly flags?: Readonly<Record<string, unknown>>;
  readonly predicate?: (environment: TestEnvironment) => boolean;
}
type Done = (() => void) & { fail: (reason?: unknown) => void };

// Vitest would look up each frame of each failure in the source map of all of TensorFlow.js; the messages are enough.
Error.stackTraceLimit = 0;

const name = process.env.TFJS_BACKEND ?? backendName;
const environment: TestEnvironment = { name, backendName: name, isDataSync: name === "cpu" };

export const ALL_ENVS: Constraints = {};
export const NODE_ENVS: Constraints = { predicate: () => true };
export const BROWSER_ENVS: Constraints = { predicate: () => false };
export const CHROME_ENVS: Constraints = BROWSER_ENVS;
export const HAS_WORKER: Constraints = BROWSER_ENVS;
export const HAS_NODE_WORKER: Constraints = BROWSER_ENVS;
export const SYNC_BACKEND_ENVS: Constraints = { predicate: ({ isDataSync }) => isDataSync };

/** A suite of theirs on the backend under test, left out where its constraints do not hold. */
export function describeWithFlags(
  title: string,
  { flags = {}, predicate = () => true }: Constraints,
  tests: (environment: TestEnvironment) => void,
): void {
  const flagged = Object.entries(flags).every(([flag, value]) => tf.env().get(flag) === value);
  const suite = flagged && predicate(environment) ? describe : describe.skip;
  suite(title, () => {
    beforeAll(async () => {
      if (!tf.findBackend(backendName)) registerDeferred();
      await tf.setBackend(environment.backendName);
    });
    beforeEach(() => tf.engine().startScope());
    afterEach(() => {
      tf.engine().endScope();
      tf.engine().disposeVariables();
    });
    tests(environment);
  });
}

expect.extend({
  nothing: () => ({ pass: true, message: () => "" }),
  toBeTrue: (value) => ({ pass: value === true, message: () => `${value} is not true` }),
  toBeFalse: (value) => ({ pass: value === false, message: () => `${value} is not false` }),
});

const byPromise = (run: (done: Done) => unknown) => () =>
  run.length === 0
    ? run(undefined as unknown as Done)
    : new Promise<void>((resolve, reject) => {
        const done = (() => {
          resolve();
        }) as Done;
        done.fail = reject;
        run(done);
      });

Object.assign(globalThis, {
  describe,
  expect,
  beforeAll,
  beforeEach,
  afterEach,
  afterAll,
  it: (title: string, run: (done: Done) => unknown) => it(title, byPromise(run) as () => Promise<void>),
  xit: (title: string) => it.skip(title),
  xdescribe: describe.skip,
  expectAsync: (promise: Promise<unknown>) => ({
    toBeRejected: () => expect(promise).rejects.toThrow(),
    toBeRejectedWithError: (reason: RegExp) => expect(promise).rejects.toThrow(reason),
  }),
  jasmine: { DEFAULT_TIMEOUT_INTERVAL: 0 },
  fail: (reason: string) => {
    throw new Error(reason);
  },
  spyOn: (target: Record<string, () => unknown>, method: string) => {
    const spy = vi.spyOn(target, method);
    return Object.assign(spy, {
      and: {
        callThrough: () => spy,
        returnValue: (value: unknown) => spy.mockImplementation(() => value),
        callFake: (fake: () => unknown) => spy.mockImplementation(fake),
      },
    });
  },
});
