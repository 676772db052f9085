import { EngineError } from "../../errors.js";
import { type Attribute, type Graph, type Value, typeCodes, uniformValueOf } from "../graph.js";

/** What a TensorFlow.js kernel gets while recording. */
export interface KernelCall {
  readonly graph: Graph;
  readonly kernel: string;
  /** Named inputs, or `0, 1, …` for kernels that take a list. */
  readonly inputs: Readonly<Record<string, Value | undefined>>;
  readonly attrs: Readonly<Record<string, unknown>>;
}

/** Turns one kernel call into graph values. */
export type Lowering = (call: KernelCall) => Value | Value[];

/** Returns the input of that name; recording fails if the kernel was called without it. */
export function requireInput(call: KernelCall, name: string): Value {
  const value = call.inputs[name];
  if (!value) throw new EngineError(`compile: kernel ${call.kernel} was called without its input "${name}"`);
  return value;
}

/** Lists the inputs of a kernel that takes a list. */
export function listInputs(call: KernelCall): Value[] {
  return Object.keys(call.inputs)
    .sort((a, b) => Number(a) - Number(b))
    .map((name) => requireInput(call, name));
}

/** Returns the shape that two operands have after broadcasting. */
export function broadcastShape(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, index) => {
    const left = a[index - rank + a.length] ?? 1;
    const right = b[index - rank + b.length] ?? 1;
    if (left !== right && left !== 1 && right !== 1)
      throw new EngineError(`compile: shapes [${a}] and [${b}] do not broadcast`);
    return left === 1 ? right : left;
  });
}

/** Converts an axis counted from the end (−1 is the last) to one counted from the front. */
export const toPositiveAxis = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

/** Tells whether two shapes are equal. */
export function isSameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((side, index) => side === b[index]);
}

/** Adds an operator whose result has the shape and type of its first input. */
export function addLike(
  graph: Graph,
  operator: string,
  inputs: readonly Value[],
  attributes?: Record<string, Attribute>,
): Value {
  const first = inputs[0]!;
  return graph.add(operator, inputs, { shape: first.shape, dtype: first.dtype }, attributes);
}

/** Adds the element-wise operator of two operands, broadcasting; a broadcast constant is used as a scalar. */
export function addBinary(graph: Graph, operator: string, a: Value, b: Value, dtype = a.dtype): Value {
  const shape = broadcastShape(a.shape, b.shape);
  const left = isSameShape(b.shape, shape) ? dropBroadcast(graph, a) : a;
  const right = isSameShape(a.shape, shape) ? dropBroadcast(graph, b) : b;
  const spec = { shape, dtype };
  const numbers = [uniformValueOf(a), uniformValueOf(b)];
  if (operator === "Mul" && numbers[1] === 1) return expand(graph, a, shape);
  if (operator === "Mul" && numbers[0] === 1) return expand(graph, b, shape);
  if (operator === "Div" && numbers[1] === 1) return expand(graph, a, shape);
  if ((operator === "Add" || operator === "Sub") && numbers[1] === 0) return expand(graph, a, shape);
  if (operator === "Add" && numbers[0] === 0) return expand(graph, b, shape);
  return graph.add(operator, [left, right], spec);
}

/** Replaces a constant whose elements are all equal by a scalar. The other operand must have the result's shape. */
function dropBroadcast(graph: Graph, value: Value): Value {
  const number = uniformValueOf(value);
  if (number === undefined || value.shape.length === 0) return value;
  if (value.dtype !== "float32" && value.dtype !== "int32") return value;
  return graph.addScalar(number, value.dtype);
}

/** Broadcasts a value to a shape. */
export function expand(graph: Graph, value: Value, shape: readonly number[]): Value {
  if (isSameShape(value.shape, shape)) return value;
  return graph.add("Expand", [value, graph.addInts(shape)], { shape, dtype: value.dtype });
}

/** Reshapes a value; a chain of reshapes becomes one. */
export function reshape(graph: Graph, value: Value, shape: readonly number[]): Value {
  if (isSameShape(value.shape, shape)) return value;
  const producer = value.producer;
  if (producer?.operator === "Reshape") return reshape(graph, producer.inputs[0]!, shape);
  const attributes: Record<string, Attribute> = shape.includes(0) ? { allowzero: { int: 1 } } : {};
  return graph.add("Reshape", [value, graph.addInts(shape)], { shape, dtype: value.dtype }, attributes);
}

/** Reorders axes; a chain of transpositions becomes one, and an unchanged order none. */
export function transpose(graph: Graph, value: Value, order: readonly number[]): Value {
  if (order.every((axis, index) => axis === index)) return value;
  const producer = value.producer;
  if (producer?.operator === "Transpose") {
    const inner = (producer.attributes.perm as { ints: readonly number[] }).ints;
    return transpose(
      graph,
      producer.inputs[0]!,
      order.map((axis) => inner[axis]!),
    );
  }
  const moving = order.filter((axis) => value.shape[axis] !== 1);
  const shape = order.map((axis) => value.shape[axis]!);
  if (moving.every((axis, index) => index === 0 || axis > moving[index - 1]!))
    return reshape(graph, value, shape);
  return graph.add("Transpose", [value], { shape, dtype: value.dtype }, { perm: { ints: order } });
}

/** Converts a value to another element type. */
export function cast(graph: Graph, value: Value, dtype: Value["dtype"]): Value {
  if (value.dtype === dtype) return value;
  return graph.add("Cast", [value], { shape: value.shape, dtype }, { to: { int: typeCodes[dtype] } });
}

/** Cuts a box out of a value, with every `step`-th element along each axis. `end` is exclusive. */
export function slice(
  graph: Graph,
  value: Value,
  begin: readonly number[],
  end: readonly number[],
  step: readonly number[] = begin.map(() => 1),
): Value {
  const shape = begin.map((from, axis) => Math.max(0, Math.ceil((end[axis]! - from) / step[axis]!)));
  if (isSameShape(shape, value.shape) && step.every((by) => by === 1)) return value;
  const axes = begin.map((_, axis) => axis);
  // A negative step ends before index 0, which ONNX writes as any number below -size.
  const stops = end.map((to, axis) => (step[axis]! < 0 && to < 0 ? -value.shape[axis]! - 1 : to));
  return graph.add(
    "Slice",
    [value, graph.addInts(begin), graph.addInts(stops), graph.addInts(axes), graph.addInts(step)],
    { shape, dtype: value.dtype },
  );
}

/** Reverses the order of elements along axes. */
export function reverse(graph: Graph, value: Value, axes: readonly number[]): Value {
  const turned = (axis: number): boolean => axes.includes(axis);
  return slice(
    graph,
    value,
    value.shape.map((side, axis) => (turned(axis) ? side - 1 : 0)),
    value.shape.map((side, axis) => (turned(axis) ? -1 : side)),
    value.shape.map((_, axis) => (turned(axis) ? -1 : 1)),
  );
}

/** Pads a value with zeros, or with `fill`. */
export function pad(
  graph: Graph,
  value: Value,
  paddings: readonly (readonly [number, number])[],
  fill = 0,
): Value {
  if (paddings.every(([before, after]) => before === 0 && after === 0)) return value;
  const shape = value.shape.map((side, axis) => side + paddings[axis]![0] + paddings[axis]![1]);
  const amounts = graph.addInts([
    ...paddings.map(([before]) => before),
    ...paddings.map(([, after]) => after),
  ]);
  const number = graph.addScalar(fill, value.dtype === "int32" ? "int32" : "float32");
  return graph.add(
    "Pad",
    [value, amounts, number],
    { shape, dtype: value.dtype },
    { mode: { text: "constant" } },
  );
}

/** Values one after the other along an axis. */
export function concat(graph: Graph, values: readonly Value[], axis: number): Value {
  if (values.length === 1) return values[0]!;
  const first = values[0]!;
  const total = values.reduce((sum, value) => sum + value.shape[axis]!, 0);
  const shape = first.shape.map((side, index) => (index === axis ? total : side));
  return graph.add("Concat", values, { shape, dtype: first.dtype }, { axis: { int: axis } });
}

/** Reduces a value over axes by an operator, e.g. `ReduceSum`. */
export function reduce(
  graph: Graph,
  operator: string,
  value: Value,
  axes: readonly number[],
  keepDims: boolean,
): Value {
  if (axes.length === 0) return value;
  const shape = value.shape.flatMap((side, axis) => (axes.includes(axis) ? (keepDims ? [1] : []) : [side]));
  return graph.add(
    operator,
    [value, graph.addInts(axes)],
    { shape, dtype: value.dtype },
    { keepdims: { int: keepDims ? 1 : 0 } },
  );
}

/** Multiplies matrices over the last two axes; batch axes broadcast. */
export function matMul(graph: Graph, a: Value, b: Value, transposeA = false, transposeB = false): Value {
  const rank = Math.max(a.shape.length, b.shape.length);
  const [rows, inner] = lastTwoOf(a.shape, transposeA);
  const [innerB, columns] = lastTwoOf(b.shape, transposeB);
  if (inner !== innerB)
    throw new EngineError(
      `compile: matMul of [${a.shape}]${transposeA ? "ᵀ" : ""} and [${b.shape}]${transposeB ? "ᵀ" : ""}`,
    );
  if (rank === 2 && a.dtype === "float32") {
    if (!transposeA && !transposeB)
      return graph.add("MatMul", [a, b], { shape: [rows, columns], dtype: a.dtype });
    const flags = { transA: { int: transposeA ? 1 : 0 }, transB: { int: transposeB ? 1 : 0 } };
    return graph.add("Gemm", [a, b], { shape: [rows, columns], dtype: a.dtype }, flags);
  }
  const batch = broadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const left = transposeA ? swapLast(graph, a) : a;
  const right = transposeB ? swapLast(graph, b) : b;
  return graph.add("MatMul", [left, right], { shape: [...batch, rows, columns], dtype: a.dtype });
}

/** Returns the lengths of the last two axes; of the transposed matrices if `swapped`. */
function lastTwoOf(shape: readonly number[], swapped: boolean): [number, number] {
  const [row, column] = shape.slice(-2) as [number, number];
  return swapped ? [column, row] : [row, column];
}

function swapLast(graph: Graph, value: Value): Value {
  const rank = value.shape.length;
  const order = Array.from({ length: rank }, (_, axis) => axis);
  return transpose(graph, value, [...order.slice(0, -2), rank - 1, rank - 2]);
}
