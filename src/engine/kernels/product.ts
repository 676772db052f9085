import * as tf from "../../tf.js";
import { activate } from "./elementwise.js";
import { type Lowering, addBinary, listInputs, matMul, requireInput } from "./kit.js";

/** Matrix products. */
export const products: Record<string, Lowering> = {
  BatchMatMul: (call) =>
    matMul(
      call.graph,
      requireInput(call, "a"),
      requireInput(call, "b"),
      Boolean(call.attrs.transposeA),
      Boolean(call.attrs.transposeB),
    ),
  _FusedMatMul: (call) => {
    const { graph, attrs, inputs } = call;
    const product = matMul(
      graph,
      requireInput(call, "a"),
      requireInput(call, "b"),
      Boolean(attrs.transposeA),
      Boolean(attrs.transposeB),
    );
    const sum = inputs.bias ? addBinary(graph, "Add", product, inputs.bias) : product;
    return activate(graph, sum, attrs.activation, attrs.leakyreluAlpha, inputs.preluActivationWeights);
  },
  Einsum: (call) => {
    const values = listInputs(call);
    const equation = String(call.attrs.equation);
    const { allDims, summedDims, idDims } = tf.backend_util.decodeEinsumEquation(equation, values.length);
    tf.backend_util.checkEinsumDimSizes(
      allDims.length,
      idDims,
      values.map(({ shape }) => ({ shape: [...shape] }) as tf.Tensor),
    );
    const freeCount = allDims.length - summedDims.length;
    const shape = Array.from({ length: freeCount }, (_, index) => {
      const holder = idDims.findIndex((ids) => ids.includes(index));
      return values[holder]!.shape[idDims[holder]!.indexOf(index)]!;
    });
    return call.graph.add(
      "Einsum",
      values,
      { shape, dtype: values[0]!.dtype },
      { equation: { text: equation } },
    );
  },
};
