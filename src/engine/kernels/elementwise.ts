import type { Graph, Value } from "../graph.js";
import { type KernelCall, type Lowering, addBinary, cast, expand, addLike, requireInput } from "./kit.js";
import { isAbove, clampBetween, addNumber, select, boolsToNumbers } from "./number.js";

const makeUnary =
  (make: (graph: Graph, x: Value, attrs: KernelCall["attrs"]) => Value): Lowering =>
  (call) =>
    make(call.graph, requireInput(call, "x"), call.attrs);

/** Makes an operator that ONNX has for integers too. */
const makeExact = (operator: string): Lowering =>
  makeUnary((graph, x) => cast(graph, addLike(graph, operator, [boolsToNumbers(graph, x)]), x.dtype));

/** Makes an operator of real numbers; the result of integers is cut to an integer, as in the eager kernels. */
const makeReal = (make: (graph: Graph, x: Value) => Value): Lowering =>
  makeUnary((graph, x) => cast(graph, make(graph, cast(graph, x, "float32")), x.dtype));

const smooth = (operator: string): Lowering => makeReal((graph, x) => addLike(graph, operator, [x]));

/** Makes a question about real numbers. */
const makeTest = (make: (graph: Graph, x: Value) => Value): Lowering =>
  makeUnary((graph, x) => make(graph, cast(graph, x, "float32")));

const isIt = (graph: Graph, operator: string, x: Value): Value =>
  graph.add(operator, [x], { shape: x.shape, dtype: "bool" });

/** Applies the activation of a fused kernel. */
export function activate(graph: Graph, x: Value, activation: unknown, alpha: unknown, slope?: Value): Value {
  switch (activation) {
    case "relu":
      return addLike(graph, "Relu", [x]);
    case "relu6":
      return clampBetween(graph, x, 0, 6);
    case "elu":
      return addLike(graph, "Elu", [x]);
    case "sigmoid":
      return addLike(graph, "Sigmoid", [x]);
    case "leakyrelu":
      return addLike(graph, "LeakyRelu", [x], { alpha: { float: Number(alpha ?? 0.2) } });
    case "prelu":
      return select(graph, isAbove(graph, x, 0), x, addBinary(graph, "Mul", x, slope!));
    default:
      return x;
  }
}

// Source: Klambauer et al. 2017, "Self-Normalizing Neural Networks", §2.
const seluAlpha = 1.6732632423543772;
const seluScale = 1.0507009873554805;

/** Kernels that work element by element on one operand. */
export const elementwise: Record<string, Lowering> = {
  Abs: makeExact("Abs"),
  Neg: makeExact("Neg"),
  Sign: makeExact("Sign"),
  Relu: makeExact("Relu"),
  Exp: makeUnary((graph, x) => addLike(graph, "Exp", [cast(graph, x, "float32")])),
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
  Rsqrt: makeReal((graph, x) => addLike(graph, "Reciprocal", [addLike(graph, "Sqrt", [x])])),
  Expm1: makeReal((graph, x) => addBinary(graph, "Sub", addLike(graph, "Exp", [x]), addNumber(graph, 1, x))),
  Log1p: makeReal((graph, x) => addLike(graph, "Log", [addBinary(graph, "Add", x, addNumber(graph, 1, x))])),
  LeakyRelu: makeUnary((graph, x, attrs) =>
    activate(graph, cast(graph, x, "float32"), "leakyrelu", attrs.alpha),
  ),
  Selu: makeReal((graph, x) =>
    addLike(graph, "Selu", [x], { alpha: { float: seluAlpha }, gamma: { float: seluScale } }),
  ),
  Prelu: (call) => {
    const x = cast(call.graph, requireInput(call, "x"), "float32");
    return activate(call.graph, x, "prelu", 0, requireInput(call, "alpha"));
  },
  Square: makeUnary((graph, x) => addBinary(graph, "Mul", x, x)),
  Relu6: makeUnary((graph, x) => clampBetween(graph, x, 0, 6)),
  ClipByValue: makeUnary((graph, x, attrs) =>
    clampBetween(graph, x, Number(attrs.clipValueMin), Number(attrs.clipValueMax)),
  ),
  Step: makeUnary((graph, x, attrs) =>
    select(
      graph,
      isAbove(graph, x, 0),
      addNumber(graph, 1, x),
      addNumber(graph, Number(attrs.alpha ?? 0), x),
    ),
  ),
  LogicalNot: makeUnary((graph, x) => addLike(graph, "Not", [cast(graph, x, "bool")])),
  IsNan: makeTest((graph, x) => isIt(graph, "IsNaN", x)),
  IsInf: makeTest((graph, x) => isIt(graph, "IsInf", x)),
  IsFinite: makeTest((graph, x) => {
    const odd = addBinary(graph, "Or", isIt(graph, "IsNaN", x), isIt(graph, "IsInf", x), "bool");
    return addLike(graph, "Not", [odd]);
  }),
  Identity: makeUnary((_, x) => x),
  Cast: makeUnary((graph, x, attrs) => cast(graph, x, attrs.dtype as Value["dtype"])),
  OnesLike: makeUnary((graph, x) => cast(graph, expand(graph, addNumber(graph, 1, x), x.shape), x.dtype)),
  ZerosLike: makeUnary((graph, x) => cast(graph, expand(graph, addNumber(graph, 0, x), x.shape), x.dtype)),
};
