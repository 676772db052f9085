import { type ChildProcess, fork } from "node:child_process";
import { createRequire } from "node:module";
import { extname } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { EngineError, ToolkitError } from "../errors.js";
import type { EngineCalls, EngineEvent, EngineMessage, RunTask } from "./messages.js";

/** Executes runs and model calls in a separate process, so that the server stays responsive and survives a crash. */
export interface Engine {
  /** Executes a run and reports its progress. An aborted run keeps its best picture so far. @throws {ToolkitError} */
  run(
    task: RunTask,
    onEvent: (event: EngineEvent) => void,
    signal: AbortSignal,
  ): Promise<{ stopped: boolean }>;
  /** Calls the models. @throws {ToolkitError} */
  call<Name extends keyof EngineCalls>(
    name: Name,
    given: EngineCalls[Name]["given"],
  ): Promise<EngineCalls[Name]["result"]>;
  /** Starts the process without models, so that the first call need not wait for it. One that runs is left as it is. */
  start(): void;
  /** Whether the process runs, and its last reported memory in bytes. */
  readonly loaded: boolean;
  /** Ends the process; a run in progress can be resumed later. */
  close(): Promise<void>;
}

/** Settings of the engine's process. */
export interface EngineOptions {
  /** Idle time in milliseconds after which the process and its models are unloaded. */
  readonly idle?: number;
  /** Script of the process, of the build or the source; the one beside this module by default. */
  readonly program?: string;
}

/**
 * Environment of a process that runs programs for hours. glibc's allocator maps each large block by itself and returns it when it is
 * freed, but raises the size from which it does so with every such block, up to 32 MB. From then on freed blocks stay with the process,
 * as gaps between others, and resident memory grows. A size that is set stays. Other allocators ignore the variable.
 * 8 MB covers weights and large pictures; at 1 MB, buffers of every step are mapped anew, and a step takes a tenth longer.
 * Source: mallopt(3), M_MMAP_THRESHOLD.
 */
export const steadyAllocation = { MALLOC_MMAP_THRESHOLD_: String(8 << 20) } as const;

interface PendingCall {
  resolve(value: never): void;
  reject(error: Error): void;
  onEvent?: (event: EngineEvent) => void;
}

/** Milliseconds after which a process that does not end is killed. */
const killDelay = 5000;

const ownPath = fileURLToPath(import.meta.url);
/** The script of the process: that of the build in the build, that of the source in the source. */
const ownProgram = fileURLToPath(new URL(`../studio/engineProcess${extname(ownPath)}`, import.meta.url));

function startProcess(program: string): ChildProcess {
  return fork(program, {
    // Found from here, not from the folder that the studio was started in.
    execArgv: program.endsWith(".ts")
      ? ["--import", pathToFileURL(createRequire(ownPath).resolve("tsx")).href]
      : [],
    env: { ...steadyAllocation, ...process.env },
    serialization: "advanced",
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
}

/** Starts the engine's process when it is first needed. */
export function createEngine({ idle = 600_000, program = ownProgram }: EngineOptions = {}): Engine {
  const pendingCalls = new Map<number, PendingCall>();
  let child: ChildProcess | undefined;
  let count = 0;
  let timer: NodeJS.Timeout | undefined;

  const close = async (): Promise<void> => {
    clearTimeout(timer);
    const ending = child;
    child = undefined;
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => ending.once("exit", () => resolve()));
    if (ending.connected) ending.disconnect();
    const kill = setTimeout(() => ending.kill("SIGKILL"), killDelay);
    await ended;
    clearTimeout(kill);
  };
  const scheduleClose = (): void => {
    clearTimeout(timer);
    if (pendingCalls.size > 0) return;
    timer = setTimeout(() => void close(), idle);
    timer.unref();
  };
  const failAll = (error: Error): void => {
    for (const { reject } of pendingCalls.values()) reject(error);
    pendingCalls.clear();
  };
  const open = (): ChildProcess => {
    if (child) return child;
    const started = startProcess(program);
    child = started;
    started.on("message", (message: EngineMessage) => {
      const call = pendingCalls.get(message.id);
      if (!call) return;
      if (message.kind === "event") return call.onEvent?.(message.event);
      pendingCalls.delete(message.id);
      if (message.kind === "done") call.resolve(message.value as never);
      else call.reject(new ToolkitError(message.code, message.message));
      scheduleClose();
    });
    const onGone = (reason: string): void => {
      if (child === started) child = undefined;
      failAll(new EngineError(`the engine's process ended (${reason}); the run can be resumed`));
    };
    started.on("error", (error) => onGone(error.message));
    started.on("exit", (code, signal) => onGone(signal ?? `code ${code}`));
    return started;
  };
  const send = <T>(
    message: object,
    onEvent?: (event: EngineEvent) => void,
  ): { id: number; result: Promise<T> } => {
    const id = ++count;
    clearTimeout(timer);
    const result = new Promise<T>((resolve, reject) => {
      pendingCalls.set(id, { resolve, reject, onEvent });
      open().send({ ...message, id });
    });
    return { id, result };
  };

  return {
    get loaded() {
      return child !== undefined;
    },
    start() {
      if (child) return;
      open();
      scheduleClose();
    },
    async run(task, onEvent, signal) {
      const { id, result } = send<{ stopped: boolean }>({ kind: "run", task }, onEvent);
      const stop = (): void => void child?.send({ kind: "stop", id });
      if (signal.aborted) stop();
      signal.addEventListener("abort", stop);
      return result.finally(() => signal.removeEventListener("abort", stop));
    },
    call: (name, given) => send<never>({ kind: "call", name, given }).result,
    close,
  };
}
