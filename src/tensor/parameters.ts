import { ShapeError } from "../errors.js";
import type * as tf from "../tf.js";
import { type HostTensor, type TensorRecord, hostFloats, sizeOf } from "./host.js";
import type { Random } from "./random.js";

/** How a weight starts: a constant everywhere, or normal with this standard deviation. */
export type Init = { readonly constant: number } | { readonly normal: number };

/** A weight as a model declares it. */
export interface ParameterSpec {
  readonly shape: readonly number[];
  readonly init: Init;
}

/**
 * Access of a model to its weights: name, shape and initialisation. Declaring and using are one call, so a model is written
 * once; its list of weights comes from recording it.
 */
export type Parameters = (name: string, shape: readonly number[], init: Init) => tf.Tensor;

/** Names below a prefix: `scope(p, "stem")("weight", …)` is `stem.weight`. */
export function scope(parameters: Parameters, prefix: string): Parameters {
  return (name, shape, init) => parameters(`${prefix}.${name}`, shape, init);
}

/**
 * Makes an accessor of parameters in named tensors.
 * @param tensors weights by full name; they are neither copied nor disposed.
 * @param prefix start of the names, such as `guide0/`; empty when absent.
 * @returns access to the weights named `prefix` + name, for functions that take `Parameters`.
 * @throws {ShapeError} for a missing weight or another shape than declared.
 */
export function parametersFrom(tensors: Readonly<Record<string, tf.Tensor>>, prefix = ""): Parameters {
  return (name, shape) => {
    const tensor = tensors[prefix + name];
    if (!tensor) throw new ShapeError(`weights: "${prefix + name}" is missing`);
    if (tensor.shape.length !== shape.length || tensor.shape.some((side, axis) => side !== shape[axis]))
      throw new ShapeError(`weights: "${prefix + name}" is [${tensor.shape}], expected [${shape}]`);
    return tensor;
  };
}

/** Initialises declared weights; each has its own random stream, so adding one changes no other. */
export function initialise(specs: Readonly<Record<string, ParameterSpec>>, random: Random): TensorRecord {
  const entries = Object.entries(specs).map(([name, { shape, init }]): [string, HostTensor] => {
    const size = sizeOf(shape);
    if ("constant" in init) return [name, hostFloats(new Float32Array(size).fill(init.constant), shape)];
    const values = random.stream(name).normals(size);
    return [
      name,
      hostFloats(
        values.map((value) => value * init.normal),
        shape,
      ),
    ];
  });
  return Object.fromEntries(entries);
}

/** Puts a prefix before every name. */
export function withPrefix<T>(prefix: string, record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [prefix + name, value]));
}

/** Selects the entries whose name has the prefix, and removes it. */
export function selectPrefix<T>(prefix: string, record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(
    Object.entries(record).flatMap(([name, value]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), value]] : [],
    ),
  );
}
