import type { Parameters, ParameterSpec } from "../tensor/index.js";
import * as tf from "../tf.js";
import { EngineError } from "../errors.js";
import { type TensorFunction, record } from "./record.js";
import type { TensorSpec } from "./program.js";

/** Lists the weights that a model declares, by recording it once; nothing is computed. */
export function collectParameters(
  model: (parameters: Parameters, inputs: Record<string, tf.Tensor>) => tf.Tensor,
  inputs: Readonly<Record<string, TensorSpec>>,
): Record<string, ParameterSpec> {
  const specs: Record<string, ParameterSpec> = {};
  const fn: TensorFunction = (tensors) => {
    const declare: Parameters = (name, shape, init) => {
      const known = specs[name];
      if (known && known.shape.join() !== shape.join())
        throw new EngineError(`weights: "${name}" is declared as [${known.shape}] and as [${shape}]`);
      specs[name] = { shape, init };
      return tf.ones([...shape]);
    };
    return { y: model(declare, tensors) };
  };
  record(fn, inputs);
  return specs;
}
