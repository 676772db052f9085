import fc from "fast-check";
import type { TensorFunction } from "../../src/engine/index.js";
import { createRandom, hostFloats, hostInts, sizeOf } from "../../src/tensor/index.js";
import type { HostTensor } from "../../src/tensor/index.js";
import type * as tf from "../../src/tf.js";
import { type Feeds, compareEngines } from "./compare.js";

export type ElementType = HostTensor["dtype"];

/** Shape and type of an operand. */
export interface Operand {
  readonly shape: readonly number[];
  readonly dtype: ElementType;
}

/** One call of an operation: its operands, and what to do with them. The name is for the report. */
export interface Call {
  readonly name: string;
  readonly operands: readonly Operand[];
  readonly run: (...operands: tf.Tensor[]) => tf.Tensor | tf.Tensor[];
  /** Where float operands are drawn from; default −3 to 3. */
  readonly range?: readonly [number, number];
}

/** Shapes of rank `low` to 4 whose sides are `least` (0 for empty, 1 for trivial) to 4. */
export const shapes = (least: number, low = 0): fc.Arbitrary<number[]> =>
  fc.array(fc.integer({ min: least, max: 4 }), { minLength: low, maxLength: 4 });

/** An axis of that rank, counted from either end. */
export const axes = (rank: number): fc.Arbitrary<number> => fc.integer({ min: -rank, max: rank - 1 });

/** Two shapes that broadcast: sides of the common shape dropped from the front or cut to 1. */
export const pairsOfShapes = (least: number): fc.Arbitrary<[number[], number[]]> =>
  shapes(least).chain((common) => {
    const one = fc
      .tuple(
        fc.integer({ min: 0, max: common.length }),
        fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
      )
      .map(([from, single]) => common.map((length, axis) => (single[axis] ? 1 : length)).slice(from));
    return fc.tuple(one, one);
  });

function draw({ shape, dtype }: Operand, [low, high]: readonly [number, number], seed: string): HostTensor {
  const random = createRandom(seed);
  const count = sizeOf(shape);
  if (dtype === "float32") {
    // Quarters, so that equal values and whole numbers occur.
    const steps = Math.floor((high - low) * 4);
    return hostFloats(
      Float32Array.from({ length: count }, () => low + random.integer(steps + 1) / 4),
      shape,
    );
  }
  if (dtype === "int32")
    return hostInts(
      Int32Array.from({ length: count }, () => random.integer(9) - 4),
      shape,
    );
  return { shape, dtype, data: Uint8Array.from({ length: count }, () => random.integer(2)) };
}

/** Many calls as one program, compiled and eager. */
export async function compareCalls(calls: readonly Call[]): Promise<void> {
  const feeds: Feeds = {};
  calls.forEach(({ operands, range = [-3, 3] }, at) => {
    operands.forEach((operand, index) => {
      feeds[`${at}/${index}`] = draw(operand, range, `${at}/${index}`);
    });
  });
  const fn: TensorFunction = (inputs) =>
    Object.fromEntries(
      calls.flatMap(({ name, operands, run }, at) =>
        [run(...operands.map((_, index) => inputs[`${at}/${index}`]!))]
          .flat()
          .map((result, index) => [`${name} #${at}.${index}`, result]),
      ),
    );
  await compareEngines(fn, feeds);
}

const describeCall = (call: Call): Call => {
  const operands = call.operands.map(({ shape, dtype }) => `${dtype}[${shape}]`);
  return Object.assign(call, { [fc.toStringMethod]: () => `${call.name}(${operands.join(", ")})` });
};

/** Checks `runs` programs of some 30 drawn calls each; a failure is reported with the fewest calls that show it. */
export const checkCalls = (call: fc.Arbitrary<Call>, runs = 12): Promise<void> =>
  fc.assert(
    fc.asyncProperty(
      fc.array(call.map(describeCall), { minLength: 1, maxLength: 50, size: "max" }),
      compareCalls,
    ),
    { numRuns: runs, seed: 1, includeErrorInReport: true },
  );
