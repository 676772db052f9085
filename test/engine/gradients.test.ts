import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as tf from "../../src/tf.js";
import { type Call, checkCalls, pairsOfShapes, shapes } from "./draws.js";

/** Any scalar whose gradient differs from place to place. */
const weighted = (y: tf.Tensor): tf.Scalar =>
  tf.sum(tf.mul(y, tf.cos(tf.add(y, tf.range(0, y.size).reshape(y.shape)))));

/** A call that gives the value of an operation, and its gradients to all operands. */
function gradientsOf(
  name: string,
  operands: readonly (readonly number[])[],
  run: (...xs: tf.Tensor[]) => tf.Tensor,
  range: readonly [number, number] = [-3, 3],
): Call {
  return {
    name,
    operands: operands.map((shape) => ({ shape, dtype: "float32" })),
    range,
    run: (...xs) => {
      const { value, grads } = tf.valueAndGrads((...args: tf.Tensor[]) => weighted(run(...args)))(xs);
      return [value, ...grads];
    },
  };
}

type Unary = (x: tf.Tensor) => tf.Tensor;
const smooth: Record<string, Unary> = {
  exp: tf.exp,
  sin: tf.sin,
  tanh: tf.tanh,
  sigmoid: tf.sigmoid,
  softplus: tf.softplus,
  erf: tf.erf,
  elu: tf.elu,
  selu: tf.selu,
  square: tf.square,
  asinh: tf.asinh,
  atan: tf.atan,
  relu: tf.relu,
  abs: tf.abs,
  leakyRelu: (x) => tf.leakyRelu(x, 0.1),
  clip: (x) => tf.clipByValue(x, -0.9, 1.1),
  softmax: (x) => tf.softmax(x),
  logSoftmax: (x) => tf.logSoftmax(x),
  logSumExp: (x) => tf.logSumExp(x, -1),
  cumsum: (x) => tf.cumsum(x, x.rank - 1, true, true),
  max: (x) => tf.max(x, 0),
  min: (x) => tf.min(x, -1),
  mean: (x) => tf.mean(x, 0),
  prod: (x) => tf.prod(x, 0),
  norm: (x) => tf.norm(tf.add(x, 5)),
  tile: (x) =>
    tf.tile(
      x,
      x.shape.map((_, axis) => (axis === 0 ? 2 : 1)),
    ),
  gather: (x) => tf.gather(x, tf.tensor1d([0, x.shape[0]! - 1, 0], "int32")),
  transpose: (x) => tf.transpose(x),
  reverse: (x) => tf.reverse(x, 0),
  stack: (x) => tf.stack([x, tf.sin(x)], 1),
  unstack: (x) => tf.addN(tf.unstack(x, 0)),
  concat: (x) => tf.concat([x, tf.cos(x)], 0),
  split: (x) => tf.mul(...(tf.split(tf.concat([x, tf.cos(x)], 0), 2) as [tf.Tensor, tf.Tensor])),
  pad: (x) =>
    tf.pad(
      x,
      x.shape.map(() => [1, 2]),
    ),
  mirrorPad: (x) =>
    tf.mirrorPad(
      x,
      x.shape.map(() => [1, 1] as [number, number]),
      "symmetric",
    ),
  slice: (x) => tf.slice(tf.concat([x, x], 0), [1]),
  unsortedSegmentSum: (x) =>
    tf.unsortedSegmentSum(
      x,
      tf.tensor1d(
        Array.from({ length: x.shape[0]! }, (_, at) => at % 2),
        "int32",
      ),
      2,
    ),
};
const positive: Record<string, Unary> = {
  log: tf.log,
  log1p: tf.log1p,
  sqrt: tf.sqrt,
  rsqrt: tf.rsqrt,
  reciprocal: tf.reciprocal,
};
type Pair = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;
/** Where TensorFlow.js forgets to sum its gradient over what was broadcast, the operands are stretched before. */
const stretched =
  (run: Pair): Pair =>
  (a, b) =>
    run(tf.add(a, tf.zerosLike(b)), tf.add(b, tf.zerosLike(a)));
const pairs: Record<string, Pair> = {
  add: tf.add,
  sub: tf.sub,
  mul: tf.mul,
  div: tf.div,
  maximum: stretched(tf.maximum),
  minimum: stretched(tf.minimum),
  pow: tf.pow,
  squaredDifference: stretched(tf.squaredDifference),
  atan2: tf.atan2,
  mod: tf.mod,
  where: (a, b) => {
    const sum = tf.add(a, b);
    const even = tf.equal(tf.mod(tf.range(0, sum.size).reshape(sum.shape), 2), 0);
    return tf.where(even, sum, tf.mul(a, b));
  },
};

const one = <T>(table: Readonly<Record<string, T>>): fc.Arbitrary<[string, T]> =>
  fc.constantFrom(...Object.entries(table));
const operations = fc.oneof(
  fc.tuple(one(smooth), shapes(1, 2)).map(([[name, run], shape]) => gradientsOf(name, [shape], run)),
  fc
    .tuple(one(positive), shapes(1))
    .map(([[name, run], shape]) => gradientsOf(name, [shape], run, [0.25, 4])),
  fc
    .tuple(one(pairs), pairsOfShapes(1))
    .map(([[name, run], both]) => gradientsOf(name, both, run as () => tf.Tensor, [0.75, 2])),
);

const size = (low: number, high: number): fc.Arbitrary<number> => fc.integer({ min: low, max: high });
const products = fc
  .record({
    batch: fc.array(size(1, 3), { maxLength: 2 }),
    shared: fc.boolean(),
    m: size(1, 4),
    k: size(1, 4),
    n: size(1, 4),
    turnA: fc.boolean(),
    turnB: fc.boolean(),
  })
  .map(({ batch, shared, m, k, n, turnA, turnB }): Call => {
    const left = [...batch, ...(turnA ? [k, m] : [m, k])];
    const right = [...(shared ? batch.map(() => 1) : batch), ...(turnB ? [n, k] : [k, n])];
    const product = (a?: tf.Tensor, b?: tf.Tensor): tf.Tensor => tf.matMul(a!, b!, turnA, turnB);
    // TensorFlow.js's gradient of a product whose batch axes broadcast has the wrong shape.
    if (!shared) return gradientsOf(`matMul ${turnA} ${turnB}`, [left, right], product);
    const operands = [left, right].map((shape) => ({ shape, dtype: "float32" as const }));
    return { name: `matMul ${turnA} ${turnB}`, operands, run: product };
  });
// TensorFlow.js has no gradient of einsum.
const contractions = fc
  .tuple(fc.constantFrom("ij,jk->ik", "bij,bkj->bik", "i,j->ji", "bij,bij->b", "bhij,bhkj->hikb"), size(1, 3))
  .map(([equation, length]): Call => {
    const sides = equation.split("->")[0]!.split(",");
    const shapeOf = (axes: string): number[] => [...axes].map((axis) => (axis === "j" ? length : 2));
    return {
      name: equation,
      operands: sides.map((axes) => ({ shape: shapeOf(axes), dtype: "float32" })),
      run: (a, b) => tf.einsum(equation, a!, b!),
    };
  });

const window = fc.record({
  batch: size(1, 2),
  height: size(4, 7),
  width: size(4, 7),
  channels: size(1, 3),
  out: size(1, 3),
  rows: size(1, 3),
  columns: size(1, 3),
  stride: fc.constantFrom<number | [number, number]>(1, 2, [1, 2], 3),
  pad: fc.constantFrom<"same" | "valid">("same", "valid"),
});
const convolutions = fc
  .tuple(window, fc.constantFrom("plain", "depthwise", "transposed", "one axis"))
  .map(([{ batch, height, width, channels, out, rows, columns, stride, pad }, kind]): Call => {
    const picture = [batch, height, width, channels];
    const name = `${kind} convolution ${JSON.stringify(stride)} ${pad}`;
    if (kind === "depthwise")
      return gradientsOf(name, [picture, [rows, columns, channels, out]], (x, filter) => {
        // Eager has no strides that differ.
        const by = typeof stride === "number" ? stride : 2;
        return tf.depthwiseConv2d(x as tf.Tensor4D, filter as tf.Tensor4D, by, pad);
      });
    if (kind === "one axis")
      return gradientsOf(
        name,
        [
          [batch, width, channels],
          [columns, channels, out],
        ],
        (x, filter) => tf.conv1d(x as tf.Tensor3D, filter as tf.Tensor3D, 1, pad),
      );
    if (kind === "transposed") {
      const [down, across] = typeof stride === "number" ? [stride, stride] : stride;
      const grown = (side: number, by: number, taps: number): number =>
        pad === "same" ? side * by : (side - 1) * by + taps;
      const shape = [batch, grown(height, down, rows), grown(width, across, columns), out];
      return gradientsOf(name, [picture, [rows, columns, out, channels]], (x, filter) =>
        tf.conv2dTranspose(
          x as tf.Tensor4D,
          filter as tf.Tensor4D,
          shape as [number, number, number, number],
          stride,
          pad,
        ),
      );
    }
    return gradientsOf(name, [picture, [rows, columns, channels, out]], (x, filter) =>
      tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, stride, pad),
    );
  });
const neighbourhoods = window.map(({ batch, height, width, channels, rows, stride, pad }): Call =>
  gradientsOf(`max pool ${rows}/${JSON.stringify(stride)} ${pad}`, [[batch, height, width, channels]], (x) =>
    tf.maxPool(x as tf.Tensor4D, rows + 1, stride, pad),
  ),
);
const norms = shapes(1, 4)
  .filter((shape) => shape.length === 4)
  .map((shape) => {
    const channels = [shape[3]!];
    return gradientsOf(
      "batch norm",
      [shape, channels, channels, channels, channels],
      (x, mean, variance, offset, scale) =>
        tf.batchNorm(
          x!,
          mean as tf.Tensor1D,
          variance as tf.Tensor1D,
          offset as tf.Tensor1D,
          scale as tf.Tensor1D,
        ),
      [0.5, 2],
    );
  });

describe("gradients, compiled as eager", () => {
  it("of operations", () => expect(checkCalls(operations, 6)).resolves.toBeUndefined());
  it("of matrix products", () =>
    expect(checkCalls(fc.oneof(products, contractions), 6)).resolves.toBeUndefined());
  it("of convolutions, pools and norms", () =>
    expect(
      checkCalls(fc.oneof(convolutions, convolutions, neighbourhoods, norms), 5),
    ).resolves.toBeUndefined());
});
