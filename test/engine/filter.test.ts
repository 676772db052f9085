import { describe, it } from "vitest";
import type { TensorFunction } from "../../src/engine/index.js";
import { type HostTensor, createRandom, hostFloats, sizeOf } from "../../src/tensor/index.js";
import * as tf from "../../src/tf.js";
import { expectMatch } from "./match.js";

const random = createRandom("filter");
const floats = (...shape: number[]): HostTensor =>
  hostFloats(random.stream(`${shape}`).normals(sizeOf(shape)), shape);
const weighted = (y: tf.Tensor): tf.Scalar => tf.sum(tf.mul(y, tf.cos(y)));

describe("gradient of a convolution to its filter on large maps", () => {
  it.each([
    [3, 3, "same"],
    [3, 2, "valid"],
    [1, 1, "same"],
    [5, 3, "same"],
    [4, 4, 2],
  ] as const)("%i×%i, pad %s", async (rows, columns, pad) => {
    const fn: TensorFunction = ({ x, filter }) => {
      const convolve = (k: tf.Tensor): tf.Tensor => tf.conv2d(x as tf.Tensor4D, k as tf.Tensor4D, 1, pad);
      return { df: tf.grad((k: tf.Tensor) => weighted(convolve(k)))(filter!) };
    };
    const feeds = { x: floats(2, 13, 11, 3), filter: floats(rows, columns, 3, 4) };
    await expectMatch(fn, feeds, { tolerance: 1e-3 });
  });
});
