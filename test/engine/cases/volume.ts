import * as tf from "../../../src/tf.js";
import type { Random } from "../../../src/tensor/index.js";
import type { TensorFunction } from "../../../src/engine/index.js";
import { type Case, floats, side } from "../compare.js";
import { linearCheck } from "./image.js";

/** Kernels on volumes, and those that rearrange or rank the neighbourhood of a pixel. */
export const volumeCases: Record<string, Case> = {};
const cases = volumeCases;
const weighted = (y: tf.Tensor): tf.Scalar => tf.sum(tf.mul(y, tf.cos(y)));

function add(
  name: string,
  kernels: string[],
  fn: TensorFunction,
  shapes: (random: Random) => Record<string, number[]>,
): void {
  cases[name] = {
    kernels,
    fn,
    inputs: (random) =>
      Object.fromEntries(
        Object.entries(shapes(random)).map(([key, shape]) => [key, floats(() => shape)(random)]),
      ),
  };
}

const volume = (random: Random, channels: number): number[] => [
  side(random, 1, 2),
  side(random, 3, 4),
  side(random, 4, 6),
  side(random, 3, 5),
  channels,
];

for (const [stride, pad] of [
  [1, "same"],
  [1, "valid"],
  [2, "same"],
] as const)
  add(
    `convolution of volumes stride ${stride} pad ${pad}`,
    ["Conv3D", "Conv3DBackpropInputV2", "Conv3DBackpropFilterV2"],
    ({ x, filter }) => {
      const f = (a: tf.Tensor, b: tf.Tensor): tf.Scalar =>
        weighted(tf.conv3d(a as tf.Tensor5D, b as tf.Tensor5D, stride, pad));
      const { value, grads } = tf.valueAndGrads(f)([x!, filter!]);
      return { value, dx: grads[0]!, df: grads[1]! };
    },
    (random) => ({ x: volume(random, 2), filter: [2, 3, 2, 2, side(random, 1, 3)] }),
  );

for (const [size, stride, pad] of [
  [2, 2, "valid"],
  [3, 2, "same"],
] as const) {
  add(
    `average pool of volumes ${size}/${stride} ${pad}`,
    ["AvgPool3D", "AvgPool3DGrad"],
    linearCheck((x) => tf.avgPool3d(x as unknown as tf.Tensor5D, size, stride, pad)),
    (random) => ({ x: volume(random, 2) }),
  );
  add(
    `max pool of volumes ${size}/${stride} ${pad}`,
    ["MaxPool3D", "MaxPool3DGrad"],
    ({ x }) => {
      const f = (a: tf.Tensor): tf.Scalar =>
        weighted(tf.maxPool3d(a as unknown as tf.Tensor5D, size, stride, pad));
      const { value, grad } = tf.valueAndGrad(f)(x!);
      return { value, grad };
    },
    (random) => ({ x: volume(random, 2) }),
  );
}

for (const [stride, pad, dilation] of [
  [1, "same", 1],
  [2, "valid", 1],
  [1, "same", 2],
] as const)
  add(
    `grey dilation stride ${stride} pad ${pad} dilated ${dilation}`,
    ["Dilation2D", "Dilation2DBackpropInput", "Dilation2DBackpropFilter"],
    ({ x, filter }) => {
      const f = (a: tf.Tensor, b: tf.Tensor): tf.Scalar =>
        weighted(tf.dilation2d(a as tf.Tensor4D, b as tf.Tensor3D, stride, pad, dilation));
      const { value, grads } = tf.valueAndGrads(f)([x!, filter!]);
      return { value, dx: grads[0]!, df: grads[1]! };
    },
    (random) => ({ x: [2, side(random, 5, 7), side(random, 5, 7), 2], filter: [2, 3, 2] }),
  );

add(
  "local response",
  ["LRN", "LRNGrad"],
  ({ x }) => {
    const f = (a: tf.Tensor): tf.Scalar =>
      weighted(tf.localResponseNormalization(a as tf.Tensor4D, 2, 1.3, 0.7, 0.4));
    const { value, grad } = tf.valueAndGrad(f)(x!);
    return { value, grad };
  },
  (random) => ({ x: [2, side(random), side(random), side(random, 3, 8)] }),
);
add(
  "blocks",
  ["DepthToSpace", "SpaceToBatchND", "BatchToSpaceND", "FlipLeftRight"],
  ({ x }) => {
    const pixels = x as tf.Tensor4D;
    const batches = tf.spaceToBatchND(
      pixels,
      [2, 3],
      [
        [1, 1],
        [0, 3],
      ],
    );
    const back = tf.batchToSpaceND(
      tf.sin(batches),
      [2, 3],
      [
        [1, 0],
        [2, 0],
      ],
    );
    const deep = tf.depthToSpace(pixels, 2, "NHWC");
    return { batches, back, deep, flipped: tf.image.flipLeftRight(pixels) };
  },
  (random) => ({ x: [2, 4, 6, 4 * side(random, 1, 2)] }),
);

add(
  "convolution of planes, dilated, padded wide, transposed, separable",
  ["Conv2D", "FusedConv2D", "Conv2DBackpropInput", "DepthwiseConv2dNative"],
  ({ x, filter, deep }) => {
    const [pixels, kernel] = [x as tf.Tensor4D, filter as tf.Tensor4D];
    const planes = tf.transpose(pixels, [0, 3, 1, 2]) as tf.Tensor4D;
    const wide = [
      [0, 0],
      [3, 4],
      [5, 3],
      [0, 0],
    ] as [[number, number], [number, number], [number, number], [number, number]];
    const loss = (a: tf.Tensor): tf.Scalar => weighted(tf.conv2d(a as tf.Tensor4D, kernel, 1, wide));
    const dilated = tf.depthwiseConv2d(pixels, deep as tf.Tensor4D, 1, "same", "NHWC", 2);
    const turned = tf.transpose(kernel, [0, 1, 3, 2]) as tf.Tensor4D;
    return {
      planes: tf.conv2d(planes, kernel, 2, "same", "NCHW"),
      dilated: tf.conv2d(pixels, kernel, 1, "same", "NHWC", 2),
      wide: tf.grad(loss)(pixels),
      deep: dilated,
      transposed: tf.conv2dTranspose(pixels, turned, [2, 13, 15, 3], 2, "same"),
      fused: tf.fused.conv2d({
        x: planes,
        filter: kernel,
        strides: 1,
        pad: "valid",
        dataFormat: "NCHW",
        bias: tf.tensor1d([0.1, -0.2, 0.3]),
        activation: "elu",
      }),
    };
  },
  () => ({ x: [2, 7, 8, 2], filter: [3, 3, 2, 3], deep: [3, 2, 2, 2] }),
);
