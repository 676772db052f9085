import { compile } from "../src/engine/index.js";
import { type TensorRecord, createRandom, hostFloats } from "../src/tensor/index.js";
import * as tf from "../src/tf.js";

const norm = (values: ArrayLike<number>): number => Math.sqrt(dot(values, values));
const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((sum, value, at) => sum + value * b[at]!, 0);

/** A value and its gradients by name, at named tensors. */
export type Slopes = (
  at: TensorRecord,
) => Promise<{ value: number; gradients: Record<string, ArrayLike<number>> }>;

/** Change of the value that a difference aims at: far above float32's rounding, far below a bend. */
const change = 2e-3;

/**
 * How far each gradient is from the central difference along a direction that is half the gradient itself and half random,
 * as a part of that slope. A gradient of zero counts as right if the value does not move either.
 */
export async function differenceErrors(slopes: Slopes, at: TensorRecord): Promise<Record<string, number>> {
  const { value, gradients } = await slopes(at);
  const errors: Record<string, number> = {};
  for (const [name, gradient] of Object.entries(gradients)) {
    const { data, shape } = at[name]!;
    const drawn = createRandom(name).normals(data.length);
    const [length, size] = [norm(gradient), norm(drawn)];
    const mixed = Array.from(
      drawn,
      (part, index) => part / size + (length > 0 ? gradient[index]! / length : 0),
    );
    const direction = mixed.map((part) => part / norm(mixed));
    const longest = 0.02 * (norm(data) + 0.1);
    const step = length > 0 ? Math.min((change * Math.max(1, Math.abs(value))) / length, longest) : longest;
    const valueAt = async (by: number): Promise<number> => {
      const moved = Float32Array.from(data, (part, index) => part + by * direction[index]!);
      return (await slopes({ ...at, [name]: hostFloats(moved, shape) })).value;
    };
    const difference = ((await valueAt(step)) - (await valueAt(-step))) / (2 * step);
    const slope = dot(gradient, direction);
    errors[name] = Math.abs(difference - slope) / (Math.abs(slope) || 1);
  }
  return errors;
}

/** Compiled slopes of a function of named tensors to all of `variables`; `fixed` tensors are passed along. */
export async function slopesOf(
  fn: (tensors: Record<string, tf.Tensor>) => tf.Tensor,
  variables: TensorRecord,
  fixed: TensorRecord = {},
): Promise<{ slopes: Slopes; dispose: () => Promise<void> }> {
  const names = Object.keys(variables);
  const program = await compile(
    (tensors) => {
      const { value, grads } = tf.valueAndGrads((...given: tf.Tensor[]) => {
        const named = Object.fromEntries(names.map((name, index) => [name, given[index]!]));
        return fn({ ...tensors, ...named }).asScalar();
      })(names.map((name) => tensors[name]!));
      return { value, ...Object.fromEntries(names.map((name, index) => [`to ${name}`, grads[index]!])) };
    },
    variables,
    { weights: fixed, name: "slopes" },
  );
  return {
    slopes: async (at) => {
      const results = await program.run(at);
      const gradients = Object.fromEntries(names.map((name) => [name, results[`to ${name}`]!.data]));
      return { value: results.value!.data[0]!, gradients };
    },
    dispose: () => program.dispose(),
  };
}

/** Errors of a function's gradients to all of its variables. */
export async function gradientErrors(
  fn: (tensors: Record<string, tf.Tensor>) => tf.Tensor,
  variables: TensorRecord,
  fixed: TensorRecord = {},
): Promise<Record<string, number>> {
  const { slopes, dispose } = await slopesOf(fn, variables, fixed);
  const errors = await differenceErrors(slopes, variables);
  await dispose();
  return errors;
}
