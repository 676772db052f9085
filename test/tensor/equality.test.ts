import { expect, it } from "vitest";

const isRefused = (a: unknown, b: unknown): boolean => {
  try {
    expect(a).toEqual(b);
    return false;
  } catch {
    return true;
  }
};

it("toEqual compares arrays of numbers by their values, quickly", () => {
  const [bytes, same, other] = [1, 1, 2].map((last) => Buffer.concat([Buffer.alloc(2e7), Buffer.of(last)]));
  const began = performance.now();
  expect(bytes).toEqual(same);
  expect(isRefused(bytes!.subarray(-2), other!.subarray(-2))).toBe(true);
  expect(performance.now() - began).toBeLessThan(1000); // vitest alone takes some twenty seconds
  expect({ a: [Float32Array.of(NaN, 0)] }).toEqual({ a: [Float32Array.of(NaN, 0)] });
  for (const [a, b] of [
    [Uint8Array.of(1), Uint8Array.of(1, 2)],
    [Float32Array.of(0), Float32Array.of(-0)],
    [Float32Array.of(1), Int32Array.of(1)],
    [Float32Array.of(1), [1]],
  ])
    expect(isRefused(a, b)).toBe(true);
});
