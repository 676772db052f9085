import { expect, it } from "vitest";
import { keepLargest, quantise } from "../../src/gan/straightThrough.js";
import * as tf from "../../src/tf.js";

const both = (fn: (x: tf.Tensor) => tf.Tensor, x: tf.Tensor, dy: tf.Tensor): [number[], number[]] => {
  const { value, grad } = tf.valueAndGrad((at: tf.Tensor) => tf.sum(tf.mul(fn(at), dy)))(x);
  value.dispose();
  return [Array.from(fn(x).dataSync()), Array.from(grad.dataSync())];
};

it("quantise takes the nearest entries and lets the gradient pass", () => {
  const book = tf.tensor2d([
    [0, 0],
    [1, 1],
    [3, -1],
  ]);
  const x = tf.tensor2d([
    [0.4, 0.1],
    [0.9, 0.8],
    [2, -2],
  ]);
  const [values, gradients] = both((at) => quantise(at, book), x, tf.tensor2d([1, 2, 3, 4, 5, 6], [3, 2]));
  expect(values).toEqual([0, 0, 1, 1, 3, -1]);
  expect(gradients).toEqual([1, 2, 3, 4, 5, 6]);
});

it("keepLargest keeps the largest parts, which sum to 1, and lets the gradient pass", () => {
  const x = tf.tensor2d([
    [0.1, 0.4, 0.2, 0.3],
    [0.7, 0.05, 0.05, 0.2],
  ]);
  const [values, gradients] = both((at) => keepLargest(at, 2), x, tf.ones([2, 4]));
  [0, 4 / 7, 0, 3 / 7, 7 / 9, 0, 0, 2 / 9].forEach((part, at) => expect(values[at]).toBeCloseTo(part, 6));
  expect(gradients).toEqual(Array(8).fill(1));
  expect(keepLargest(x, 4)).toBe(x);
});
