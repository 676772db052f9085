import { expect, it } from "vitest";
import { deferFloats } from "../../src/tensor/index.js";

it("deferred makes values when asked for, once while they are held", () => {
  let calls = 0;
  const tensor = deferFloats([2], () => Float32Array.of(++calls, 7));
  expect(calls).toBe(0);
  expect(tensor.shape).toEqual([2]);
  const { data } = tensor;
  expect(tensor.data).toBe(data);
  expect([calls, ...data]).toEqual([1, 1, 7]);
});
