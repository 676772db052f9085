import type { Graph, Value } from "../graph.js";
import {
  type KernelCall,
  type Lowering,
  addBinary,
  cast,
  addLike,
  matMul,
  requireInput,
  pad,
  toPositiveAxis,
  reduce,
  reshape,
  slice,
} from "./kit.js";
import { addNumber, boolsToNumbers } from "./number.js";

function axesOf(call: KernelCall, value: Value): number[] {
  const given = call.attrs.axis ?? call.attrs.reductionIndices;
  const rank = value.shape.length;
  if (given === undefined || given === null) return value.shape.map((_, axis) => axis);
  return ([] as number[]).concat(given as number | number[]).map((axis) => toPositiveAxis(axis, rank));
}

const makeReduction =
  (operator: string, numeric: (graph: Graph, x: Value) => Value = (_, x) => x): Lowering =>
  (call) => {
    const x = numeric(call.graph, requireInput(call, "x"));
    return reduce(call.graph, operator, x, axesOf(call, x), Boolean(call.attrs.keepDims));
  };

const makeLogical =
  (operator: string): Lowering =>
  (call) => {
    const x = cast(call.graph, requireInput(call, "x"), "int32");
    const result = reduce(call.graph, operator, x, axesOf(call, x), Boolean(call.attrs.keepDims));
    return cast(call.graph, result, "bool");
  };

const position =
  (operator: string): Lowering =>
  (call) => {
    const x = boolsToNumbers(call.graph, requireInput(call, "x"));
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

const makeAlong =
  (operator: string): Lowering =>
  (call) => {
    const x = requireInput(call, "logits");
    const axis = toPositiveAxis(Number(call.attrs.dim ?? call.attrs.axis ?? -1), x.shape.length);
    return addLike(call.graph, operator, [x], { axis: { int: axis } });
  };

/** Computes the local response: `norm = bias + alpha · Σ x²` over near channels, and `power = norm ^ −beta`. */
function computeLocalNorm(call: KernelCall, x: Value) {
  const { graph, attrs } = call;
  const channels = x.shape[x.shape.length - 1]!;
  const bandMatrix = Float32Array.from({ length: channels * channels }, (_, at) =>
    Math.abs(Math.floor(at / channels) - (at % channels)) <= Number(attrs.depthRadius) ? 1 : 0,
  );
  const band = graph.addConstant({ shape: [channels, channels], dtype: "float32", data: bandMatrix });
  const overChannels = (value: Value): Value => {
    const flat = reshape(graph, value, [x.shape.slice(0, -1).reduce((a, b) => a * b, 1), channels]);
    return reshape(graph, matMul(graph, flat, band), x.shape);
  };
  const sum = overChannels(addBinary(graph, "Mul", x, x));
  const scaled = addBinary(graph, "Mul", sum, addNumber(graph, Number(attrs.alpha), x));
  const norm = addBinary(graph, "Add", scaled, addNumber(graph, Number(attrs.bias), x));
  return {
    norm,
    power: addBinary(graph, "Pow", norm, addNumber(graph, -Number(attrs.beta), x)),
    overChannels,
  };
}

/** Kernels that reduce, rank or normalise along axes. */
export const reductions: Record<string, Lowering> = {
  Sum: makeReduction("ReduceSum", boolsToNumbers),
  Mean: makeReduction("ReduceMean", (graph, x) => cast(graph, x, "float32")),
  Max: makeReduction("ReduceMax"),
  Min: makeReduction("ReduceMin"),
  Prod: makeReduction("ReduceProd", boolsToNumbers),
  All: makeLogical("ReduceMin"),
  Any: makeLogical("ReduceMax"),
  ArgMax: position("ArgMax"),
  ArgMin: position("ArgMin"),
  Softmax: makeAlong("Softmax"),
  LogSoftmax: makeAlong("LogSoftmax"),
  Cumsum: (call) => {
    const x = boolsToNumbers(call.graph, requireInput(call, "x"));
    const at = Int32Array.of(axesOf(call, x)[0]!);
    const axis = call.graph.addConstant({ shape: [], dtype: "int32", data: at }, "int64");
    return call.graph.add(
      "CumSum",
      [x, axis],
      { shape: x.shape, dtype: x.dtype },
      { exclusive: { int: call.attrs.exclusive ? 1 : 0 }, reverse: { int: call.attrs.reverse ? 1 : 0 } },
    );
  },
  // ONNX has no cumulative product: each round multiplies in twice as many neighbours as the one before.
  Cumprod: (call) => {
    const { graph, attrs } = call;
    const x = boolsToNumbers(graph, requireInput(call, "x"));
    const axis = axesOf(call, x)[0]!;
    const moved = (value: Value, by: number): Value => {
      const begin = x.shape.map((_, at) => (attrs.reverse && at === axis ? by : 0));
      const end = x.shape.map((side, at) => (!attrs.reverse && at === axis ? side - by : side));
      const gap = attrs.reverse ? ([0, by] as const) : ([by, 0] as const);
      const window = slice(graph, value, begin, end);
      return pad(
        graph,
        window,
        x.shape.map((_, at) => (at === axis ? gap : [0, 0])),
        1,
      );
    };
    let product = attrs.exclusive ? moved(x, 1) : x;
    for (let by = 1; by < x.shape[axis]!; by *= 2)
      product = addBinary(graph, "Mul", product, moved(product, by));
    return product;
  },
  LRN: (call) => {
    const { graph } = call;
    const x = requireInput(call, "x");
    const { power } = computeLocalNorm(call, x);
    return addBinary(graph, "Mul", x, power);
  },
  LRNGrad: (call) => {
    const { graph, attrs } = call;
    const [x, y, dy] = [requireInput(call, "x"), requireInput(call, "y"), requireInput(call, "dy")];
    const { norm, power, overChannels } = computeLocalNorm(call, x);
    const share = overChannels(addBinary(graph, "Div", addBinary(graph, "Mul", dy, y), norm));
    const slope = addNumber(graph, 2 * Number(attrs.alpha) * Number(attrs.beta), x);
    const pulled = addBinary(graph, "Mul", addBinary(graph, "Mul", x, slope), share);
    return addBinary(graph, "Sub", addBinary(graph, "Mul", dy, power), pulled);
  },
  FusedBatchNorm: (call) => {
    const { graph } = call;
    const epsilon = graph.addScalar(Number(call.attrs.varianceEpsilon ?? 0.001));
    const spread = addLike(graph, "Sqrt", [addBinary(graph, "Add", requireInput(call, "variance"), epsilon)]);
    const centred = addBinary(graph, "Sub", requireInput(call, "x"), requireInput(call, "mean"));
    const unit = addBinary(graph, "Div", centred, spread);
    const scaled = call.inputs.scale ? addBinary(graph, "Mul", unit, call.inputs.scale) : unit;
    return call.inputs.offset ? addBinary(graph, "Add", scaled, call.inputs.offset) : scaled;
  },
};
