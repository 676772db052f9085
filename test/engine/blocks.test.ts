import { describe, expect, it } from "vitest";
import { getBlockSize } from "../../src/engine/blockSize.js";
import { type Node, listLiveNodes } from "../../src/engine/graph.js";
import type { TensorFunction } from "../../src/engine/index.js";
import { record } from "../../src/engine/record.js";
import { makeBlockRewrite, rewrite } from "../../src/engine/rewrites/index.js";
import {
  type HostTensor,
  type TensorRecord,
  createRandom,
  hostFloats,
  sizeOf,
} from "../../src/tensor/index.js";
import * as tf from "../../src/tf.js";
import { expectMatch } from "./match.js";

const random = createRandom("blocks");
/** Small numbers, so that sums of some hundred products stay about 1. */
const floats = (...shape: number[]): HostTensor => {
  const values = random.stream(`${shape}`).normals(sizeOf(shape));
  return hostFloats(
    values.map((value) => value / 8),
    shape,
  );
};

const own = "com.microsoft.nchwc.";

function operators(
  fn: TensorFunction,
  feeds: TensorRecord,
  weights: readonly string[] = [],
): Record<string, number> {
  const rule = makeBlockRewrite(16, (name) => weights.includes(name));
  const { outputs } = rewrite(record(fn, feeds), [rule]);
  const counts: Record<string, number> = {};
  const name = ({ operator }: Node): string => operator.replace(own, "own.");
  for (const node of listLiveNodes(Object.values(outputs)))
    counts[name(node)] = (counts[name(node)] ?? 0) + 1;
  return counts;
}

type Pad = "same" | "valid" | number;
const conv = (x: tf.Tensor, k: tf.Tensor, stride = 1, pad: Pad = "same", dilation = 1): tf.Tensor =>
  tf.conv2d(x as tf.Tensor4D, k as tf.Tensor4D, stride, pad, "NHWC", dilation);
const feeds = { x: floats(2, 6, 5, 32), first: floats(3, 3, 32, 16), second: floats(3, 3, 16, 48) };
const weighted = (y: tf.Tensor): tf.Scalar => tf.mean(tf.mul(y, tf.cos(y)));

describe("convolutions of trained kernels in blocks of channels", () => {
  it("finds a size that this machine knows", async () => {
    expect([1, 8, 16]).toContain(await getBlockSize());
  });

  it("stays in blocks from one convolution to the next, activations and all", () => {
    const fn: TensorFunction = ({ x, first, second }) => ({
      y: tf.relu(conv(tf.leakyRelu(conv(x!, first!), 0.2), second!)),
    });
    const counted = operators(fn, feeds);
    expect(counted).toEqual({
      "own.ReorderInput": 1,
      "own.Conv": 2,
      "own.ReorderOutput": 1,
      Reshape: 4, // of the two kernels
      Transpose: 2,
    });
  });

  it("leaves fixed kernels to ONNX Runtime, and channels that fill no block", () => {
    const fixed: TensorFunction = ({ x, first }) => ({ y: conv(x!, tf.mul(first!, 2)) });
    expect(operators(fixed, feeds, ["first"])["own.Conv"]).toBeUndefined();
    const odd = { x: floats(2, 6, 5, 24), k: floats(3, 3, 24, 16) };
    expect(operators(({ x, k }) => ({ y: conv(x!, k!) }), odd)["own.Conv"]).toBeUndefined();
  });

  it("keeps what goes into an activation where others read it too", async () => {
    const fn: TensorFunction = ({ x, first }) => {
      const convolved = conv(x!, first!);
      return { y: tf.relu(convolved), z: tf.exp(tf.mul(convolved, 0.01)) };
    };
    expect(operators(fn, feeds).Relu).toBe(1);
    await expectMatch(fn, feeds);
  });

  it("gives what the eager kernels give of dilated taps", async () => {
    await expectMatch(({ x, first }) => ({ y: conv(x!, first!, 1, "same", 2) }), feeds);
  });

  it.each<[number, Pad]>([
    [1, "same"],
    [2, "same"],
    [1, "valid"],
    [2, 1],
  ])("gives what the eager kernels give, gradients too: stride %i, pad %s", async (stride, pad) => {
    const fn: TensorFunction = ({ x, first, bias, second }) => {
      const net = (a: tf.Tensor, k: tf.Tensor, b: tf.Tensor, last: tf.Tensor): tf.Tensor =>
        conv(tf.leakyRelu(tf.add(conv(a, k, stride, pad), b), 0.2), last);
      const grads = tf.grads((a: tf.Tensor, k: tf.Tensor, b: tf.Tensor, last: tf.Tensor) =>
        weighted(net(a, k, b, last)),
      );
      const [dx, dk, db, dl] = grads([x!, first!, bias!, second!]);
      return { y: net(x!, first!, bias!, second!), dx: dx!, dk: dk!, db: db!, dl: dl! };
    };
    await expectMatch(fn, { ...feeds, x: floats(2, 9, 7, 32), bias: floats(16) });
  });
});
