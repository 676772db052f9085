import { type HostTensor, sizeOf } from "../../tensor/index.js";
import { type Graph, type Value, uniformValueOf } from "../graph.js";
import { addBinary, broadcastShape, expand } from "../kernels/kit.js";
import { pairwise } from "./pairwise.js";
import type { Rewrite } from "./rewrite.js";

/** Maximum number of values of a constant for which arithmetic is done while compiling. */
const maxFoldedSize = 4096;

const unary: Readonly<Record<string, (x: number) => number>> = {
  Neg: (x) => -x,
  Sqrt: (x) => Math.sqrt(x),
  Reciprocal: (x) => 1 / x,
};
const pairs: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => a / b,
};

/** Returns the number that a large constant repeats, as a stretched scalar; undefined for others. */
function asStretched(graph: Graph, { constant, shape, dtype }: Value): Value | undefined {
  if (!constant || dtype === "int64" || dtype === "bool") return undefined;
  const { data } = constant;
  if (data.length < 2 || data.some((value) => value !== data[0])) return undefined;
  return expand(graph, graph.addScalar(data[0]!, dtype), shape);
}

/** Combines two small constants element by element, with broadcasting. */
function combineConstants(
  a: HostTensor,
  b: HostTensor,
  operate: (a: number, b: number) => number,
): HostTensor {
  const shape = broadcastShape(a.shape, b.shape);
  const data = new Float32Array(sizeOf(shape));
  const place = ({ shape: own }: HostTensor, at: number): number => {
    let [index, step, left] = [0, 1, at];
    for (let axis = 1; axis <= shape.length; axis++) {
      const side = shape[shape.length - axis]!;
      const along = own[own.length - axis] ?? 1;
      if (along > 1) index += (left % side) * step;
      left = Math.floor(left / side);
      step *= along;
    }
    return index;
  };
  data.forEach((_, at) => (data[at] = operate(a.data[place(a, at)]!, b.data[place(b, at)]!)));
  return { shape, dtype: "float32", data };
}

/**
 * Arithmetic on small constants is done while compiling, and a large constant of one number, as gradients of means and sums
 * have it, becomes that number.
 */
export const constants: Rewrite = {
  name: "constants",
  apply({ operator, inputs, output }, { graph }) {
    if (output.dtype !== "float32") return undefined;
    const [a, b] = inputs;
    const fits = (value: Value | undefined): value is Value & { constant: HostTensor } =>
      value?.constant !== undefined && value.dtype === "float32" && sizeOf(value.shape) <= maxFoldedSize;
    const single = unary[operator];
    if (single && fits(a)) {
      const data = Float32Array.from(a.constant.data, single);
      return graph.addConstant({ shape: output.shape, dtype: "float32", data });
    }
    const both = pairs[operator];
    if (both && fits(a) && fits(b) && sizeOf(output.shape) <= maxFoldedSize)
      return graph.addConstant(combineConstants(a.constant, b.constant, both));
    if (operator === "Reshape" && a?.constant && a.dtype === "float32" && uniformValueOf(a) === undefined)
      return graph.addConstant({ ...a.constant, shape: output.shape });
    if (!pairwise.has(operator)) return undefined;
    const [left, right] = [asStretched(graph, a!), asStretched(graph, b!)];
    if (!left && !right) return undefined;
    return expand(graph, addBinary(graph, operator, left ?? a!, right ?? b!), output.shape);
  },
};
