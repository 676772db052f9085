import type { Graph, Value } from "../graph.js";
import { type KernelCall, type Lowering, binary, broadcastShape, cast, expand, like, need } from "./kit.js";

const number = (graph: Graph, value: number, of: Value): Value =>
  graph.scalar(value, of.dtype === "int32" ? "int32" : "float32");

const unary =
  (operator: string): Lowering =>
  (call) =>
    like(call.graph, operator, [need(call, "x")]);

const unaryOf =
  (make: (graph: Graph, x: Value, attrs: KernelCall["attrs"]) => Value): Lowering =>
  (call) =>
    make(call.graph, need(call, "x"), call.attrs);

const pair =
  (operator: string): Lowering =>
  (call) =>
    binary(call.graph, operator, need(call, "a"), need(call, "b"));

const compare =
  (operator: string): Lowering =>
  (call) =>
    binary(call.graph, operator, need(call, "a"), need(call, "b"), "bool");

function select(graph: Graph, condition: Value, yes: Value, no: Value): Value {
  const shape = broadcastShape(condition.shape, broadcastShape(yes.shape, no.shape));
  return graph.add("Where", [condition, yes, no], { shape, dtype: yes.dtype });
}

function above(graph: Graph, x: Value, than: number): Value {
  return binary(graph, "Greater", x, number(graph, than, x), "bool");
}

function floorDivide(graph: Graph, a: Value, b: Value): Value {
  const quotient = binary(graph, "Div", cast(graph, a, "float32"), cast(graph, b, "float32"));
  return cast(graph, like(graph, "Floor", [quotient]), a.dtype);
}

/** An activation of a fused kernel. */
export function activate(graph: Graph, x: Value, activation: unknown, alpha: unknown, slope?: Value): Value {
  switch (activation) {
    case "relu":
      return like(graph, "Relu", [x]);
    case "relu6":
      return clip(graph, x, 0, 6);
    case "elu":
      return like(graph, "Elu", [x]);
    case "sigmoid":
      return like(graph, "Sigmoid", [x]);
    case "leakyrelu":
      return like(graph, "LeakyRelu", [x], { alpha: { float: Number(alpha ?? 0.2) } });
    case "prelu":
      return select(graph, above(graph, x, 0), x, binary(graph, "Mul", x, slope!));
    default:
      return x;
  }
}

function clip(graph: Graph, x: Value, low: number, high: number): Value {
  return graph.add("Clip", [x, number(graph, low, x), number(graph, high, x)], {
    shape: x.shape,
    dtype: x.dtype,
  });
}

// Source: Klambauer et al. 2017, "Self-Normalizing Neural Networks", §2.
const seluAlpha = 1.6732632423543772;
const seluScale = 1.0507009873554805;

/** Kernels that work element by element. */
export const elementwise: Record<string, Lowering> = {
  Abs: unary("Abs"),
  Neg: unary("Neg"),
  Exp: unary("Exp"),
  Log: unary("Log"),
  Sqrt: unary("Sqrt"),
  Reciprocal: unary("Reciprocal"),
  Sigmoid: unary("Sigmoid"),
  Tanh: unary("Tanh"),
  Relu: unary("Relu"),
  Elu: unary("Elu"),
  Erf: unary("Erf"),
  Floor: unary("Floor"),
  Ceil: unary("Ceil"),
  Round: unary("Round"),
  Sign: unary("Sign"),
  Sin: unary("Sin"),
  Cos: unary("Cos"),
  Tan: unary("Tan"),
  Asin: unary("Asin"),
  Acos: unary("Acos"),
  Atan: unary("Atan"),
  Sinh: unary("Sinh"),
  Cosh: unary("Cosh"),
  Softplus: unary("Softplus"),
  LogicalNot: unary("Not"),
  Identity: unaryOf((_, x) => x),
  Square: unaryOf((graph, x) => binary(graph, "Mul", x, x)),
  Rsqrt: unaryOf((graph, x) => like(graph, "Reciprocal", [like(graph, "Sqrt", [x])])),
  Expm1: unaryOf((graph, x) => binary(graph, "Sub", like(graph, "Exp", [x]), number(graph, 1, x))),
  Log1p: unaryOf((graph, x) => like(graph, "Log", [binary(graph, "Add", x, number(graph, 1, x))])),
  Relu6: unaryOf((graph, x) => clip(graph, x, 0, 6)),
  ClipByValue: unaryOf((graph, x, attrs) =>
    clip(graph, x, Number(attrs.clipValueMin), Number(attrs.clipValueMax)),
  ),
  LeakyRelu: unaryOf((graph, x, attrs) => activate(graph, x, "leakyrelu", attrs.alpha)),
  Selu: unaryOf((graph, x) =>
    like(graph, "Selu", [x], { alpha: { float: seluAlpha }, gamma: { float: seluScale } }),
  ),
  Step: unaryOf((graph, x, attrs) =>
    select(graph, above(graph, x, 0), number(graph, 1, x), number(graph, Number(attrs.alpha ?? 0), x)),
  ),
  IsNan: unaryOf((graph, x) => graph.add("IsNaN", [x], { shape: x.shape, dtype: "bool" })),
  Cast: unaryOf((graph, x, attrs) => cast(graph, x, attrs.dtype as Value["dtype"])),
  OnesLike: unaryOf((graph, x) => expand(graph, number(graph, 1, x), x.shape)),
  ZerosLike: unaryOf((graph, x) => expand(graph, number(graph, 0, x), x.shape)),
  Add: pair("Add"),
  AddN: (call) =>
    Object.keys(call.inputs)
      .map((name) => need(call, name))
      .reduce((sum, value) => binary(call.graph, "Add", sum, value)),
  Sub: pair("Sub"),
  Multiply: pair("Mul"),
  RealDiv: pair("Div"),
  Maximum: pair("Max"),
  Minimum: pair("Min"),
  Pow: pair("Pow"),
  Equal: compare("Equal"),
  Greater: compare("Greater"),
  GreaterEqual: compare("GreaterOrEqual"),
  Less: compare("Less"),
  LessEqual: compare("LessOrEqual"),
  LogicalAnd: compare("And"),
  LogicalOr: compare("Or"),
  NotEqual: (call) =>
    like(call.graph, "Not", [binary(call.graph, "Equal", need(call, "a"), need(call, "b"), "bool")]),
  FloorDiv: (call) => cast(call.graph, floorDivide(call.graph, need(call, "a"), need(call, "b")), "int32"),
  Mod: (call) => {
    const [a, b] = [need(call, "a"), need(call, "b")];
    return binary(call.graph, "Sub", a, binary(call.graph, "Mul", floorDivide(call.graph, a, b), b));
  },
  SquaredDifference: (call) => {
    const difference = binary(call.graph, "Sub", need(call, "a"), need(call, "b"));
    return binary(call.graph, "Mul", difference, difference);
  },
  Prelu: (call) => activate(call.graph, need(call, "x"), "prelu", 0, need(call, "alpha")),
  EluGrad: ({ graph, ...call }) => {
    const [dy, y] = [need({ graph, ...call }, "dy"), need({ graph, ...call }, "y")];
    const slope = binary(graph, "Add", y, number(graph, 1, y));
    return binary(graph, "Mul", dy, select(graph, above(graph, y, 0), number(graph, 1, y), slope));
  },
  Select: (call) => {
    const condition = need(call, "condition");
    const [yes, no] = [need(call, "t"), need(call, "e")];
    // A rank-1 condition picks whole rows of operands of higher rank.
    const rows = condition.shape.length === 1 && yes.shape.length > 1;
    const spread = rows ? [...condition.shape, ...yes.shape.slice(1).map(() => 1)] : condition.shape;
    const shaped = rows
      ? call.graph.add("Reshape", [condition, call.graph.ints(spread)], { shape: spread, dtype: "bool" })
      : condition;
    return select(call.graph, shaped, yes, no);
  },
};
