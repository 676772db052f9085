import type { Graph, Value } from "../graph.js";
import { uniformValueOf } from "../graph.js";
import {
  type KernelCall,
  type Lowering,
  addBinary,
  broadcastShape,
  cast,
  addLike,
  requireInput,
  reshape,
} from "./kit.js";
import { isAbove, addNumber, select, boolsToNumbers } from "./number.js";

const operandsOf = (call: KernelCall): [Value, Value] => [requireInput(call, "a"), requireInput(call, "b")];

/** Makes an arithmetic operator; on bools it works on 0 and 1. */
const makeArithmetic =
  (operator: string): Lowering =>
  (call) => {
    const [a, b] = operandsOf(call);
    return cast(
      call.graph,
      addBinary(call.graph, operator, boolsToNumbers(call.graph, a), boolsToNumbers(call.graph, b)),
      a.dtype,
    );
  };

const compare =
  (operator: string): Lowering =>
  (call) => {
    const [a, b] = operandsOf(call);
    return addBinary(
      call.graph,
      operator,
      boolsToNumbers(call.graph, a),
      boolsToNumbers(call.graph, b),
      "bool",
    );
  };

const makeLogical =
  (operator: string): Lowering =>
  (call) => {
    const [a, b] = operandsOf(call).map((value) => cast(call.graph, value, "bool")) as [Value, Value];
    return addBinary(call.graph, operator, a, b, "bool");
  };

/** Divides integers so that a divisor of 0 gives 0, as the eager kernels do; ONNX Runtime would stop the process. */
function guardDivision(graph: Graph, b: Value, divide: (divisor: Value) => Value): Value {
  if (uniformValueOf(b)) return divide(b);
  const none = addBinary(graph, "Equal", b, addNumber(graph, 0, b), "bool");
  return select(graph, none, addNumber(graph, 0, b), divide(select(graph, none, addNumber(graph, 1, b), b)));
}

/** Adds the remainder that has the sign of the divisor. */
function addRemainder(graph: Graph, a: Value, b: Value): Value {
  if (a.dtype === "int32") return guardDivision(graph, b, (divisor) => addBinary(graph, "Mod", a, divisor));
  const truncated = (value: Value): Value =>
    graph.add(
      "Mod",
      [value, b],
      { shape: broadcastShape(value.shape, b.shape), dtype: "float32" },
      { fmod: { int: 1 } },
    );
  const negative = (value: Value): Value =>
    addBinary(graph, "Less", value, addNumber(graph, 0, value), "bool");
  const same = addBinary(graph, "Equal", negative(a), negative(b), "bool");
  const rest = truncated(a);
  return select(graph, same, rest, truncated(addBinary(graph, "Add", rest, b)));
}

function divideByFloor(graph: Graph, a: Value, b: Value): Value {
  if (a.dtype !== "int32")
    return cast(graph, addLike(graph, "Floor", [addBinary(graph, "Div", a, b)]), "int32");
  return guardDivision(graph, b, (divisor) =>
    addBinary(graph, "Div", addBinary(graph, "Sub", a, addBinary(graph, "Mod", a, divisor)), divisor),
  );
}

/** Adds the angle of the point (b, a), by quadrant. */
function addAngle(graph: Graph, a: Value, b: Value): Value {
  const zero = addNumber(graph, 0, b);
  const slope = addLike(graph, "Atan", [addBinary(graph, "Div", a, b)]);
  const up = addBinary(graph, "GreaterOrEqual", a, zero, "bool");
  const half = select(graph, up, addNumber(graph, Math.PI, a), addNumber(graph, -Math.PI, a));
  const left = addBinary(graph, "Less", b, zero, "bool");
  const turned = addBinary(graph, "Add", slope, select(graph, left, half, zero));
  const upright = addBinary(graph, "Mul", addLike(graph, "Sign", [a]), addNumber(graph, Math.PI / 2, a));
  return select(graph, addBinary(graph, "Equal", b, zero, "bool"), upright, turned);
}

/** Kernels of two operands, element by element and broadcasting, and the choice between them. */
export const pairs: Record<string, Lowering> = {
  Add: makeArithmetic("Add"),
  AddN: (call) =>
    Object.keys(call.inputs)
      .map((name) => requireInput(call, name))
      .reduce((sum, value) => addBinary(call.graph, "Add", sum, value)),
  Sub: makeArithmetic("Sub"),
  Multiply: makeArithmetic("Mul"),
  RealDiv: makeArithmetic("Div"),
  Maximum: makeArithmetic("Max"),
  Minimum: makeArithmetic("Min"),
  Pow: makeArithmetic("Pow"),
  FloorDiv: (call) => divideByFloor(call.graph, ...operandsOf(call)),
  Mod: (call) => addRemainder(call.graph, ...operandsOf(call)),
  Atan2: (call) => addAngle(call.graph, ...operandsOf(call)),
  BitwiseAnd: makeArithmetic("BitwiseAnd"),
  SquaredDifference: (call) => {
    const difference = addBinary(call.graph, "Sub", ...operandsOf(call));
    return addBinary(call.graph, "Mul", difference, difference);
  },
  Equal: compare("Equal"),
  NotEqual: (call) => addLike(call.graph, "Not", [compare("Equal")(call) as Value]),
  Greater: compare("Greater"),
  GreaterEqual: compare("GreaterOrEqual"),
  Less: compare("Less"),
  LessEqual: compare("LessOrEqual"),
  LogicalAnd: makeLogical("And"),
  LogicalOr: makeLogical("Or"),
  EluGrad: (call) => {
    const { graph } = call;
    const [dy, y] = [requireInput(call, "dy"), requireInput(call, "y")];
    const slope = addBinary(graph, "Add", y, addNumber(graph, 1, y));
    return addBinary(graph, "Mul", dy, select(graph, isAbove(graph, y, 0), addNumber(graph, 1, y), slope));
  },
  Select: (call) => {
    const condition = requireInput(call, "condition");
    const [yes, no] = [requireInput(call, "t"), requireInput(call, "e")];
    // A rank-1 condition picks whole rows of operands of higher rank.
    const rows = condition.shape.length === 1 && yes.shape.length > 1;
    const shape = rows ? [...condition.shape, ...yes.shape.slice(1).map(() => 1)] : condition.shape;
    return select(call.graph, reshape(call.graph, condition, shape), yes, no);
  },
};
