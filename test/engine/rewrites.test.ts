import { describe, expect, it } from "vitest";
import type { TensorFunction } from "../../src/engine/index.js";
import { Graph, type Node, listLiveNodes } from "../../src/engine/graph.js";
import { record } from "../../src/engine/record.js";
import { rewrite, rewrites } from "../../src/engine/rewrites/index.js";
import {
  type HostTensor,
  type TensorRecord,
  createRandom,
  hostFloats,
  sizeOf,
} from "../../src/tensor/index.js";
import { activations, layerNorm, parametersFrom } from "../../src/tensor/index.js";
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
  for (const node of listLiveNodes(Object.values(outputs))) (byOperator[node.operator] ??= []).push(node);
  return byOperator;
}

const counts = (nodes: Record<string, Node[]>): Record<string, number> =>
  Object.fromEntries(Object.entries(nodes).map(([operator, list]) => [operator, list.length]));

const weighted = (y: tf.Tensor): tf.Scalar => tf.sum(tf.mul(y, tf.cos(y)));

describe("rewrites", () => {
  it("leaves a recording without a rule as it is, names and all", () => {
    const fn: TensorFunction = ({ x, y }) => ({ a: tf.matMul(x!, y!), b: x! });
    const graph = rewrite(record(fn, { x: floats(2, 3), y: floats(3, 2), z: floats(1) }), []);
    expect(Object.keys(graph.inputs)).toEqual(["x", "y", "z"]);
    expect(graph.outputs.b).toBe(graph.inputs.x);
    expect(listLiveNodes(Object.values(graph.outputs)).map(({ operator }) => operator)).toEqual(["MatMul"]);
  });

  it("does not let a value that stands for its own spec lend its number", () => {
    const graph = new Graph();
    const x = graph.addInput("x", { shape: [1], dtype: "float32" });
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
        const convolved = tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, "same");
        return { y: tf.add(convolved, bias!), z: tf.relu(convolved) };
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

  describe("constants", () => {
    it("computes with small ones while compiling, broadcasting, to the bit", async () => {
      const [a, b] = [floats(3, 1), floats(2, 1, 4)];
      const [ta, tb] = [a, b].map(
        ({ data, shape }) =>
          () =>
            tf.tensor(data, [...shape]),
      );
      const fn: TensorFunction = ({ x }) => {
        const sum = tf.add(ta!(), tb!());
        const all = tf.div(tf.sub(tf.mul(sum, ta!()), tb!()), tf.neg(tf.rsqrt(tf.square(tb!()))));
        return { y: tf.add(x!, tf.reshape(all, [4, 6])), z: all };
      };
      const feeds = { x: floats(4, 6) };
      expect(counts(nodesOf(fn, feeds, ["constants"]))).toEqual({ Add: 1 });
      await expectMatch(fn, feeds, { tolerance: 1e-6 });
    });

    it("takes a large constant of one number for that number, and leaves others", async () => {
      const fn: TensorFunction = ({ x }) => ({
        same: tf.mul(x!, tf.ones([5, 100])),
        twice: tf.add(tf.mul(x!, tf.fill([5, 100], 2)), tf.zeros([5, 100])),
        mixed: tf.mul(x!, tf.tensor([...Array(99).fill(1), 2])),
      });
      const nodes = nodesOf(fn, { x: floats(5, 100) }, ["constants"]);
      expect(counts(nodes)).toEqual({ Mul: 2 });
      const sizes = nodes.Mul!.map(({ inputs }) => sizeOf(inputs[1]!.shape)).sort((a, b) => a - b);
      expect(sizes).toEqual([1, 100]);
      await expectMatch(fn, { x: floats(5, 100) });
    });
  });

  describe("stretches", () => {
    it("does arithmetic before stretching, and none for a stretched operand of a whole one", async () => {
      const fn: TensorFunction = ({ x, small }) => ({
        y: tf.add(x!, tf.neg(tf.div(tf.mul(small!, tf.ones([6, 50])), 7))),
      });
      const feeds = { x: floats(6, 50), small: floats(6, 1) };
      const nodes = nodesOf(fn, feeds, ["constants", "stretches"]);
      expect(counts(nodes)).toEqual({ Div: 1, Neg: 1, Add: 1 });
      expect(nodes.Neg![0]!.output.shape).toEqual([6, 1]);
      await expectMatch(fn, feeds);
    });

    it("leaves the gradient of a mean with one pass over the whole", async () => {
      const fn: TensorFunction = ({ x, w }) => ({
        dx: tf.add(tf.grad((a: tf.Tensor) => tf.sum(tf.square(tf.mean(a, -1))))(x!), w!),
      });
      const feeds = { x: floats(8, 64), w: floats(8, 64) };
      const whole = Object.values(nodesOf(fn, feeds, ["constants", "stretches"]))
        .flat()
        .filter(({ output }) => sizeOf(output.shape) === 8 * 64);
      expect(whole.map(({ operator }) => operator)).toEqual(["Add"]);
      await expectMatch(fn, feeds);
    });
  });

  describe("norms", () => {
    const feeds = {
      x: floats(3, 5, 16),
      gain: floats(16),
      bias: hostFloats(floats(1, 16).data as Float32Array, [16]),
    };
    const norm = (tensors: Record<string, tf.Tensor>, x: tf.Tensor): tf.Tensor =>
      layerNorm(parametersFrom(tensors), x);

    it("makes one operator of a layer normalisation", async () => {
      const fn: TensorFunction = (tensors) => ({ y: norm(tensors, tensors.x!) });
      expect(counts(nodesOf(fn, feeds, ["norms"]))).toEqual({ LayerNormalization: 1 });
      await expectMatch(fn, feeds);
    });

    it("lets all three gradients read its mean and scale, and is one operator in the model", async () => {
      const fn: TensorFunction = ({ x, gain, bias }) => {
        const [dx, dgain, dbias] = tf.grads((...[a, g, b]: tf.Tensor[]) =>
          weighted(norm({ gain: g!, bias: b! }, a!)),
        )([x!, gain!, bias!]);
        return { y: norm({ gain: gain!, bias: bias! }, x!), dx: dx!, dgain: dgain!, dbias: dbias! };
      };
      const nodes = nodesOf(fn, feeds, ["norms"]);
      expect(nodes.LayerNormalization!.map(({ slot }) => slot).sort()).toEqual([0, 1, 2]);
      expect([nodes.ReduceMean, nodes.Sqrt]).toEqual([undefined, undefined]);
      await expectMatch(fn, feeds);
    });

    it("leaves what only looks like one", async () => {
      const other =
        (
          change: (c: tf.Tensor, x: tf.Tensor) => tf.Tensor,
          mean: (x: tf.Tensor) => tf.Tensor,
        ): TensorFunction =>
        ({ x, gain, bias }) => {
          const centred = tf.sub(x!, mean(x!));
          const scale = tf.rsqrt(tf.add(tf.mean(change(centred, x!), -1, true), 1e-5));
          return { y: tf.add(tf.mul(tf.mul(centred, scale), gain!), bias!) };
        };
      const last = (x: tf.Tensor): tf.Tensor => tf.mean(x, -1, true);
      for (const fn of [
        other((c, x) => tf.square(x), last),
        other((c) => tf.abs(c), last),
        other(
          (c) => tf.square(c),
          (x) => tf.mean(x, 1, true),
        ),
        other(
          (c) => tf.square(c),
          (x) => tf.mean(x, [1, 2], true),
        ),
      ]) {
        expect(nodesOf(fn, feeds, ["norms"]).LayerNormalization).toBeUndefined();
        await expectMatch(fn, feeds);
      }
    });
  });

  describe("gelus", () => {
    const feeds = { x: floats(7, 33) };

    it.each(["gelu", "geluTanh"] as const)("makes one operator of %s, forwards", async (name) => {
      const fn: TensorFunction = ({ x }) => ({ y: activations[name](x!) });
      expect(counts(nodesOf(fn, feeds, ["gelus"]))).toEqual({ Gelu: 1 });
      await expectMatch(fn, feeds, { tolerance: 2e-6 });
      const slope: TensorFunction = ({ x }) => ({
        y: activations[name](x!),
        dx: tf.grad((a: tf.Tensor) => weighted(activations[name](a)))(x!),
      });
      expect(nodesOf(slope, feeds, ["gelus"]).Gelu).toBeUndefined();
      await expectMatch(slope, feeds);
    });

    it("makes one operator of the quick one, and keeps nothing but its input for the slope", async () => {
      const fn: TensorFunction = ({ x, dy }) => ({
        y: activations.quickGelu(x!),
        dx: tf.grads((a: tf.Tensor) => activations.quickGelu(a))([x!], dy)[0]!,
      });
      const both = { ...feeds, dy: hostFloats(random.normals(7 * 33), [7, 33]) };
      const nodes = nodesOf(fn, both, ["gelus"]);
      expect(counts(nodes)).toEqual({ "com.microsoft.QuickGelu": 1, Mul: 4, Sigmoid: 1, Sub: 1, Add: 1 });
      const [quick] = nodes["com.microsoft.QuickGelu"]!;
      const readers = Object.values(nodes)
        .flat()
        .filter(({ inputs }) => inputs.includes(quick!.output));
      expect(readers).toEqual([]);
      await expectMatch(fn, both);
      await expectMatch(({ x }) => ({ y: tf.mul(tf.sigmoid(x!), x!) }), feeds);
    });

    it("leaves other sums and other numbers", async () => {
      const others: ((x: tf.Tensor) => tf.Tensor)[] = [
        (x) => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, 0.7)), 1)),
        (x) => tf.mul(tf.mul(x, 0.4), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1)),
        (x) => tf.mul(tf.mul(x, 0.5), tf.add(tf.tanh(tf.mul(x, 0.79788456)), 1)),
        (x) => tf.mul(tf.mul(tf.neg(x), 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1)),
        (x) => tf.mul(tf.neg(x), tf.sigmoid(x)),
      ];
      for (const act of others) {
        const fn: TensorFunction = ({ x }) => ({ y: act(x!) });
        const nodes = nodesOf(fn, feeds, ["gelus"]);
        expect([nodes.Gelu, nodes["com.microsoft.QuickGelu"]]).toEqual([undefined, undefined]);
        await expectMatch(fn, feeds);
      }
    });
  });
});
