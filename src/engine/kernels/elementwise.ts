import type { Graph, Value } from "../graph.js";
import { type KernelCall, type Lowering, binary, cast, expand, like, need } from "./kit.js";
import { above, clip, number, select, wide } from "./number.js";

const unaryOf =
  (make: (graph: Graph, x: Value, attrs: KernelCall["attrs"]) => Value): Lowering =>
  (call) =>
    make(call.graph, need(call, "x"), call.attrs);

/** An operator that ONNX has for integers too. */
const exact = (operator: string): Lowering =>
  unaryOf((graph, x) => cast(graph, like(graph, operator, [wide(graph, x)]), x.dtype));

/** An operator of real numbers; the result of integers is cut to an integer, as in the eager kernels. */
const real = (make: (graph: Graph, x: Value) => Value): Lowering =>
  unaryOf((graph, x) => cast(graph, make(graph, cast(graph, x, "float32")), x.dtype));

const smooth = (operator: string): Lowering => real((graph, x) => like(graph, operator, [x]));

/** A question about real numbers. */
const test = (make: (graph: Graph, x: Value) => Value): Lowering =>
  unaryOf((graph, x) => make(graph, cast(graph, x, "float32")));

const isIt = (graph: Graph, operator: string, x: Value): Value =>
  graph.add(operator, [x], { shape: x.shape, dtype: "bool" });

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

// Source: Klambauer et al. 2017, "Self-Normalizing Neural Networks", §2.
const seluAlpha = 1.6732632423543772;
const seluScale = 1.0507009873554805;

/** Kernels that work element by element on one operand. */
export const elementwise: Record<string, Lowering> = {
  Abs: exact("Abs"),
  Neg: exact("Neg"),
  Sign: exact("Sign"),
  Relu: exact("Relu"),
  Exp: unaryOf((graph, x) => like(graph, "Exp", [cast(graph, x, "float32")])),
  Log: smooth("Log"),
  Sqrt: smooth("Sqrt"),
  Reciprocal: smooth("Reciprocal"),
  Sigmoid: smooth("Sigmoid"),
  Tanh: smooth("Tanh"),
  Elu: smooth("Elu"),
  Erf: smooth("Erf"),
  Floor: smooth("Floor"),
  Ceil: smooth("Ceil"),
  Round: smooth("Round"),
  Sin: smooth("Sin"),
  Cos: smooth("Cos"),
  Tan: smooth("Tan"),
  Asin: smooth("Asin"),
  Acos: smooth("Acos"),
  Atan: smooth("Atan"),
  Sinh: smooth("Sinh"),
  Cosh: smooth("Cosh"),
  Asinh: smooth("Asinh"),
  Acosh: smooth("Acosh"),
  Atanh: smooth("Atanh"),
  Softplus: smooth("Softplus"),
  Rsqrt: real((graph, x) => like(graph, "Reciprocal", [like(graph, "Sqrt", [x])])),
  Expm1: real((graph, x) => binary(graph, "Sub", like(graph, "Exp", [x]), number(graph, 1, x))),
  Log1p: real((graph, x) => like(graph, "Log", [binary(graph, "Add", x, number(graph, 1, x))])),
  LeakyRelu: unaryOf((graph, x, attrs) =>
    activate(graph, cast(graph, x, "float32"), "leakyrelu", attrs.alpha),
  ),
  Selu: real((graph, x) =>
    like(graph, "Selu", [x], { alpha: { float: seluAlpha }, gamma: { float: seluScale } }),
  ),
  Prelu: (call) => {
    const x = cast(call.graph, need(call, "x"), "float32");
    return activate(call.graph, x, "prelu", 0, need(call, "alpha"));
  },
  Square: unaryOf((graph, x) => binary(graph, "Mul", x, x)),
  Relu6: unaryOf((graph, x) => clip(graph, x, 0, 6)),
  ClipByValue: unaryOf((graph, x, attrs) =>
    clip(graph, x, Number(attrs.clipValueMin), Number(attrs.clipValueMax)),
  ),
  Step: unaryOf((graph, x, attrs) =>
    select(graph, above(graph, x, 0), number(graph, 1, x), number(graph, Number(attrs.alpha ?? 0), x)),
  ),
  LogicalNot: unaryOf((graph, x) => like(graph, "Not", [cast(graph, x, "bool")])),
  IsNan: test((graph, x) => isIt(graph, "IsNaN", x)),
  IsInf: test((graph, x) => isIt(graph, "IsInf", x)),
  IsFinite: test((graph, x) => {
    const odd = binary(graph, "Or", isIt(graph, "IsNaN", x), isIt(graph, "IsInf", x), "bool");
    return like(graph, "Not", [odd]);
  }),
  Identity: unaryOf((_, x) => x),
  Cast: unaryOf((graph, x, attrs) => cast(graph, x, attrs.dtype as Value["dtype"])),
  OnesLike: unaryOf((graph, x) => cast(graph, expand(graph, number(graph, 1, x), x.shape), x.dtype)),
  ZerosLike: unaryOf((graph, x) => cast(graph, expand(graph, number(graph, 0, x), x.shape), x.dtype)),
};
