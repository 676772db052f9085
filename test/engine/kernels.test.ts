import { describe, expect, it } from "vitest";
import { type TensorFunction, compile, lowerings } from "../../src/engine/index.js";
import {
  type HostTensor,
  type Random,
  createRandom,
  hostFloats,
  hostInts,
  sizeOf,
} from "../../src/tensor/index.js";
import * as tf from "../../src/tf.js";

type Inputs = Record<string, HostTensor>;
interface Case {
  kernels: string[];
  fn: TensorFunction;
  inputs: (random: Random) => Inputs;
}

const floats =
  (shape: (r: Random) => number[], low = -2, high = 2) =>
  (random: Random): HostTensor => {
    const sides = shape(random);
    return hostFloats(
      Float32Array.from({ length: sizeOf(sides) }, () => low + (high - low) * random.uniform()),
      sides,
    );
  };

const side = (random: Random, low = 1, high = 5): number => low + random.integer(high - low + 1);
const anyShape = (random: Random): number[] => Array.from({ length: side(random, 1, 4) }, () => side(random));

const cases: Record<string, Case> = {};

function unaryCase(kernel: string, fn: (x: tf.Tensor) => tf.Tensor, low = -2, high = 2): void {
  cases[kernel] = {
    kernels: [kernel],
    fn: ({ x }) => ({ y: fn(x!) }),
    inputs: (random) => ({ x: floats(anyShape, low, high)(random) }),
  };
}

unaryCase("Abs", tf.abs);
unaryCase("Neg", tf.neg);
unaryCase("Exp", tf.exp);
unaryCase("Expm1", tf.expm1);
unaryCase("Log", tf.log, 0.1, 3);
unaryCase("Log1p", tf.log1p, -0.5, 3);
unaryCase("Sqrt", tf.sqrt, 0, 3);
unaryCase("Rsqrt", tf.rsqrt, 0.1, 3);
unaryCase("Reciprocal", tf.reciprocal, 0.2, 3);
unaryCase("Square", tf.square);
unaryCase("Sigmoid", tf.sigmoid);
unaryCase("Tanh", tf.tanh);
unaryCase("Relu", tf.relu);
unaryCase("Relu6", tf.relu6, -3, 9);
unaryCase("Elu", tf.elu);
unaryCase("Selu", tf.selu);
unaryCase("Softplus", tf.softplus);
unaryCase("Erf", tf.erf);
unaryCase("Floor", tf.floor);
unaryCase("Ceil", tf.ceil);
unaryCase("Round", tf.round);
unaryCase("Sign", tf.sign);
unaryCase("Sin", tf.sin);
unaryCase("Cos", tf.cos);
unaryCase("Tan", tf.tan, -1, 1);
unaryCase("Asin", tf.asin, -0.9, 0.9);
unaryCase("Acos", tf.acos, -0.9, 0.9);
unaryCase("Atan", tf.atan);
unaryCase("Sinh", tf.sinh);
unaryCase("Cosh", tf.cosh);
unaryCase("ClipByValue", (x) => tf.clipByValue(x, -0.5, 0.7));
unaryCase("LeakyRelu", (x) => tf.leakyRelu(x, 0.3));
unaryCase("Step", (x) => tf.step(x, 0.25));
unaryCase("Identity", (x) => tf.add(tf.clone(x), 1));
unaryCase("OnesLike", (x) => tf.add(tf.onesLike(x), x));
unaryCase("ZerosLike", (x) => tf.add(tf.zerosLike(x), x));
unaryCase("IsNan", (x) => tf.isNaN(tf.sqrt(x)));
unaryCase("Cast", (x) => tf.cast(tf.cast(x, "int32"), "float32"));
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
unaryCase("LogicalNot", (x) => tf.logicalNot(tf.greater(x, 0)));
unaryCase("AddN", (x) => tf.addN([x, x, x]));
unaryCase("Prelu", (x) => tf.prelu(x, tf.scalar(0.3)));
unaryCase("EluGrad", (x) => tf.grad((value: tf.Tensor) => tf.sum(tf.elu(value)))(x));

function pairCase(kernel: string, fn: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor, low = -2, high = 2): void {
  cases[kernel] = {
    kernels: [kernel],
    fn: ({ a, b }) => ({ y: fn(a!, b!) }),
    inputs: (random) => {
      const shape = anyShape(random);
      const other = shape
        .map((length) => (random.uniform() < 0.3 ? 1 : length))
        .slice(random.integer(shape.length));
      return { a: floats(() => shape, low, high)(random), b: floats(() => other, low, high)(random) };
    },
  };
}

pairCase("Add", tf.add);
pairCase("Sub", tf.sub);
pairCase("Multiply", tf.mul);
pairCase("RealDiv", tf.div, 0.3, 2);
pairCase("Maximum", tf.maximum);
pairCase("Minimum", tf.minimum);
pairCase("Pow", tf.pow, 0.2, 2);
pairCase("SquaredDifference", tf.squaredDifference);
pairCase("FloorDiv", tf.floorDiv, 0.3, 2);
pairCase("Mod", tf.mod, 0.3, 2);
pairCase("Equal", (a, b) => tf.equal(tf.round(a), tf.round(b)));
pairCase("NotEqual", (a, b) => tf.notEqual(tf.round(a), tf.round(b)));
pairCase("Greater", tf.greater);
pairCase("GreaterEqual", tf.greaterEqual);
pairCase("Less", tf.less);
pairCase("LessEqual", tf.lessEqual);
pairCase("LogicalAnd", (a, b) => tf.logicalAnd(tf.greater(a, 0), tf.greater(b, 0)));
pairCase("LogicalOr", (a, b) => tf.logicalOr(tf.greater(a, 0), tf.greater(b, 0)));
pairCase("Select", (a, b) => tf.where(tf.greater(a, b), a, tf.mul(a, 2)));

function imageCase(
  name: string,
  kernels: string[],
  fn: TensorFunction,
  filter?: (random: Random, channels: number) => number[],
): void {
  cases[name] = {
    kernels,
    fn,
    inputs: (random): Inputs => {
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
const linearCheck = (map: (a: tf.Tensor4D) => tf.Tensor): TensorFunction => {
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

function matrices(random: Random, batch: number[], turnA: boolean, turnB: boolean): Inputs {
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

describe("every kernel, compiled against the eager cpu backend", () => {
  for (const [name, { fn, inputs }] of Object.entries(cases))
    it(name, async () => {
      for (let round = 0; round < 3; round++) {
        const feeds = inputs(createRandom(`${name}/${round}`));
        const compiled = await compile(fn, feeds);
        const eager = await compile(fn, feeds, { engine: "cpu" });
        const [got, expected] = [await compiled.run(feeds), await eager.run(feeds)];
        await compiled.dispose();
        expect(Object.keys(got).sort()).toEqual(Object.keys(expected).sort());
        for (const [key, tensor] of Object.entries(expected)) {
          expect(got[key]!.shape, `${key} shape`).toEqual(tensor.shape);
          expect(got[key]!.dtype, `${key} type`).toBe(tensor.dtype);
          tensor.data.forEach((value, index) => {
            const difference = Math.abs(got[key]!.data[index]! - value);
            expect(difference, `${key}[${index}] ${got[key]!.data[index]} for ${value}`).toBeLessThanOrEqual(
              2e-4 * (1 + Math.abs(value)),
            );
          });
        }
      }
    });

  it("covers every lowering", () => {
    const covered = new Set(Object.values(cases).flatMap(({ kernels }) => kernels));
    expect(Object.keys(lowerings).filter((kernel) => !covered.has(kernel))).toEqual([]);
  });
});

it("names the kernel and the operation that has no compiled form", async () => {
  const fn: TensorFunction = ({ x }) => ({ y: tf.unique(x!).values });
  await expect(compile(fn, { x: { shape: [4], dtype: "float32" } })).rejects.toThrow(
    /kernel Unique, called by tf\.unique/,
  );
});

it("refuses a function that reads values", async () => {
  const fn: TensorFunction = ({ x }) => ({ y: tf.scalar(x!.dataSync()[0]!) });
  await expect(compile(fn, { x: { shape: [1], dtype: "float32" } })).rejects.toThrow(
    /reads a tensor's values/,
  );
});

it("refuses inputs of another shape", async () => {
  const program = await compile(({ x }) => ({ y: tf.exp(x!) }), { x: { shape: [2], dtype: "float32" } });
  await expect(program.run({ x: hostFloats(new Float32Array(3), [3]) })).rejects.toThrow(
    /\[3\].*expected \[2\]/,
  );
  await expect(program.run({})).rejects.toThrow(/"x" is missing/);
  await expect(program.run({ x: hostInts(new Int32Array(2), [2]) })).rejects.toThrow(/int32/);
});

it("leaves out what no output needs and finds common subexpressions", async () => {
  const fn: TensorFunction = ({ x }) => {
    tf.sin(x!);
    return { y: tf.add(tf.exp(x!), tf.exp(x!)), z: tf.mul(tf.exp(x!), 1) };
  };
  const program = await compile(fn, { x: { shape: [2], dtype: "float32" } });
  expect(program.nodes).toBe(2);
});
