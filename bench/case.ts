import { type EngineName, type TensorFunction, compile } from "../src/engine/index.js";
import type { CompileOptions } from "../src/engine/index.js";
import type { TensorRecord } from "../src/tensor/index.js";

/** A step that can be run again and again; its results are compared between engines and peers. */
export interface Step {
  run(): Promise<TensorRecord>;
  dispose(): Promise<void>;
}

/** One piece of work that engines and peers are timed on. */
export interface BenchCase {
  readonly name: string;
  /** What is done in one step, for people. */
  readonly description: string;
  /** Multiply-adds of one step in convolutions and matrix products by the architecture; else those of the profile count. */
  readonly multiplyAdds?: number;
  /** Timed steps, where they are so short that the usual number says little. */
  readonly repeats?: number;
  /** Whether a step changes weights, which then are in memory from the start. */
  readonly training?: boolean;
  /** Results may differ by this part of their largest value. */
  readonly tolerance: number;
  /** Weights and inputs by name, as the peers read them. */
  shared(): Promise<TensorRecord>;
  prepare(shared: TensorRecord, engine: EngineName, options: CompileOptions): Promise<Step>;
}

/** Splits shared tensors into weights and inputs, compiles, and runs the function on the inputs. */
export async function stepOf(
  fn: TensorFunction,
  shared: TensorRecord,
  inputs: readonly string[],
  options: CompileOptions & { engine: EngineName },
): Promise<Step> {
  const feeds = Object.fromEntries(inputs.map((name) => [name, shared[name]!]));
  const weights = Object.fromEntries(Object.entries(shared).filter(([name]) => !(name in feeds)));
  const program = await compile(fn, feeds, { ...options, weights });
  return { run: () => program.run(feeds), dispose: () => program.dispose() };
}
