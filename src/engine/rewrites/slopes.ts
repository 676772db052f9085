import { type Graph, type Value, uniformValueOf } from "../graph.js";
import { addBinary, addLike, isSameShape } from "../kernels/kit.js";
import { type Rewrite, producerOf } from "./rewrite.js";

/** A factor large enough to take any normal float above 1. */
const steep = 3.4e38;

/** Returns 1 where x > 0, else 0, in one pass. */
function markAboveZero(graph: Graph, x: Value): Value {
  return addLike(graph, "HardSigmoid", [x], { alpha: { float: steep }, beta: { float: 0 } });
}

/**
 * Slope of relu and leaky relu: a choice between two whole tensors becomes a product with 1 or the slope. The sign is read
 * from the activation's result, which is kept anyway, so that its input need not be.
 */
export const slopes: Rewrite = {
  name: "slopes",
  apply({ operator, inputs, output }, { graph, find }) {
    if (operator !== "Where" || output.dtype !== "float32") return undefined;
    const [condition, yes, no] = inputs as [Value, Value, Value];
    const greater = producerOf(condition, "Greater");
    if (!greater || uniformValueOf(greater.inputs[1]!) !== 0) return undefined;
    const x = greater.inputs[0]!;
    if (x.dtype !== "float32" || !isSameShape(x.shape, output.shape)) return undefined;
    const sign = (): Value => markAboveZero(graph, find("LeakyRelu", x) ?? find("Relu", x) ?? x);
    const slope = (low: number): Value =>
      low === 0 ? sign() : addBinary(graph, "Max", sign(), graph.addScalar(low));
    if (uniformValueOf(yes) === 1) {
      const low = uniformValueOf(no);
      return low !== undefined && low >= 0 && low < 1 ? slope(low) : undefined;
    }
    const scaled = producerOf(no, "Mul");
    if (!scaled || !isSameShape(yes.shape, output.shape)) return undefined;
    const at = scaled.inputs.indexOf(yes);
    if (at < 0) return undefined;
    const low = uniformValueOf(scaled.inputs[1 - at]!);
    return low !== undefined && low > 0 && low < 1 ? addBinary(graph, "Mul", yes, slope(low)) : undefined;
  },
};
