import type { Graph, Value } from "../graph.js";
import { uniformValue } from "../graph.js";
import { type KernelCall, type Lowering, binary, broadcastShape, cast, like, need, reshape } from "./kit.js";
import { above, number, select, wide } from "./number.js";

const operands = (call: KernelCall): [Value, Value] => [need(call, "a"), need(call, "b")];

/** An arithmetic operator; on bools it works on 0 and 1. */
const arithmetic =
  (operator: string): Lowering =>
  (call) => {
    const [a, b] = operands(call);
    return cast(call.graph, binary(call.graph, operator, wide(call.graph, a), wide(call.graph, b)), a.dtype);
  };

const compare =
  (operator: string): Lowering =>
  (call) => {
    const [a, b] = operands(call);
    return binary(call.graph, operator, wide(call.graph, a), wide(call.graph, b), "bool");
  };

const logical =
  (operator: string): Lowering =>
  (call) => {
    const [a, b] = operands(call).map((value) => cast(call.graph, value, "bool")) as [Value, Value];
    return binary(call.graph, operator, a, b, "bool");
  };

/** A division of integers that gives 0 by a divisor of 0, as the eager kernels do; ONNX Runtime would stop the process. */
function guarded(graph: Graph, b: Value, divide: (divisor: Value) => Value): Value {
  if (uniformValue(b)) return divide(b);
  const none = binary(graph, "Equal", b, number(graph, 0, b), "bool");
  return select(graph, none, number(graph, 0, b), divide(select(graph, none, number(graph, 1, b), b)));
}

/** The remainder that has the sign of the divisor. */
function remainder(graph: Graph, a: Value, b: Value): Value {
  if (a.dtype === "int32") return guarded(graph, b, (divisor) => binary(graph, "Mod", a, divisor));
  const truncated = (value: Value): Value =>
    graph.add(
      "Mod",
      [value, b],
      { shape: broadcastShape(value.shape, b.shape), dtype: "float32" },
      { fmod: { int: 1 } },
    );
  const negative = (value: Value): Value => binary(graph, "Less", value, number(graph, 0, value), "bool");
  const same = binary(graph, "Equal", negative(a), negative(b), "bool");
  const rest = truncated(a);
  return select(graph, same, rest, truncated(binary(graph, "Add", rest, b)));
}

function floorDivide(graph: Graph, a: Value, b: Value): Value {
  if (a.dtype !== "int32") return cast(graph, like(graph, "Floor", [binary(graph, "Div", a, b)]), "int32");
  return guarded(graph, b, (divisor) =>
    binary(graph, "Div", binary(graph, "Sub", a, binary(graph, "Mod", a, divisor)), divisor),
  );
}

/** The angle of the point (b, a), by quadrant. */
function angle(graph: Graph, a: Value, b: Value): Value {
  const zero = number(graph, 0, b);
  const slope = like(graph, "Atan", [binary(graph, "Div", a, b)]);
  const up = binary(graph, "GreaterOrEqual", a, zero, "bool");
  const half = select(graph, up, number(graph, Math.PI, a), number(graph, -Math.PI, a));
  const left = binary(graph, "Less", b, zero, "bool");
  const turned = binary(graph, "Add", slope, select(graph, left, half, zero));
  const upright = binary(graph, "Mul", like(graph, "Sign", [a]), number(graph, Math.PI / 2, a));
  return select(graph, binary(graph, "Equal", b, zero, "bool"), upright, turned);
}

/** Kernels of two operands, element by element and broadcasting, and the choice between them. */
export const pairs: Record<string, Lowering> = {
  Add: arithmetic("Add"),
  AddN: (call) =>
    Object.keys(call.inputs)
      .map((name) => need(call, name))
      .reduce((sum, value) => binary(call.graph, "Add", sum, value)),
  Sub: arithmetic("Sub"),
  Multiply: arithmetic("Mul"),
  RealDiv: arithmetic("Div"),
  Maximum: arithmetic("Max"),
  Minimum: arithmetic("Min"),
  Pow: arithmetic("Pow"),
  FloorDiv: (call) => floorDivide(call.graph, ...operands(call)),
  Mod: (call) => remainder(call.graph, ...operands(call)),
  Atan2: (call) => angle(call.graph, ...operands(call)),
  BitwiseAnd: arithmetic("BitwiseAnd"),
  SquaredDifference: (call) => {
    const difference = binary(call.graph, "Sub", ...operands(call));
    return binary(call.graph, "Mul", difference, difference);
  },
  Equal: compare("Equal"),
  NotEqual: (call) => like(call.graph, "Not", [compare("Equal")(call) as Value]),
  Greater: compare("Greater"),
  GreaterEqual: compare("GreaterOrEqual"),
  Less: compare("Less"),
  LessEqual: compare("LessOrEqual"),
  LogicalAnd: logical("And"),
  LogicalOr: logical("Or"),
  EluGrad: (call) => {
    const { graph } = call;
    const [dy, y] = [need(call, "dy"), need(call, "y")];
    const slope = binary(graph, "Add", y, number(graph, 1, y));
    return binary(graph, "Mul", dy, select(graph, above(graph, y, 0), number(graph, 1, y), slope));
  },
  Select: (call) => {
    const condition = need(call, "condition");
    const [yes, no] = [need(call, "t"), need(call, "e")];
    // A rank-1 condition picks whole rows of operands of higher rank.
    const rows = condition.shape.length === 1 && yes.shape.length > 1;
    const shape = rows ? [...condition.shape, ...yes.shape.slice(1).map(() => 1)] : condition.shape;
    return select(call.graph, reshape(call.graph, condition, shape), yes, no);
  },
};
