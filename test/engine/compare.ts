import { expect } from "vitest";
import { type TensorFunction, compile } from "../../src/engine/index.js";
import { type HostTensor, type Random, hostFloats, sizeOf } from "../../src/tensor/index.js";

export type Feeds = Record<string, HostTensor>;

/** A function to compare, the kernels it is there to cover, and its inputs. */
export interface Case {
  readonly kernels: readonly string[];
  readonly fn: TensorFunction;
  readonly inputs: (random: Random) => Feeds;
}

/** Part of `1 + |value|` by which compiled float32 results may differ from the eager ones. */
const tolerance = 2e-4;

/** Runs the function compiled and on TensorFlow.js's `cpu` backend: same outputs, shapes, types and values. */
export async function compareEngines(fn: TensorFunction, feeds: Feeds, close = tolerance): Promise<void> {
  const compiled = await compile(fn, feeds, { threads: 1 });
  const eager = await compile(fn, feeds, { engine: "cpu" });
  const [got, expected] = [await compiled.run(feeds), await eager.run(feeds)];
  await compiled.dispose();
  expect(Object.keys(got).sort()).toEqual(Object.keys(expected).sort());
  for (const [key, tensor] of Object.entries(expected)) {
    expect(got[key]!.shape, `${key} shape`).toEqual(tensor.shape);
    expect(got[key]!.dtype, `${key} type`).toBe(tensor.dtype);
    tensor.data.forEach((value, index) => {
      const other = got[key]!.data[index]!;
      const same = Object.is(other, value) || Math.abs(other - value) <= close * (1 + Math.abs(value));
      if (!same) expect.fail(`${key}[${index}] is ${other}, expected ${value}; shape [${tensor.shape}]`);
    });
  }
}

/** Drawn values of a drawn shape. */
export const floats =
  (shape: (r: Random) => number[], low = -2, high = 2) =>
  (random: Random): HostTensor => {
    const sides = shape(random);
    const draw = (): number => low + (high - low) * random.uniform();
    return hostFloats(Float32Array.from({ length: sizeOf(sides) }, draw), sides);
  };

/** A drawn length. */
export const side = (random: Random, low = 1, high = 5): number => low + random.integer(high - low + 1);

/** A drawn shape of rank 1 to 4. */
export const anyShape = (random: Random): number[] =>
  Array.from({ length: side(random, 1, 4) }, () => side(random));
