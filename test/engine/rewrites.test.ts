import { describe, expect, it } from "vitest";
import type { TensorFunction } from "../../src/engine/index.js";
import { Graph, type Node, liveNodes } from "../../src/engine/graph.js";
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

const random = createRandom("rewrites");
const floats = (...shape: number[]): HostTensor =>
  hostFloats(random.stream(`${shape}`).normals(sizeOf(shape)), shape);

/** Nodes of the function under one rewrite, and how many there are of each operator. */
function nodesOf(fn: TensorFunction, feeds: TensorRecord, names: readonly string[]): Record<string, Node[]> {
  const rules = rewrites.filter(({ name }) => names.includes(name));
  expect(rules.map(({ name }) => name).sort()).toEqual([...names].sort());
  const { outputs } = rewrite(record(fn, feeds), rules);
  const byOperator: Record<string, Node[]> = {};
  for (const node of liveNodes(Object.values(outputs))) (byOperator[node.operator] ??= []).push(node);
  return byOperator;
}

const counts = (nodes: Record<string, Node[]>): Record<string, number> =>
  Object.fromEntries(Object.entries(nodes).map(([operator, list]) => [operator, list.length]));

const weighted = (y: tf.Tensor): tf.Scalar => tf.sum(tf.mul(y, tf.cos(y)));

describe("rewrites", () => {
  it("leaves a recording without a rule as it is, names and all", () => {
    const fn: TensorFunction = ({ x, y }) => ({ a: tf.matMul(x!, y!), b: x! });
    const made = rewrite(record(fn, { x: floats(2, 3), y: floats(3, 2), z: floats(1) }), []);
    expect(Object.keys(made.inputs)).toEqual(["x", "y", "z"]);
    expect(made.outputs.b).toBe(made.inputs.x);
    expect(liveNodes(Object.values(made.outputs)).map(({ operator }) => operator)).toEqual(["MatMul"]);
  });

  it("does not let a value that stands for its own spec lend its number", () => {
    const graph = new Graph();
    const x = graph.input("x", { shape: [1], dtype: "float32" });
    expect(graph.add("Exp", [x], x).id).not.toBe(x.id);
  });

  describe("slopes", () => {
    it.each(["relu", "leaky"] as const)("multiplies by the slope of %s instead of choosing", async (kind) => {
      const act = (x: tf.Tensor): tf.Tensor => (kind === "relu" ? tf.relu(x) : tf.leakyRelu(x, 0.2));
      const fn: TensorFunction = ({ x }) => ({ dx: tf.grad((a: tf.Tensor) => weighted(act(a)))(x!) });
      // Signed zeros, the smallest normal numbers and the largest are at the edge of the slope's test for sign.
      const edge = Float32Array.of(0, -0, 1.2e-38, -1.2e-38, 3e38, -3e38, 1, -1, 0.3, -0.3);
      const feeds = { x: hostFloats(edge, [10]) };
      const nodes = nodesOf(fn, feeds, ["slopes"]);
      expect(nodes.Where).toBeUndefined();
      // The sign comes from the activation's result, so that what went into it need not be kept.
      expect(nodes.HardSigmoid?.[0]?.inputs[0]?.producer?.operator).toBe(
        kind === "relu" ? "Relu" : "LeakyRelu",
      );
      await expectMatch(fn, {
        x: hostFloats(Float32Array.of(0, -0, 1.2e-38, -1.2e-38, 1, -1, 0.3, -0.3), [8]),
      });
      await expectMatch(fn, { x: floats(3, 5, 7) });
    });

    it("keeps a choice that is no slope", async () => {
      const choices: TensorFunction[] = [
        ({ x, y }) => ({ z: tf.where(tf.greater(x!, 0), y!, tf.mul(x!, 0.2)) }),
        ({ x, y }) => ({ z: tf.where(tf.greater(x!, 0.5), y!, tf.mul(y!, 0.2)) }),
        ({ x, y }) => ({ z: tf.where(tf.greater(x!, 0), y!, tf.mul(y!, 2)) }),
        ({ x, y }) => ({ z: tf.where(tf.greater(x!, 0), tf.mul(y!, -0.5), y!) }),
      ];
      for (const fn of choices) {
        const feeds = { x: floats(4, 3), y: floats(4, 3) };
        expect(nodesOf(fn, feeds, ["slopes"]).Where).toHaveLength(1);
        await expectMatch(fn, feeds);
      }
    });
  });

  describe("biases", () => {
    const image = { x: floats(2, 10, 10, 3), filter: floats(3, 3, 3, 5), bias: floats(5) };
    it("puts a channel bias into its convolution", async () => {
      const fn: TensorFunction = ({ x, filter, bias }) => ({
        y: tf.add(tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, "same"), bias!),
      });
      const nodes = nodesOf(fn, image, ["biases"]);
      expect(nodes.Conv![0]!.inputs).toHaveLength(3);
      expect(nodes.Add).toBeUndefined();
      await expectMatch(fn, image);
    });

    it("puts a bias into its matrix product, through a reshape", async () => {
      const fn: TensorFunction = ({ x, w, b }) => ({
        y: tf.add(b!, tf.reshape(tf.matMul(tf.reshape(x!, [6, 4]), w as tf.Tensor2D), [2, 3, 5])),
      });
      const feeds = { x: floats(2, 3, 4), w: floats(4, 5), b: floats(5) };
      expect(counts(nodesOf(fn, feeds, ["biases"]))).toMatchObject({ Gemm: 1 });
      expect(nodesOf(fn, feeds, ["biases"]).Add).toBeUndefined();
      await expectMatch(fn, feeds);
    });

    it("leaves a product that others read, and what is no channel bias", async () => {
      const shared: TensorFunction = ({ x, filter, bias }) => {
        const made = tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, "same");
        return { y: tf.add(made, bias!), z: tf.relu(made) };
      };
      const rows: TensorFunction = ({ a, b, column }) => ({ y: tf.add(tf.matMul(a!, b!), column!) });
      const square = { a: floats(5, 4), b: floats(4, 5), column: floats(5, 1) };
      expect(counts(nodesOf(shared, image, ["biases"]))).toMatchObject({ Add: 1 });
      expect(counts(nodesOf(rows, square, ["biases"]))).toMatchObject({ Add: 1, MatMul: 1 });
      await expectMatch(shared, image);
      await expectMatch(rows, square);
    });
  });

  describe("scales", () => {
    it("multiplies small factors first", async () => {
      const fn: TensorFunction = ({ x, a, b }) => ({ y: tf.mul(tf.mul(x!, a!), b!) });
      const feeds = { x: floats(2, 8, 8, 6), a: floats(2, 1, 1, 1), b: floats(6) };
      const outer = nodesOf(fn, feeds, ["scales"]).Mul!.filter(({ output }) => sizeOf(output.shape) > 100);
      expect(outer).toHaveLength(1);
      await expectMatch(fn, feeds);
    });

    it("leaves factors as large as the value alone, and products that others read", () => {
      const large: TensorFunction = ({ x, y, b }) => ({ y: tf.mul(tf.mul(x!, y!), b!) });
      const shared: TensorFunction = ({ x, a, b }) => {
        const scaled = tf.mul(x!, a!);
        return { y: tf.mul(scaled, b!), z: tf.exp(scaled) };
      };
      const feeds = { x: floats(2, 8, 8, 6), y: floats(2, 8, 8, 6), a: floats(1), b: floats(6) };
      expect(counts(nodesOf(large, feeds, ["scales"])).Mul).toBe(2);
      expect(nodesOf(shared, feeds, ["scales"]).Mul!.every(({ output }) => sizeOf(output.shape) > 100)).toBe(
        true,
      );
    });
  });
});
