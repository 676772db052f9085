import { createRequire } from "node:module";
import { dirname, sep } from "node:path";
import { EngineError } from "../errors.js";
import * as tf from "../tf.js";
import type { HostTensor, TensorRecord } from "../tensor/index.js";
import type { TensorFunction } from "./record.js";

/** TensorFlow.js backends that run a function without compiling it: the reference, and the fallback. */
export type EagerEngine = "tensorflow" | "wasm" | "cpu";

/** Packages that give the `tensorflow` engine, best first. */
export const tensorflowPackages = ["@tensorflow/tfjs-node-gpu", "@tensorflow/tfjs-node"] as const;

const ready = new Map<EagerEngine, Promise<void>>();

async function start(engine: EagerEngine): Promise<void> {
  tf.enableProdMode(); // without it a backend advertises itself on stderr
  if (engine === "cpu") return;
  if (engine === "wasm") {
    const wasm = await import("@tensorflow/tfjs-backend-wasm");
    const main = createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm");
    wasm.setWasmPaths(dirname(main) + sep);
    return;
  }
  const failures: string[] = [];
  for (const name of tensorflowPackages) {
    try {
      await import(name);
      return;
    } catch (error) {
      failures.push(`${name}: ${(error as Error).message.split("\n")[0]}`);
    }
  }
  throw new EngineError(
    `engine tensorflow is not available (${failures.join("; ")}); use the compiled engine, or install one of these packages`,
    { reason: "engine-missing" },
  );
}

/** Resolves when the backend that was requested last is the current one. */
let switching: Promise<void> = Promise.resolve();

/** Makes a TensorFlow.js backend the current one. @throws {EngineError} when its package is missing. */
export async function useEager(engine: EagerEngine): Promise<void> {
  let starting = ready.get(engine);
  if (!starting) {
    starting = start(engine);
    ready.set(engine, starting);
  }
  await starting;
  if (tf.engine().backendName === engine && tf.engine().backend) return;
  // TensorFlow.js abandons a starting backend when another call requests one, so requests are queued.
  const turn = switching.then(async () => {
    if (!(await tf.setBackend(engine)))
      throw new EngineError(`engine ${engine} did not start; use the compiled engine`);
  });
  switching = turn.catch(() => undefined);
  await turn;
}

function toTensor({ data, shape, dtype }: HostTensor): tf.Tensor {
  return tf.tensor(data, [...shape], dtype);
}

/**
 * Prepares a function to run on an eager backend. Weights and inputs are copied to the backend at every run.
 * @returns a function that runs it.
 */
export async function prepareEager(
  engine: EagerEngine,
  fn: TensorFunction,
  weights: TensorRecord,
): Promise<(feeds: TensorRecord) => Promise<TensorRecord>> {
  await useEager(engine);
  return async (feeds) => {
    await useEager(engine);
    const outputs = tf.tidy(() =>
      fn(
        Object.fromEntries(
          Object.entries({ ...weights, ...feeds }).map(([name, host]) => [name, toTensor(host)]),
        ),
      ),
    );
    const results: Record<string, HostTensor> = {};
    for (const [name, tensor] of Object.entries(outputs)) {
      const data = (await tensor.data()) as HostTensor["data"];
      results[name] = { shape: tensor.shape, dtype: tensor.dtype as HostTensor["dtype"], data: data.slice() };
      tensor.dispose();
    }
    return results;
  };
}
