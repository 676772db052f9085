import { sizeOf } from "../../tensor/index.js";
import { type Value, uniformValueOf } from "../graph.js";
import { reshape, isSameShape, transpose } from "../kernels/kit.js";
import { type Rewrite, producerOf } from "./rewrite.js";

/** A bias added by channel to a convolution or matrix product becomes part of it. */
export const biases: Rewrite = {
  name: "biases",
  apply({ operator, inputs, output }, { graph, uses }) {
    if (operator !== "Add") return undefined;
    for (const [x, bias] of [inputs, [...inputs].reverse()] as [Value, Value][]) {
      const channels = output.shape[output.shape.length - 1]!;
      if (!isSameShape(x.shape, output.shape) || sizeOf(bias.shape) !== channels) continue;
      if (
        bias.shape[bias.shape.length - 1] !== channels ||
        uses(x) !== 1 ||
        uniformValueOf(bias) !== undefined
      )
        continue;
      const turn = producerOf(x, "Transpose");
      const conv = producerOf(turn?.inputs[0], "Conv");
      const order = (turn?.attributes.perm as { ints: readonly number[] } | undefined)?.ints;
      if (conv?.inputs.length === 2 && order?.join() === "0,2,3,1") {
        const sum = graph.add(
          "Conv",
          [...conv.inputs, reshape(graph, bias, [channels])],
          conv.output,
          conv.attributes,
        );
        return transpose(graph, sum, order);
      }
      const product = producerOf(x, "Reshape")?.inputs[0] ?? x;
      const matMul = producerOf(product, "MatMul");
      if (matMul && product.shape.length === 2 && product.shape[1] === channels) {
        const sum = graph.add("Gemm", [...matMul.inputs, reshape(graph, bias, [channels])], product);
        return reshape(graph, sum, output.shape);
      }
    }
    return undefined;
  },
};
