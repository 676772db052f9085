import { reshape, isSameShape, transpose } from "../kernels/kit.js";
import { pairwise } from "./pairwise.js";
import { type Rewrite, producerOf } from "./rewrite.js";

/** With fewer channels than this, ONNX Runtime's passes over `[batch, height, width, channels]` go by a few numbers at a time. */
const few = 8;

/**
 * Arithmetic of pictures of few channels with numbers by channel is done on planes, before they are turned into pixels.
 * Measured on one core at 128×64×64×3: 4.4 → 0.7 ms a pass.
 */
export const channels: Rewrite = {
  name: "channels",
  apply({ operator, inputs, output }, { graph, uses }) {
    const { shape, dtype } = output;
    if (!pairwise.has(operator) || shape.length !== 4 || shape[3]! >= few || dtype !== "float32")
      return undefined;
    for (const at of [0, 1]) {
      const [x, numbers] = [inputs[at]!, inputs[1 - at]!];
      const turn = producerOf(x, "Transpose");
      const order = (turn?.attributes.perm as { ints: readonly number[] } | undefined)?.ints;
      if (order?.join() !== "0,2,3,1" || !isSameShape(x.shape, shape) || uses(x) !== 1) continue;
      const [count, height, width, own] = [1, 1, 1, 1, ...numbers.shape].slice(-4) as [
        number,
        number,
        number,
        number,
      ];
      if (height !== 1 || width !== 1 || own !== shape[3]) continue;
      const planes = turn!.inputs[0]!;
      const given = [planes, reshape(graph, numbers, [count, own, 1, 1])];
      const spec = { shape: planes.shape, dtype };
      return transpose(graph, graph.add(operator, at === 0 ? given : given.reverse(), spec), order);
    }
    return undefined;
  },
};
