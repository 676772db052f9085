import { EngineError, ShapeError } from "../errors.js";
import { type HostTensor, type TensorRecord, sizeOf } from "../tensor/index.js";
import { type EagerEngine, prepareEager } from "./eager.js";
import type { TensorFunction } from "./record.js";
import { openSession } from "./session.js";

/** Where a program runs: compiled by ONNX Runtime, or eagerly on a TensorFlow.js backend. */
export type EngineName = "compiled" | EagerEngine;

/** Shape and type of a program's input. */
export interface TensorSpec {
  /** Exact sizes, outermost first; `[]` for a scalar. */
  readonly shape: readonly number[];
  /** Type of the elements: float32, int32 or bool. */
  readonly dtype: HostTensor["dtype"];
}

/** Weights, engine and further settings of `compile`. */
export interface CompileOptions {
  /** Tensors that are constant for the life of the program, passed to the function by name together with the inputs. */
  readonly weights?: TensorRecord;
  /** Engine that runs the program: `compiled` is ONNX Runtime, the others run TensorFlow.js eagerly. Default `compiled`. */
  readonly engine?: EngineName;
  /** Number of threads of the compiled engine; one per core by default. */
  readonly threads?: number;
  /** Name for error messages. */
  readonly name?: string;
  /** Writes ONNX Runtime's per-node times into files of this prefix. */
  readonly profile?: string;
  /**
   * Everything that the function depends on, except inputs and weights, as plain values that differ under `JSON.stringify`. If the
   * program of a recipe is in the cache, it is used without calling the function or reading the weights.
   */
  readonly recipe?: unknown;
  /**
   * Whether ONNX Runtime packs the weights for its matrix products: products of few rows are faster then, but the program takes
   * longer to open and holds a copy of its weights. Default: yes, unless the weights are large enough to be mapped from a file.
   */
  readonly packed?: boolean;
  /**
   * Whether ONNX Runtime keeps the memory of a run's intermediate results for the next run. That is faster for the steps of a loop; other
   * programs of a session would each hold the memory of their largest run. Default yes.
   */
  readonly arena?: boolean;
  /** Names of rewrites to leave out, to see what each one gains. */
  readonly without?: readonly string[];
}

/** A function ready to run again and again on host tensors. */
export interface Program {
  /** Operators in the compiled graph; 0 when eager. */
  readonly nodes: number;
  /**
   * Runs the program once. Names, shapes and types of the inputs are those that it was compiled for.
   * @param inputs host tensors by name, without the weights.
   * @param state inputs with a result of the same name. Their arrays are transferred instead of copied, and may be empty afterwards.
   * @param borrowed inputs whose arrays are transferred and returned unchanged among the results, for reuse in the next run. This
   * avoids copies and garbage collection of large inputs.
   * @returns the named results of the function, and the borrowed inputs.
   * @throws {ShapeError} when an input is missing or has a shape or type other than that compiled for.
   */
  run(inputs: TensorRecord, state?: TensorRecord, borrowed?: TensorRecord): Promise<TensorRecord>;
  /** Frees the compiled graph and its weights. */
  dispose(): Promise<void>;
}

/**
 * Records a function of TensorFlow.js operations, gradients included, and makes it one program.
 * @param fn pure function from named tensors (inputs and weights) to named tensors.
 * @param inputs shape and type of what `run` takes.
 * @param options weights, cache and engine; the engine is `compiled` when absent.
 * @returns the program; the caller disposes it.
 * @throws {EngineError} when a kernel has no compiled form, or the engine is missing.
 */
export async function compile(
  fn: TensorFunction,
  inputs: Readonly<Record<string, TensorSpec>>,
  options: CompileOptions = {},
): Promise<Program> {
  const { weights = {}, engine = "compiled", name = "program" } = options;
  for (const weight of Object.keys(weights))
    if (weight in inputs)
      throw new EngineError(`compile: "${weight}" is both an input and a weight of ${name}`);
  if (engine !== "compiled") {
    const run = await prepareEager(engine, fn, weights);
    return {
      nodes: 0,
      run: async (feeds, state, borrowed) => {
        const given = { ...feeds, ...state, ...borrowed };
        check(name, inputs, given);
        return { ...(await run(given)), ...borrowed };
      },
      dispose: () => Promise.resolve(),
    };
  }
  const { recipe, without } = options;
  const { session, signature } = await openSession(
    {
      source: recipe === undefined ? undefined : { recipe: [name, recipe, without], inputs, weights },
      make: async () => (await import("./make.js")).makeModel(fn, inputs, weights, without),
    },
    options,
  );
  const returned = new Set(signature.returned);
  return {
    nodes: signature.nodes,
    async run(feeds, state = {}, borrowed = {}) {
      const given = { ...feeds, ...state, ...borrowed };
      check(name, inputs, given);
      const sent = signature.used.map((input) => {
        const { dtype, shape, data } = given[input]!;
        const isTransferred = input in borrowed || (input in state && returned.has(input));
        return { name: `in:${input}`, dtype, shape, data: isTransferred ? data : data.slice() };
      });
      const back = Object.keys(borrowed).map((input) => `in:${input}`);
      const results = await session.run(sent, listMovableBuffers(sent.map(({ data }) => data)), back);
      const named = results.map(
        ({ name: key, ...tensor }) => [key.replace(/^(?:in|out):/, ""), tensor] as const,
      );
      return { ...borrowed, ...Object.fromEntries(named) };
    },
    dispose: () => session.close(),
  };
}

/**
 * Lists the buffers that can be moved to the engine's thread: those that hold one array and nothing else. `postMessage` copies the
 * other arrays.
 */
function listMovableBuffers(arrays: readonly HostTensor["data"][]): ArrayBuffer[] {
  const uses = new Map<ArrayBufferLike, number>();
  for (const { buffer } of arrays) uses.set(buffer, (uses.get(buffer) ?? 0) + 1);
  return arrays.flatMap(({ buffer, byteLength }) =>
    buffer instanceof ArrayBuffer && byteLength === buffer.byteLength && uses.get(buffer) === 1
      ? [buffer]
      : [],
  );
}

function check(name: string, specs: Readonly<Record<string, TensorSpec>>, feeds: TensorRecord): void {
  for (const [input, spec] of Object.entries(specs)) {
    const feed = feeds[input];
    if (!feed)
      throw new ShapeError(`${name}: input "${input}" is missing; expected [${spec.shape}] ${spec.dtype}`);
    const fits =
      feed.dtype === spec.dtype &&
      feed.shape.length === spec.shape.length &&
      feed.shape.every((side, axis) => side === spec.shape[axis]) &&
      feed.data.length === sizeOf(spec.shape);
    if (!fits)
      throw new ShapeError(
        `${name}: input "${input}" is [${feed.shape}] ${feed.dtype} of ${feed.data.length} values; expected [${spec.shape}] ${spec.dtype}`,
      );
  }
}
