import type { Random } from "../../../src/tensor/index.js";
import type { TensorFunction } from "../../../src/engine/index.js";
import * as tf from "../../../src/tf.js";
import { type Case, type Feeds, floats, side } from "../compare.js";

/** Kernels on pictures. */
export const imageCases: Record<string, Case> = {};
const cases = imageCases;

function imageCase(
  name: string,
  kernels: string[],
  fn: TensorFunction,
  filter?: (random: Random, channels: number) => number[],
): void {
  cases[name] = {
    kernels,
    fn,
    inputs: (random): Feeds => {
      const channels = side(random, 1, 4);
      const x = floats(() => [side(random, 1, 3), side(random, 5, 9), side(random, 5, 9), channels])(random);
      return filter ? { x, filter: floats(() => filter(random, channels))(random) } : { x };
    },
  };
}

/**
 * Where the eager gradient kernel is wrong (average pooling that shares by the full window at the border, resizing of
 * pictures that are not square), the gradient is held against the forward pass: for a linear map, ⟨∇, x⟩ = f(x).
 */
export const linearCheck = (map: (a: tf.Tensor4D) => tf.Tensor): TensorFunction => {
  return ({ x }) => {
    const f = (a: tf.Tensor): tf.Scalar => {
      const y = map(a as tf.Tensor4D);
      return tf.sum(tf.mul(y, tf.reshape(tf.cos(tf.range(0, y.size)), y.shape)));
    };
    const value = f(x!);
    // Eager engines only give the value; the compiled one must give the same number by way of its gradient.
    if (tf.getBackend() === "cpu") return { y: map(x as tf.Tensor4D), value };
    return { y: map(x as tf.Tensor4D), value: tf.sum(tf.mul(tf.grad(f)(x!), x!)) };
  };
};

const weighted = (y: tf.Tensor): tf.Scalar => tf.sum(tf.mul(y, tf.cos(y)));
for (const [stride, pad] of [
  [1, "same"],
  [1, "valid"],
  [2, "same"],
  [2, "valid"],
  [3, "same"],
  [1, 1],
] as const) {
  const dense: TensorFunction = ({ x, filter }) => {
    const f = (a: tf.Tensor, b: tf.Tensor): tf.Scalar =>
      weighted(tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, stride, pad));
    const { value, grads } = tf.valueAndGrads(f)([x!, filter!]);
    return { value, dx: grads[0]!, df: grads[1]! };
  };
  imageCase(
    `convolution stride ${stride} pad ${pad}`,
    ["Conv2D", "Conv2DBackpropInput", "Conv2DBackpropFilter"],
    dense,
    (random, channels) => [3, pad === 1 ? 3 : side(random, 2, 3), channels, side(random)],
  );
  const deep: TensorFunction = ({ x, filter }) => {
    const f = (a: tf.Tensor, b: tf.Tensor): tf.Scalar =>
      weighted(tf.depthwiseConv2d(a as tf.Tensor4D, b as tf.Tensor4D, stride, pad));
    const { value, grads } = tf.valueAndGrads(f)([x!, filter!]);
    return { value, dx: grads[0]!, df: grads[1]! };
  };
  imageCase(
    `depthwise convolution stride ${stride} pad ${pad}`,
    ["DepthwiseConv2dNative", "DepthwiseConv2dNativeBackpropInput", "DepthwiseConv2dNativeBackpropFilter"],
    deep,
    (random, channels) => [3, pad === 1 ? 3 : side(random, 2, 3), channels, 1],
  );
}
for (const [size, stride, pad] of [
  [2, 2, "valid"],
  [3, 2, "same"],
  [3, 1, "same"],
] as const) {
  const pooled =
    (pool: typeof tf.avgPool): TensorFunction =>
    ({ x }) => {
      const { value, grad } = tf.valueAndGrad((a: tf.Tensor) =>
        weighted(pool(a as tf.Tensor4D, size, stride, pad)),
      )(x!);
      return { value, grad };
    };
  imageCase(
    `average pool ${size}/${stride} ${pad}`,
    ["AvgPool", "AvgPoolGrad"],
    linearCheck((x) => tf.avgPool(x, size, stride, pad)),
  );
  imageCase(`max pool ${size}/${stride} ${pad}`, ["MaxPool", "MaxPoolGrad"], pooled(tf.maxPool));
}
for (const [align, half] of [
  [false, false],
  [true, false],
  [false, true],
] as const) {
  imageCase(
    `bilinear ${align} ${half}`,
    ["ResizeBilinear", "ResizeBilinearGrad"],
    linearCheck((x) => tf.image.resizeBilinear(x, [4, 11], align, half)),
  );
  imageCase(
    `nearest ${align} ${half}`,
    ["ResizeNearestNeighbor", "ResizeNearestNeighborGrad"],
    linearCheck((x) => tf.image.resizeNearestNeighbor(x, [4, 11], align, half)),
  );
}
imageCase(
  "fused convolution",
  ["FusedConv2D"],
  ({ x, filter }) => ({
    y: tf.fused.conv2d({
      x: x as tf.Tensor4D,
      filter: filter as tf.Tensor4D,
      strides: 1,
      pad: "same",
      bias: tf.fill([filter!.shape[3]!], 0.3),
      activation: "leakyrelu",
      leakyreluAlpha: 0.1,
    }),
  }),
  (random, channels) => [3, 3, channels, side(random)],
);
imageCase(
  "fused depthwise convolution",
  ["FusedDepthwiseConv2D"],
  ({ x, filter }) => ({
    y: tf.fused.depthwiseConv2d({
      x: x as tf.Tensor4D,
      filter: filter as tf.Tensor4D,
      strides: 1,
      pad: "same",
      bias: tf.fill([filter!.shape[2]!], 0.3),
      activation: "relu6",
    }),
  }),
  (_, channels) => [3, 3, channels, 1],
);
imageCase("batch norm", ["FusedBatchNorm"], ({ x }) => ({
  y: tf.batchNorm(
    x!,
    tf.mean(x!, [0, 1, 2]),
    tf.add(tf.mean(tf.square(x!), [0, 1, 2]), 1),
    tf.mean(x!, [0, 1, 2]),
    tf.fill([x!.shape[3]!], 2),
  ),
}));
