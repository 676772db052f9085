import type { Graph, Value } from "../graph.js";
import {
  type KernelCall,
  type Lowering,
  binary,
  cast,
  like,
  matMul,
  need,
  pad,
  positive,
  reduce,
  reshape,
  slice,
} from "./kit.js";
import { number, wide } from "./number.js";

function axesOf(call: KernelCall, value: Value): number[] {
  const given = call.attrs.axis ?? call.attrs.reductionIndices;
  const rank = value.shape.length;
  if (given === undefined || given === null) return value.shape.map((_, axis) => axis);
  return ([] as number[]).concat(given as number | number[]).map((axis) => positive(axis, rank));
}

const reduction =
  (operator: string, numeric: (graph: Graph, x: Value) => Value = (_, x) => x): Lowering =>
  (call) => {
    const x = numeric(call.graph, need(call, "x"));
    return reduce(call.graph, operator, x, axesOf(call, x), Boolean(call.attrs.keepDims));
  };

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
    const x = wide(call.graph, need(call, "x"));
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
    const axis = positive(Number(call.attrs.dim ?? call.attrs.axis ?? -1), x.shape.length);
    return like(call.graph, operator, [x], { axis: { int: axis } });
  };

/** Local response: `norm = bias + alpha · Σ x²` over near channels, and `power = norm ^ −beta`. */
function localNorm(call: KernelCall, x: Value) {
  const { graph, attrs } = call;
  const channels = x.shape[x.shape.length - 1]!;
  const bandMatrix = Float32Array.from({ length: channels * channels }, (_, at) =>
    Math.abs(Math.floor(at / channels) - (at % channels)) <= Number(attrs.depthRadius) ? 1 : 0,
  );
  const band = graph.constant({ shape: [channels, channels], dtype: "float32", data: bandMatrix });
  const overChannels = (value: Value): Value => {
    const flat = reshape(graph, value, [x.shape.slice(0, -1).reduce((a, b) => a * b, 1), channels]);
    return reshape(graph, matMul(graph, flat, band), x.shape);
  };
  const sum = overChannels(binary(graph, "Mul", x, x));
  const scaled = binary(graph, "Mul", sum, number(graph, Number(attrs.alpha), x));
  const norm = binary(graph, "Add", scaled, number(graph, Number(attrs.bias), x));
  return { norm, power: binary(graph, "Pow", norm, number(graph, -Number(attrs.beta), x)), overChannels };
}

/** Kernels that reduce, rank or normalise along axes. */
export const reductions: Record<string, Lowering> = {
  Sum: reduction("ReduceSum", wide),
  Mean: reduction("ReduceMean", (graph, x) => cast(graph, x, "float32")),
  Max: reduction("ReduceMax"),
  Min: reduction("ReduceMin"),
  Prod: reduction("ReduceProd", wide),
  All: logical("ReduceMin"),
  Any: logical("ReduceMax"),
  ArgMax: position("ArgMax"),
  ArgMin: position("ArgMin"),
  Softmax: along("Softmax"),
  LogSoftmax: along("LogSoftmax"),
  Cumsum: (call) => {
    const x = wide(call.graph, need(call, "x"));
    const at = Int32Array.of(axesOf(call, x)[0]!);
    const axis = call.graph.constant({ shape: [], dtype: "int32", data: at }, "int64");
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
    const x = wide(graph, need(call, "x"));
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
      product = binary(graph, "Mul", product, moved(product, by));
    return product;
  },
  LRN: (call) => {
    const { graph } = call;
    const x = need(call, "x");
    const { power } = localNorm(call, x);
    return binary(graph, "Mul", x, power);
  },
  LRNGrad: (call) => {
    const { graph, attrs } = call;
    const [x, y, dy] = [need(call, "x"), need(call, "y"), need(call, "dy")];
    const { norm, power, overChannels } = localNorm(call, x);
    const share = overChannels(binary(graph, "Div", binary(graph, "Mul", dy, y), norm));
    const slope = number(graph, 2 * Number(attrs.alpha) * Number(attrs.beta), x);
    const pulled = binary(graph, "Mul", binary(graph, "Mul", x, slope), share);
    return binary(graph, "Sub", binary(graph, "Mul", dy, power), pulled);
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
