import { compile } from "../src/engine/index.js";
import { type TensorRecord, createRandom, hostFloats } from "../src/tensor/index.js";
import * as tf from "../src/tf.js";

const norm = (values: ArrayLike<number>): number => Math.sqrt(dot(values, values));
const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((sum, value, at) => sum + value * b[at]!, 0);

/** Value and gradients by name of a function of named tensors. */
export interface Slopes {
  value(at: TensorRecord): Promise<number>;
  gradients(at: TensorRecord): Promise<Record<string, ArrayLike<number>>>;
}

/** Changes of the value that differences aim at: a long step beats float32's rounding, a short one the kinks of relu. */
const changes = [2e-3, 8e-4, 3e-4, 1e-4, 5e-5, 2e-5, 8e-6];

/**
 * How far each gradient is from central differences along a direction that is half the gradient itself and half random:
 * the best of the steps, as a part of that slope, or of a hundredth of the largest gradient where the slope is less.
 */
export async function differenceErrors(slopes: Slopes, at: TensorRecord): Promise<Record<string, number>> {
  const [value, gradients] = [await slopes.value(at), await slopes.gradients(at)];
  const largest = Math.max(...Object.values(gradients).map(norm));
  const errors: Record<string, number> = {};
  for (const [name, gradient] of Object.entries(gradients)) {
    const { data, shape } = at[name]!;
    const random = createRandom(name).normals(data.length);
    const [length, size] = [norm(gradient), norm(random)];
    // A single weight has no two directions; its halves could cancel.
    const mixed = Array.from(random, (part, index) =>
      data.length === 1 ? 1 : part / size + (length > 0 ? gradient[index]! / length : 0),
    );
    const whole = norm(mixed);
    const direction = mixed.map((part) => part / whole);
    const slope = dot(gradient, direction);
    const valueAt = (by: number): Promise<number> => {
      const moved = Float32Array.from(data, (part, index) => part + by * direction[index]!);
      return slopes.value({ ...at, [name]: hostFloats(moved, shape) });
    };
    const longest = 0.02 * (norm(data) + 0.1);
    errors[name] = Infinity;
    for (const change of changes) {
      const step = Math.min((change * Math.max(1, Math.abs(value))) / Math.max(length, 1e-9), longest);
      const difference = ((await valueAt(step)) - (await valueAt(-step))) / (2 * step);
      const error = Math.abs(difference - slope) / Math.max(Math.abs(slope), largest / 100);
      errors[name] = Math.min(errors[name], error);
      if (error < 0.01) break;
    }
  }
  return errors;
}

/** Errors of a function's gradients to all of `variables`, compiled; `fixed` tensors are passed along. */
export async function gradientErrors(
  fn: (tensors: Record<string, tf.Tensor>) => tf.Tensor,
  variables: TensorRecord,
  fixed: TensorRecord = {},
): Promise<Record<string, number>> {
  const names = Object.keys(variables);
  const options = { weights: fixed, threads: 1 };
  const values = await compile((tensors) => ({ value: fn(tensors) }), variables, options);
  const slopes = await compile(
    (tensors) => {
      const given = names.map((name) => tensors[name]!);
      const gradients = tf.grads((...moved: tf.Tensor[]) =>
        fn({ ...tensors, ...Object.fromEntries(names.map((name, at) => [name, moved[at]!])) }),
      )(given);
      return Object.fromEntries(names.map((name, at) => [name, gradients[at]!]));
    },
    variables,
    options,
  );
  const errors = await differenceErrors(
    {
      value: async (at) => (await values.run(at)).value!.data[0]!,
      gradients: async (at) =>
        Object.fromEntries(Object.entries(await slopes.run(at)).map(([name, { data }]) => [name, data])),
    },
    variables,
  );
  await Promise.all([values.dispose(), slopes.dispose()]);
  return errors;
}
