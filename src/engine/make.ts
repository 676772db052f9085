import type { TensorRecord } from "../tensor/index.js";
import type { ValueSpec } from "./graph.js";
import { type OnnxModel, writeOnnx } from "./onnx.js";
import { type TensorFunction, record } from "./record.js";
import { rewrite, rewrites } from "./rewrites/index.js";

/**
 * Records a function and rewrites what it does into a model.
 * @param without names of rewrites to leave out.
 * @throws {EngineError} when a kernel has no compiled form.
 */
export function makeModel(
  fn: TensorFunction,
  inputs: Readonly<Record<string, ValueSpec>>,
  weights: TensorRecord,
  without: readonly string[] = [],
): OnnxModel {
  const rules = rewrites.filter(({ name }) => !without.includes(name));
  return writeOnnx(rewrite(record(fn, { ...inputs, ...weights }), rules), weights);
}
