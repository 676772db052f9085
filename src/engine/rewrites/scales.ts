import { sizeOf } from "../../tensor/index.js";
import type { Value } from "../graph.js";
import { addBinary, isSameShape } from "../kernels/kit.js";
import { type Rewrite, producerOf } from "./rewrite.js";

/** (x · a) · b with small a and b becomes x · (a · b): one pass over x instead of two. */
export const scales: Rewrite = {
  name: "scales",
  apply({ operator, inputs, output }, { graph, uses }) {
    if (operator !== "Mul" || output.dtype !== "float32") return undefined;
    for (const [product, b] of [inputs, [...inputs].reverse()] as [Value, Value][]) {
      const inner = producerOf(product, "Mul");
      if (!inner || uses(product) !== 1) continue;
      for (const [x, a] of [inner.inputs, [...inner.inputs].reverse()] as [Value, Value][]) {
        if (!isSameShape(x.shape, output.shape) || a === b) continue;
        const size = sizeOf(output.shape);
        if (sizeOf(a.shape) * 8 > size || sizeOf(b.shape) * 8 > size) continue;
        const both = addBinary(graph, "Mul", a, b);
        if (sizeOf(both.shape) * 8 > size) continue;
        return addBinary(graph, "Mul", x, both);
      }
    }
    return undefined;
  },
};
