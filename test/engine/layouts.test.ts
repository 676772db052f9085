import { expect, it } from "vitest";
import { type Recording, type TensorFunction, record } from "../../src/engine/record.js";
import { listLiveNodes } from "../../src/engine/graph.js";
import { compile } from "../../src/engine/index.js";
import { makeLayoutRewrite, rewrite } from "../../src/engine/rewrites/index.js";
import {
  type HostTensor,
  type TensorRecord,
  createRandom,
  hostFloats,
  sizeOf,
} from "../../src/tensor/index.js";
import * as tf from "../../src/tf.js";

const random = createRandom("layouts");
const floats = (...shape: number[]): HostTensor =>
  hostFloats(random.stream(`${shape}`).normals(sizeOf(shape)), shape);

/** The recording under the rule, and the weights that it adds. */
function laid(fn: TensorFunction, inputs: TensorRecord, weights: TensorRecord): [Recording, TensorRecord] {
  const known = { ...weights };
  return [rewrite(record(fn, { ...inputs, ...weights }), [makeLayoutRewrite(known)]), known];
}

const operators = ({ outputs }: Recording): string[] =>
  listLiveNodes(Object.values(outputs)).map(({ operator }) => operator);

it("makes weights of weights that are only rearranged", async () => {
  const rearranged: Record<string, (w: tf.Tensor) => tf.Tensor> = {
    turned: (w) => tf.transpose(w, [3, 2, 0, 1]),
    reversed: (w) => tf.reverse(w, [0, 1]),
    both: (w) => tf.transpose(tf.reverse(w, [0, 2]), [1, 3, 2, 0]),
    strided: (w) => tf.stridedSlice(w, [2, 0, 4, 1], [0, 3, 0, 4], [-1, 2, -2, 1]),
    flat: (w) => tf.transpose(tf.reshape(w, [6, 20])),
    part: (w) => tf.slice(w, [0, 1, 2, 0], [3, 1, 2, 4]),
  };
  const w = floats(3, 2, 5, 4);
  for (const [name, change] of Object.entries(rearranged)) {
    const [graph, weights] = laid(
      ({ x, w: weight }) => ({ y: tf.add(change(weight!), x!) }),
      { x: floats(1) },
      { w },
    );
    expect(operators(graph), name).toEqual(["Add"]);
    const own = Object.keys(weights).at(-1)!;
    tf.setBackend("cpu");
    const expected = tf.tidy(() => change(tf.tensor(w.data as Float32Array, [...w.shape])));
    expect(weights[own]!.shape, name).toEqual(expected.shape);
    expect([...weights[own]!.data], name).toEqual([...(await expected.data())]);
    expected.dispose();
  }
});

it("leaves what is computed, and what goes in", () => {
  const fn: TensorFunction = ({ x, w }) => ({ a: tf.transpose(x!), b: tf.transpose(tf.exp(w!)) });
  expect(operators(laid(fn, { x: floats(2, 3) }, { w: floats(3, 2) })[0])).toEqual([
    "Transpose",
    "Exp",
    "Transpose",
  ]);
});

it("gives a convolution's gradient its filters from the file", async () => {
  const weights = { k: floats(3, 3, 4, 8) };
  const feeds = { x: floats(2, 7, 6, 4) };
  const fn: TensorFunction = ({ x, k }) => ({
    dx: tf.grad((a: tf.Tensor) => tf.sum(tf.cos(tf.conv2d(a as tf.Tensor4D, k as tf.Tensor4D, 1, "same"))))(
      x!,
    ),
  });
  const [graph] = laid(fn, feeds, weights);
  const filters = listLiveNodes(Object.values(graph.outputs))
    .filter(({ operator }) => operator === "Conv")
    .map(({ inputs }) => inputs[1]!.name);
  expect(new Set(filters).size).toBe(2);
  expect(filters.every((name) => name?.startsWith("k@"))).toBe(true);
  const [compiled, eager] = await Promise.all([
    compile(fn, feeds, { weights }),
    compile(fn, feeds, { weights, engine: "cpu" }),
  ]);
  const [got, expected] = [(await compiled.run(feeds)).dx!, (await eager.run(feeds)).dx!];
  expect(got.shape).toEqual(expected.shape);
  got.data.forEach((value, at) => expect(value).toBeCloseTo(expected.data[at]!, 4));
  await compiled.dispose();
});
