import { EngineError, ShapeError } from "../errors.js";
import { type HostTensor, type TensorRecord, sizeOf } from "../tensor/index.js";
import { type EagerEngine, runEager } from "./eager.js";
import { writeOnnx } from "./onnx.js";
import { type TensorFunction, record } from "./record.js";
import { openSession } from "./session.js";
import { rewrite, rewrites } from "./rewrites/index.js";

/** Where a program runs: compiled by ONNX Runtime, or eagerly on a TensorFlow.js backend. */
export type EngineName = "compiled" | EagerEngine;

/** Shape and type of a program's input. */
export interface TensorSpec {
  readonly shape: readonly number[];
  readonly dtype: HostTensor["dtype"];
}

/** How to compile. */
export interface CompileOptions {
  /** Tensors fixed for the life of the program, passed to the function by name beside the inputs. */
  readonly weights?: TensorRecord;
  /** Default `compiled`. */
  readonly engine?: EngineName;
  /** Threads of the compiled engine; default one a core. */
  readonly threads?: number;
  /** Name for error messages. */
  readonly name?: string;
  /** Writes ONNX Runtime's per-node times into files of this prefix. */
  readonly profile?: string;
  /** Names of rewrites to leave out, to see what each one gains. */
  readonly without?: readonly string[];
}

/** A function ready to run again and again on host tensors. */
export interface Program {
  /** Operators in the compiled graph; 0 when eager. */
  readonly nodes: number;
  /** @throws {ShapeError} when an input is missing or has another shape or type than compiled for. */
  run(inputs: TensorRecord): Promise<TensorRecord>;
  dispose(): Promise<void>;
}

/**
 * Records a function of TensorFlow.js operations, gradients included, and makes it one program.
 * @param fn pure function from named tensors (inputs and weights) to named tensors.
 * @param inputs shape and type of what `run` takes.
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
    const run = await runEager(engine, fn, weights);
    return {
      nodes: 0,
      run: (feeds) => {
        check(name, inputs, feeds);
        return run(feeds);
      },
      dispose: () => Promise.resolve(),
    };
  }
  const rules = rewrites.filter((rule) => !options.without?.includes(rule.name));
  const model = writeOnnx(rewrite(record(fn, { ...inputs, ...weights }), rules), weights);
  const session = await openSession(model, options);
  const { Tensor } = await import("onnxruntime-node");
  return {
    nodes: model.nodes,
    async run(feeds) {
      check(name, inputs, feeds);
      const tensors = Object.fromEntries(
        [...model.used].map((input) => {
          const { dtype, data, shape } = feeds[input]!;
          return [`in:${input}`, new Tensor(dtype, data as Float32Array, shape)];
        }),
      );
      const results = await session.run(tensors);
      return Object.fromEntries(
        Object.entries(results).map(([key, tensor]) => [
          key.slice("out:".length),
          { shape: tensor.dims, dtype: tensor.type, data: tensor.data } as HostTensor,
        ]),
      );
    },
    async dispose() {
      if (options.profile !== undefined) session.endProfiling();
      await session.release();
    },
  };
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
