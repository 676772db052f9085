import * as tf from "../../../src/tf.js";
import { type Case, anyShape, floats } from "../compare.js";

/** Kernels that reduce, move, pick or make values. */
export const shapeCases: Record<string, Case> = {};
const cases = shapeCases;

function unaryCase(kernel: string, fn: (x: tf.Tensor) => tf.Tensor, low = -2, high = 2): void {
  cases[kernel] = {
    kernels: [kernel],
    fn: ({ x }) => ({ y: fn(x!) }),
    inputs: (random) => ({ x: floats(anyShape, low, high)(random) }),
  };
}

unaryCase("Sum", (x) => tf.sum(x, -1));
unaryCase("Mean", (x) => tf.mean(x, [0], true));
unaryCase("Max", (x) => tf.max(x, -1));
unaryCase("Min", (x) => tf.min(x, 0));
unaryCase("Prod", (x) => tf.prod(x, -1));
unaryCase("All", (x) => tf.all(tf.greater(x, -1.5), -1));
unaryCase("Any", (x) => tf.any(tf.greater(x, 1.5), 0));
unaryCase("ArgMax", (x) => tf.argMax(x, -1));
unaryCase("ArgMin", (x) => tf.argMin(x, 0));
unaryCase("Softmax", (x) => tf.softmax(x));
unaryCase("LogSoftmax", (x) => tf.logSoftmax(x));
unaryCase("Cumsum", (x) => tf.cumsum(x, x.rank - 1, true, true));
unaryCase("ExpandDims", (x) => tf.expandDims(x, 1));
unaryCase("Reshape", (x) => tf.reshape(x, [-1]));
unaryCase("Transpose", (x) => tf.transpose(x));
unaryCase("Unpack", (x) => tf.addN(tf.unstack(tf.concat([x, x], x.rank - 1), x.rank - 1)));
unaryCase("Pack", (x) => tf.stack([x, tf.neg(x)], x.rank));
unaryCase("Concat", (x) => tf.concat([x, tf.neg(x), x], 0));
unaryCase("Slice", (x) => tf.slice(tf.concat([x, x], 0), [1], [x.shape[0]!]));
unaryCase("StridedSlice", (x) => tf.stridedSlice(tf.concat([x, x], 0), [1], [2 * x.shape[0]!], [2]));
unaryCase("SplitV", (x) =>
  tf.sub(...(tf.split(tf.concat([x, tf.exp(x)], 0), 2, 0) as [tf.Tensor, tf.Tensor])),
);
unaryCase("PadV2", (x) =>
  tf.pad(
    x,
    x.shape.map((_, axis) => [axis, 2] as [number, number]),
    0.5,
  ),
);
unaryCase("MirrorPad", (x) => {
  const big = tf.concat([x, tf.neg(x), x], 0);
  const paddings = big.shape.map((_, axis) => (axis === 0 ? [1, 2] : [0, 0]) as [number, number]);
  return tf.concat([tf.mirrorPad(big, paddings, "reflect"), tf.mirrorPad(big, paddings, "symmetric")], 0);
});
unaryCase("Tile", (x) =>
  tf.tile(
    x,
    x.shape.map((_, axis) => axis + 1),
  ),
);
unaryCase("BroadcastTo", (x) => tf.broadcastTo(tf.expandDims(x, 0), [3, ...x.shape]));
unaryCase("Reverse", (x) => tf.reverse(x, [0]));
unaryCase("Fill", (x) => tf.mul(x, tf.fill(x.shape, 2.5)));
unaryCase("Range", (x) => tf.add(tf.range(0, 4), tf.sum(x)));
unaryCase("LinSpace", (x) => tf.add(tf.linspace(0, 4, 5), tf.sum(x)));
unaryCase("OneHot", (x) => tf.oneHot(tf.cast(tf.reshape(tf.abs(x), [-1]), "int32"), 3, 2, -1));
unaryCase("GatherV2", (x) => tf.gather(x, tf.tensor1d([0, 0], "int32"), x.rank - 1));
unaryCase("GatherNd", (x) => tf.gatherND(x, tf.tensor2d([[0], [0]], undefined, "int32")));
unaryCase("UnsortedSegmentSum", (x) =>
  tf.unsortedSegmentSum(
    tf.concat([x, x], 0),
    tf.cast(tf.mod(tf.range(0, 2 * x.shape[0]!), 3), "int32") as tf.Tensor1D,
    3,
  ),
);

unaryCase("Cumprod", (x) =>
  tf.concat([tf.cumprod(x, 0, true), tf.cumprod(x, x.rank - 1, false, true), tf.cumprod(x, x.rank - 1)], 0),
);
cases["TopK"] = {
  kernels: ["TopK"],
  fn: ({ x }) => {
    const { values, indices } = tf.topk(
      tf.round(tf.concat([x!, x!], x!.rank - 1)),
      x!.shape[x!.rank - 1]! + 1,
    );
    return { values, indices };
  },
  inputs: (random) => ({ x: floats(anyShape)(random) }),
};

function placeCase(kernel: string, fn: (x: tf.Tensor2D, indices: tf.Tensor2D) => tf.Tensor): void {
  cases[kernel] = {
    kernels: [kernel],
    fn: ({ x }) => ({ y: fn(x as tf.Tensor2D, tf.tensor2d([[3], [0], [3]], [3, 1], "int32")) }),
    inputs: (random) => ({ x: floats(() => [3, 2])(random) }),
  };
}
placeCase("ScatterNd", (x, indices) => tf.scatterND(indices, x, [5, 2]));
placeCase("TensorScatterUpdate", (x, indices) =>
  tf.tensorScatterUpdate(tf.ones([5, 2]), tf.slice(indices, 0, 2), tf.slice(x, 0, 2)),
);
placeCase("SparseToDense", (x, indices) =>
  tf.sparseToDense(tf.slice(indices, 0, 2), tf.reshape(tf.slice(x, [0, 0], [2, 1]), [2]), [4], tf.scalar(7)),
);
unaryCase("Diag", (x) => tf.diag(tf.reshape(x, [-1])));
