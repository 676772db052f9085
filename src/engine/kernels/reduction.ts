import type { Graph, Value } from "../graph.js";
import { type KernelCall, type Lowering, binary, cast, like, need, reduce } from "./kit.js";

function axesOf(call: KernelCall, value: Value): number[] {
  const given = call.attrs.axis ?? call.attrs.reductionIndices;
  const rank = value.shape.length;
  if (given === undefined || given === null) return value.shape.map((_, axis) => axis);
  return ([] as number[]).concat(given as number | number[]).map((axis) => (axis < 0 ? axis + rank : axis));
}

const reduction =
  (operator: string, numeric: (graph: Graph, x: Value) => Value = (_, x) => x): Lowering =>
  (call) => {
    const x = numeric(call.graph, need(call, "x"));
    return reduce(call.graph, operator, x, axesOf(call, x), Boolean(call.attrs.keepDims));
  };

const boolToInt = (graph: Graph, x: Value): Value => (x.dtype === "bool" ? cast(graph, x, "int32") : x);

const logical =
  (operator: string): Lowering =>
  (call) => {
    const x = cast(call.graph, need(call, "x"), "int32");
    const result = reduce(call.graph, operator, x, axesOf(call, x), Boolean(call.attrs.keepDims));
    return cast(call.graph, result, "bool");
  };

const position =
  (operator: string): Lowering =>
  (call) => {
    const x = need(call, "x");
    const axis = axesOf(call, x)[0]!;
    const shape = x.shape.filter((_, index) => index !== axis);
    const found = call.graph.add(
      operator,
      [x],
      { shape, dtype: "int64" },
      { axis: { int: axis }, keepdims: { int: 0 } },
    );
    return cast(call.graph, found, "int32");
  };

const along =
  (operator: string): Lowering =>
  (call) => {
    const x = need(call, "logits");
    const given = Number(call.attrs.dim ?? call.attrs.axis ?? -1);
    const axis = given < 0 ? given + x.shape.length : given;
    return like(call.graph, operator, [x], { axis: { int: axis } });
  };

/** Kernels that reduce, rank or normalise along axes. */
export const reductions: Record<string, Lowering> = {
  Sum: reduction("ReduceSum", boolToInt),
  Mean: reduction("ReduceMean", (graph, x) => cast(graph, x, "float32")),
  Max: reduction("ReduceMax"),
  Min: reduction("ReduceMin"),
  Prod: reduction("ReduceProd", boolToInt),
  All: logical("ReduceMin"),
  Any: logical("ReduceMax"),
  ArgMax: position("ArgMax"),
  ArgMin: position("ArgMin"),
  Softmax: along("Softmax"),
  LogSoftmax: along("LogSoftmax"),
  Cumsum: (call) => {
    const x = need(call, "x");
    const axis = call.graph.constant(
      { shape: [], dtype: "int32", data: Int32Array.of(axesOf(call, x)[0]!) },
      "int64",
    );
    return call.graph.add(
      "CumSum",
      [x, axis],
      { shape: x.shape, dtype: x.dtype },
      { exclusive: { int: call.attrs.exclusive ? 1 : 0 }, reverse: { int: call.attrs.reverse ? 1 : 0 } },
    );
  },
  FusedBatchNorm: (call) => {
    const { graph } = call;
    const epsilon = graph.scalar(Number(call.attrs.varianceEpsilon ?? 0.001));
    const spread = like(graph, "Sqrt", [binary(graph, "Add", need(call, "variance"), epsilon)]);
    const centred = binary(graph, "Sub", need(call, "x"), need(call, "mean"));
    const unit = binary(graph, "Div", centred, spread);
    const scaled = call.inputs.scale ? binary(graph, "Mul", unit, call.inputs.scale) : unit;
    return call.inputs.offset ? binary(graph, "Add", scaled, call.inputs.offset) : scaled;
  },
};
