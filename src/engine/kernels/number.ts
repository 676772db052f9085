import type { Graph, Value } from "../graph.js";
import { binary, broadcastShape, cast } from "./kit.js";

/** A scalar of the operand's type. */
export const number = (graph: Graph, value: number, of: Value): Value =>
  graph.scalar(value, of.dtype === "int32" ? "int32" : "float32");

/** Bools as 0 and 1; other types as they are. */
export const wide = (graph: Graph, value: Value): Value =>
  value.dtype === "bool" ? cast(graph, value, "int32") : value;

/** Whether elements are above a number. */
export const above = (graph: Graph, x: Value, than: number): Value =>
  binary(graph, "Greater", x, number(graph, than, x), "bool");

/** Elements of `yes` where the condition holds, else of `no`; all broadcast. */
export function select(graph: Graph, condition: Value, yes: Value, no: Value): Value {
  const shape = broadcastShape(condition.shape, broadcastShape(yes.shape, no.shape));
  const dtype = yes.dtype === "float32" || no.dtype === "float32" ? "float32" : "int32";
  const [left, right] = [cast(graph, yes, dtype), cast(graph, no, dtype)];
  const result = graph.add("Where", [cast(graph, condition, "bool"), left, right], { shape, dtype });
  return yes.dtype === "bool" && no.dtype === "bool" ? cast(graph, result, "bool") : result;
}

/** Elements held between two numbers. */
export function clip(graph: Graph, x: Value, low: number, high: number): Value {
  return graph.add("Clip", [x, number(graph, low, x), number(graph, high, x)], {
    shape: x.shape,
    dtype: x.dtype,
  });
}
