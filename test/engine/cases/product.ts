import type { Random } from "../../../src/tensor/index.js";
import * as tf from "../../../src/tf.js";
import { type Case, type Feeds, floats, side } from "../compare.js";

/** Matrix products. */
export const productCases: Record<string, Case> = {};
const cases = productCases;
const weighted = (y: tf.Tensor): tf.Scalar => tf.sum(tf.mul(y, tf.cos(y)));

function matrices(random: Random, batch: number[], turnA: boolean, turnB: boolean): Feeds {
  const [m, k, n] = [side(random), side(random), side(random)];
  return {
    a: floats(() => [...batch, ...(turnA ? [k, m] : [m, k])])(random),
    b: floats(() => [...batch, ...(turnB ? [n, k] : [k, n])])(random),
  };
}
for (const [turnA, turnB] of [
  [false, false],
  [true, false],
  [false, true],
  [true, true],
] as const)
  for (const batch of [[], [3], [2, 3]])
    cases[`matMul ${turnA} ${turnB} [${batch}]`] = {
      kernels: ["BatchMatMul"],
      fn: ({ a, b }) => {
        const { value, grads } = tf.valueAndGrads((p: tf.Tensor, q: tf.Tensor) =>
          weighted(tf.matMul(p, q, turnA, turnB)),
        )([a!, b!]);
        return { value, da: grads[0]!, db: grads[1]! };
      },
      inputs: (random) => matrices(random, batch, turnA, turnB),
    };
cases["fused matMul"] = {
  kernels: ["_FusedMatMul"],
  fn: ({ a, b }) => ({ y: tf.fused.matMul({ a: a!, b: b!, bias: tf.scalar(0.2), activation: "relu" }) }),
  inputs: (random) => matrices(random, [], false, false),
};
cases["einsum"] = {
  kernels: ["Einsum"],
  fn: ({ a, b }) => ({ y: tf.einsum("bij,bjk->kib", a!, b!) }),
  inputs: (random) => matrices(random, [2], false, false),
};
