import { type HostTensor, type TensorRecord, deferFloats, sizeOf } from "../../tensor/index.js";
import type { Node, Value } from "../graph.js";
import type { Rewrite } from "./rewrite.js";

/** Order in which the elements of a weight are read: from `begin`, with a stride in elements along each axis. */
interface View {
  readonly weight: string;
  readonly begin: number;
  readonly strides: readonly number[];
}

const contiguousStridesOf = (shape: readonly number[]): number[] =>
  shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));

const numbersOf = (value: Value | undefined): number[] => Array.from(value!.constant!.data);

/** Applies a node to a view. @returns undefined for a node that does more than rearrange. */
function rearrangeView({ operator, inputs, attributes, output }: Node, view: View): View | undefined {
  const { weight, begin, strides } = view;
  switch (operator) {
    case "Transpose": {
      const { ints } = attributes.perm as { ints: readonly number[] };
      return { ...view, strides: ints.map((axis) => strides[axis]!) };
    }
    case "Slice": {
      const [starts, axes, steps] = [inputs[1], inputs[3], inputs[4]].map(numbersOf) as [
        number[],
        number[],
        number[],
      ];
      const along = (axis: number): number => axes.indexOf(axis);
      return {
        weight,
        begin: starts.reduce((sum, start, at) => sum + start * strides[axes[at]!]!, begin),
        strides: strides.map((stride, axis) => stride * (along(axis) < 0 ? 1 : steps[along(axis)]!)),
      };
    }
    case "Reshape": {
      const before = contiguousStridesOf(inputs[0]!.shape);
      const inOrder = strides.every(
        (stride, axis) => stride === before[axis] || inputs[0]!.shape[axis] === 1,
      );
      return inOrder ? { ...view, strides: contiguousStridesOf(output.shape) } : undefined;
    }
    default:
      return undefined;
  }
}

/** Gathers the elements of a view, in the order of its own shape. */
function gather(from: Float32Array, { begin, strides }: View, shape: readonly number[]): Float32Array {
  const permuted = new Float32Array(sizeOf(shape));
  if (permuted.length === 0) return permuted;
  const last = shape.length - 1;
  const [count, step] = [shape[last] ?? 1, strides[last] ?? 1];
  const place = shape.map(() => 0);
  let row = begin;
  for (let at = 0; at < permuted.length; at += count) {
    for (let column = 0; column < count; column++) permuted[at + column] = from[row + column * step]!;
    for (let axis = last - 1; axis >= 0; axis--) {
      row += strides[axis]!;
      if (++place[axis]! < shape[axis]!) break;
      row -= strides[axis]! * shape[axis]!;
      place[axis] = 0;
    }
  }
  return permuted;
}

/**
 * Makes the weights that are only rearranged (a filter for `Conv`, turned round for its gradient) become weights of their own,
 * made one at a time when the model is written. ONNX Runtime would make them all in memory, step by step, and much of that space
 * is not given back.
 * @param weights of the function; those that are rearranged are added.
 */
export function makeLayoutRewrite(weights: TensorRecord): Rewrite {
  const views = new Map<string, View>();
  const known = new Map<string, Value>();
  return {
    name: "layouts",
    apply(node, { graph }) {
      const [source] = node.inputs;
      const { shape, dtype } = node.output;
      if (source?.name === undefined || dtype !== "float32" || !(source.name in weights)) return undefined;
      const whole = { weight: source.name, begin: 0, strides: contiguousStridesOf(source.shape) };
      const view = rearrangeView(node, views.get(source.name) ?? whole);
      if (!view) return undefined;
      const name = `${view.weight}@${view.begin}:${view.strides}[${shape}]`;
      const weightInput = known.get(name) ?? graph.addInput(name, { shape, dtype });
      known.set(name, weightInput);
      views.set(name, view);
      const original: HostTensor = weights[view.weight]!;
      weights[name] = deferFloats(shape, () => gather(original.data as Float32Array, view, shape));
      return weightInput;
    },
  };
}
