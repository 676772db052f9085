import { expect, it } from "vitest";
import { clampThrough } from "../../src/tensor/index.js";
import * as tf from "../../src/tf.js";

it("clampThrough keeps values in range, and gradients that lead back into it", () => {
  const x = tf.tensor1d([-2, -2, 0.5, 2, 2]);
  const dy = tf.tensor1d([1, -1, 3, 1, -1]);
  const gradients = tf.grad((at: tf.Tensor) => tf.sum(tf.mul(clampThrough(at, -1, 1), dy)))(x);
  expect(Array.from(clampThrough(x, -1, 1).dataSync())).toEqual([-1, -1, 0.5, 1, 1]);
  // Descent follows −gradient: at −2 only a negative gradient leads back, at 2 only a positive one.
  expect(Array.from(gradients.dataSync(), (value) => value + 0)).toEqual([0, -1, 3, 1, 0]);
});
