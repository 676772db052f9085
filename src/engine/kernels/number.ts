import type { Graph, Value } from "../graph.js";
import { addBinary, broadcastShape, cast } from "./kit.js";

/** Adds a scalar of the operand's type. */
export const addNumber = (graph: Graph, value: number, of: Value): Value =>
  graph.addScalar(value, of.dtype === "int32" ? "int32" : "float32");

/** Converts bools to 0 and 1; other types stay as they are. */
export const boolsToNumbers = (graph: Graph, value: Value): Value =>
  value.dtype === "bool" ? cast(graph, value, "int32") : value;

/** Tells whether elements are above a number. */
export const isAbove = (graph: Graph, x: Value, than: number): Value =>
  addBinary(graph, "Greater", x, addNumber(graph, than, x), "bool");

/** Selects the elements of `yes` where the condition holds, else of `no`; all broadcast. */
export function select(graph: Graph, condition: Value, yes: Value, no: Value): Value {
  const shape = broadcastShape(condition.shape, broadcastShape(yes.shape, no.shape));
  const dtype = yes.dtype === "float32" || no.dtype === "float32" ? "float32" : "int32";
  const [left, right] = [cast(graph, yes, dtype), cast(graph, no, dtype)];
  const result = graph.add("Where", [cast(graph, condition, "bool"), left, right], { shape, dtype });
  return yes.dtype === "bool" && no.dtype === "bool" ? cast(graph, result, "bool") : result;
}

/** Clamps elements between two numbers. */
export function clampBetween(graph: Graph, x: Value, low: number, high: number): Value {
  return graph.add("Clip", [x, addNumber(graph, low, x), addNumber(graph, high, x)], {
    shape: x.shape,
    dtype: x.dtype,
  });
}
