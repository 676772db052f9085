import { describe, expect, it } from "vitest";
import { type Node, listLiveNodes } from "../../src/engine/graph.js";
import type { TensorFunction } from "../../src/engine/index.js";
import { record } from "../../src/engine/record.js";
import { rewrite, rewrites } from "../../src/engine/rewrites/index.js";
import {
  type HostTensor,
  type TensorRecord,
  createRandom,
  hostFloats,
  sizeOf,
} from "../../src/tensor/index.js";
import * as tf from "../../src/tf.js";
import { expectMatch } from "./match.js";

const random = createRandom("channels");
const floats = (...shape: number[]): HostTensor =>
  hostFloats(random.stream(`${shape}`).normals(sizeOf(shape)), shape);

function nodesOf(fn: TensorFunction, feeds: TensorRecord): Record<string, Node[]> {
  const rules = rewrites.filter(({ name }) => name === "channels");
  const byOperator: Record<string, Node[]> = {};
  for (const node of listLiveNodes(Object.values(rewrite(record(fn, feeds), rules).outputs)))
    (byOperator[node.operator] ??= []).push(node);
  return byOperator;
}

describe("channels", () => {
  const feeds = {
    x: floats(2, 3, 5, 4),
    gain: floats(2, 1, 1, 3),
    shift: floats(3),
    whole: floats(2, 5, 4, 3),
  };
  const pixels = (x: tf.Tensor): tf.Tensor => tf.transpose(x, [0, 2, 3, 1]);

  it("scales and shifts channels before planes become pixels", async () => {
    const fn: TensorFunction = ({ x, gain, shift, whole }) => ({
      y: tf.add(tf.sub(shift!, tf.mul(pixels(x!), gain!)), whole!),
    });
    const { Transpose, Mul, Sub } = nodesOf(fn, feeds);
    expect([Mul, Sub].map((nodes) => nodes![0]!.output.shape)).toEqual([
      [2, 3, 5, 4],
      [2, 3, 5, 4],
    ]);
    expect(Transpose).toHaveLength(1);
    await expectMatch(fn, feeds);
  });

  it("leaves numbers by row, and pixels that others read", async () => {
    const byRow: TensorFunction = ({ x, row }) => ({ y: tf.mul(pixels(x!), row!) });
    const shared: TensorFunction = ({ x, gain }) => ({ y: tf.mul(pixels(x!), gain!), z: pixels(x!) });
    for (const fn of [byRow, shared]) {
      const given = { ...feeds, row: floats(2, 5, 1, 3) };
      expect(nodesOf(fn, given).Mul![0]!.output.shape).toEqual([2, 5, 4, 3]);
      await expectMatch(fn, given);
    }
  });
});
