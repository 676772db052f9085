import { Worker } from "node:worker_threads";
import type { InferenceSession } from "onnxruntime-node";
import { EngineError } from "../errors.js";
import type { HostTensor } from "../tensor/index.js";

/** A named tensor on its way into a program or out of it. */
export interface Feed extends HostTensor {
  readonly name: string;
}

/** What ONNX Runtime reports of itself. */
export interface Backends {
  readonly supported: readonly { readonly name: string; readonly bundled: boolean }[];
  readonly version: string;
  /** Hash of the code that records programs, and of the versions of the packages that it uses. */
  readonly code: string;
}

type Call =
  | { readonly kind: "backends" }
  | {
      readonly kind: "open";
      /** The model's path or its bytes. */
      readonly model: string | Uint8Array;
      readonly options: InferenceSession.SessionOptions;
    }
  | {
      readonly kind: "run";
      readonly session: number;
      readonly feeds: readonly Feed[];
      /** Names of feeds that are sent back with the results. */
      readonly back: readonly string[];
    }
  | { readonly kind: "close"; readonly session: number };

/** A request to the thread. */
export type Request = Call & { readonly id: number };

/** What it answers. */
export interface Answer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** Milliseconds that the process waits for a step before it exits all the same, and after a signal. */
const patience = 60_000;
const stoppedPatience = 1000;
/** Exit codes of processes that a signal stopped are this plus the signal's number. */
const signalCodes = 128;

/** One thread for all programs of the process: they share the cores, so they run one after another. */
class EngineThread {
  private readonly waiting = new Map<number, Waiting>();
  private count = 0;
  /** Whether the thread is at work, and whether it should begin nothing more. */
  private readonly flags = new Int32Array(new SharedArrayBuffer(8));
  private readonly worker = new Worker(new URL("./worker.js", import.meta.url), {
    execArgv: [],
    workerData: this.flags,
  });

  constructor(onEnd: () => void) {
    this.worker.unref(); // an idle thread must not keep the process alive
    this.worker.on("message", ({ id, value, error }: Answer) => {
      const { resolve, reject } = this.waiting.get(id)!;
      this.forget(id);
      if (error === undefined) resolve(value);
      else reject(new Error(error));
    });
    // ONNX Runtime aborts the process when its thread is stopped in the middle of a call.
    const settle = (code: number): void => {
      Atomics.store(this.flags, 1, 1);
      const isStopped = code > signalCodes;
      const outcome = Atomics.wait(this.flags, 0, 1, isStopped ? stoppedPatience : patience);
      // Ends as the signal would have ended it: a long step does not hold the user back.
      if (outcome === "timed-out" && isStopped) process.kill(process.pid, code - signalCodes);
    };
    process.on("exit", settle);
    const end = (reason: string): void => {
      process.off("exit", settle);
      onEnd();
      for (const [id, { reject }] of this.waiting) {
        this.forget(id);
        reject(new EngineError(`the engine's thread ended: ${reason}; run npm ci, or use an eager engine`));
      }
    };
    this.worker.on("error", (error: Error) => end(error.message.split("\n")[0]!));
    this.worker.on("exit", (code) => end(`exit code ${code}`));
  }

  ask(call: Call, moved: readonly ArrayBuffer[]): Promise<unknown> {
    const id = this.count++;
    return new Promise((resolve, reject) => {
      if (this.waiting.size === 0) this.worker.ref();
      this.waiting.set(id, { resolve, reject });
      try {
        this.worker.postMessage({ ...call, id }, moved);
      } catch (error) {
        this.forget(id);
        reject(error as Error);
      }
    });
  }

  private forget(id: number): void {
    this.waiting.delete(id);
    if (this.waiting.size === 0) this.worker.unref();
  }
}

let thread: EngineThread | undefined;

/** ONNX Runtime reports its sessions to Microsoft unless this is set in the process before it is loaded. */
const silence = "ORT_DISABLE_TELEMETRY";

function ask(call: Call, moved: readonly ArrayBuffer[] = []): Promise<unknown> {
  process.env[silence] ??= "1";
  thread ??= new EngineThread(() => (thread = undefined));
  return thread.ask(call, moved);
}

let reported: Promise<Backends> | undefined;

/** Starts the thread, unless it runs, and returns what its ONNX Runtime supports. */
export function loadBackends(): Promise<Backends> {
  reported ??= ask({ kind: "backends" }) as Promise<Backends>;
  return reported;
}

/**
 * Starts the engine's thread in advance, so that the first program does not wait for it. A failure to start is reported by the first program.
 */
export function startEngine(): void {
  loadBackends().catch(() => undefined);
}

/** A program of ONNX Runtime in the thread. */
export interface RemoteSession {
  /** Size of the model and of its weights in memory, in bytes; 0 for a model in a file, whose weights are mapped. */
  readonly bytes: number;
  /**
   * Runs the program. The arrays in `moved` go to the thread and are empty afterwards.
   * @param back names of feeds that come back after the results.
   */
  run(
    feeds: readonly Feed[],
    moved: readonly ArrayBuffer[],
    back?: readonly string[],
  ): Promise<readonly Feed[]>;
  close(): Promise<void>;
}

/** Makes a model runnable. The arrays in `moved` go to the thread and are empty afterwards. */
export async function openRemote(
  model: string | Uint8Array,
  options: InferenceSession.SessionOptions,
  moved: readonly ArrayBuffer[],
): Promise<RemoteSession> {
  const external = (options.externalData ?? []) as readonly { readonly data: Uint8Array }[];
  const bytes =
    typeof model === "string" ? 0 : external.reduce((sum, { data }) => sum + data.length, model.length);
  const session = (await ask({ kind: "open", model, options }, moved)) as number;
  return {
    bytes,
    run: (feeds, given, back = []) =>
      ask({ kind: "run", session, feeds, back }, given) as Promise<readonly Feed[]>,
    async close() {
      await ask({ kind: "close", session });
    },
  };
}
