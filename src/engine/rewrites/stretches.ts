import { sizeOf } from "../../tensor/index.js";
import type { Value } from "../graph.js";
import { addBinary, expand, addLike } from "../kernels/kit.js";
import { pairwise } from "./pairwise.js";
import { type Rewrite, producerOf } from "./rewrite.js";

const single: ReadonlySet<string> = new Set(["Neg", "Sqrt", "Reciprocal", "Exp", "Log", "Abs"]);

/** Returns what a value was stretched from, or the value. */
const narrow = (value: Value): Value => producerOf(value, "Expand")?.inputs[0] ?? value;

/** Arithmetic on a stretched value is done before it is stretched, or stretches it as it goes: no copy is made of it. */
export const stretches: Rewrite = {
  name: "stretches",
  apply({ operator, inputs, output }, { graph }) {
    if (output.dtype !== "float32" || sizeOf(output.shape) === 0) return undefined;
    const [a, b] = inputs as [Value, Value | undefined];
    if (single.has(operator) && narrow(a) !== a)
      return expand(graph, addLike(graph, operator, [narrow(a)]), output.shape);
    if (!b || !pairwise.has(operator) || (narrow(a) === a && narrow(b) === b)) return undefined;
    return expand(graph, addBinary(graph, operator, narrow(a), narrow(b)), output.shape);
  },
};
