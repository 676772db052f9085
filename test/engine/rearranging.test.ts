import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as tf from "../../src/tf.js";
import { type Call, type ElementType, axes, checkCalls, shapes } from "./draws.js";

const anyType = fc.constantFrom<ElementType>("float32", "int32", "bool");

/** A call on one operand of a drawn shape and type, with drawn settings. */
function on<T>(
  name: string,
  least: number,
  settings: (shape: number[]) => fc.Arbitrary<T>,
  run: (x: tf.Tensor, setting: T) => tf.Tensor | tf.Tensor[],
  types: fc.Arbitrary<ElementType> = anyType,
): fc.Arbitrary<Call> {
  return fc.tuple(shapes(least, 1), types).chain(([shape, dtype]) =>
    settings(shape).map((setting): Call => ({
      name: `${name} ${JSON.stringify(setting)}`,
      run: (x) => run(x, setting),
      operands: [{ shape, dtype }],
    })),
  );
}

const perAxis = <T>(shape: number[], draw: (length: number) => fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
  fc.tuple(...shape.map(draw)) as fc.Arbitrary<T[]>;
const upTo = (max: number): fc.Arbitrary<number> => fc.integer({ min: 0, max });
const along = (shape: number[]): fc.Arbitrary<number> => axes(shape.length);
const fromFront = (x: tf.Tensor, axis: number): number => (axis < 0 ? axis + x.rank : axis);
const numbers = fc.constantFrom<ElementType>("float32", "int32");

const moves = fc.oneof(
  on(
    "transpose",
    0,
    (shape) => fc.shuffledSubarray([...shape.keys()], { minLength: shape.length }),
    (x, order) => tf.transpose(x, order),
  ),
  on(
    "reverse",
    0,
    (shape) => fc.subarray([...shape.keys()]),
    (x, list) => tf.reverse(x, list),
  ),
  on(
    "slice",
    0,
    (shape) =>
      perAxis(shape, (side) =>
        upTo(side).chain((from) => upTo(side - from).map((size) => [from, size] as const)),
      ),
    (x, box) =>
      tf.slice(
        x,
        box.map(([from]) => from),
        box.map(([, size]) => size),
      ),
  ),
  on(
    "stridedSlice",
    1,
    (shape) =>
      perAxis(shape, (side) =>
        fc.tuple(upTo(side - 1), upTo(side - 1), fc.constantFrom(1, 2)).map(([a, b, step]) => {
          // Forward to one past the higher end, or backward to one before the lower, if it has a one before.
          const [low, high] = [Math.min(a, b), Math.max(a, b)];
          return low > 0 && step === 2 ? [high, low - 1, -step] : [low, high + 1, step];
        }),
      ),
    (x, cuts) =>
      tf.stridedSlice(
        x,
        cuts.map(([from]) => from!),
        cuts.map(([, to]) => to!),
        cuts.map(([, , step]) => step!),
      ),
  ),
  on(
    "reshape",
    0,
    (shape) => upTo(shape.length),
    (x, at) => tf.reshape(x, [...x.shape.slice(0, at), 1, ...x.shape.slice(at)]),
  ),
  on("expandDims", 0, along, (x, axis) => tf.expandDims(x, axis)),
  on(
    "flat and back",
    0,
    () => fc.constant(0),
    (x) => tf.reshape(tf.reshape(x, [x.size]), x.shape),
  ),
);

const joins = fc.oneof(
  on("concat", 0, along, (x, axis) => tf.concat([x, tf.reverse(x), x], axis)),
  on(
    "stack",
    0,
    (shape) => upTo(shape.length),
    (x, axis) => tf.stack([x, tf.reverse(x)], axis),
  ),
  on("unstack", 1, along, (x, axis) => tf.unstack(x, axis)),
  on("split", 1, along, (x, axis) => tf.split(tf.concat([x, x, x], axis), 3, axis)),
  on(
    "split at",
    1,
    (shape) => along(shape).chain((axis) => fc.tuple(fc.constant(axis), upTo(shape.at(axis)!))),
    (x, [axis, first]) => tf.split(x, [first, x.shape.at(axis)! - first], fromFront(x, axis)),
  ),
  on(
    "tile",
    1,
    (shape) => perAxis(shape, () => fc.integer({ min: 1, max: 3 })),
    (x, reps) => tf.tile(x, reps),
  ),
  on(
    "broadcastTo",
    0,
    () => upTo(3),
    (x, count) => tf.broadcastTo(tf.expandDims(x, 0), [count, ...x.shape]),
  ),
  on(
    "pad",
    0,
    (shape) => perAxis(shape, () => fc.tuple(upTo(2), upTo(2))),
    (x, amounts) => tf.pad(x, amounts, 1),
    numbers,
  ),
  on(
    "mirrorPad",
    2,
    (shape) =>
      fc.tuple(
        fc.constantFrom("reflect", "symmetric"),
        perAxis(shape, (side) => fc.tuple(upTo(side - 1), upTo(side - 1))),
      ),
    (x, [mode, amounts]) => tf.mirrorPad(x, amounts, mode as "reflect"),
    fc.constant("float32"),
  ),
);

const indices = (count: number, below: number): fc.Arbitrary<number[]> =>
  fc.array(upTo(below - 1), { minLength: 1, maxLength: count });
const picks = fc.oneof(
  on(
    "gather",
    1,
    (shape) => along(shape).chain((axis) => fc.tuple(fc.constant(axis), indices(5, shape.at(axis)!))),
    (x, [axis, list]) => tf.gather(x, tf.tensor1d(list, "int32"), axis),
  ),
  on(
    "gather in batches",
    1,
    (shape) => indices(3, shape[shape.length - 1]!),
    (x, list) => {
      const cube = tf.stack([x, tf.reverse(x)]); // [2, …, side]
      const ids = tf.tensor2d([list, [...list].reverse()], [2, list.length], "int32");
      return tf.gather(cube, ids, cube.rank - 1, 1);
    },
  ),
  on(
    "gatherND",
    1,
    (shape) =>
      fc.array(
        perAxis(shape.slice(0, 2), (side) => upTo(side - 1)),
        { minLength: 1, maxLength: 4 },
      ),
    (x, list) => tf.gatherND(x, tf.tensor2d(list, [list.length, list[0]!.length], "int32")),
    numbers,
  ),
  on(
    "scatterND",
    1,
    (shape) => fc.array(upTo(4), { minLength: shape[0]!, maxLength: shape[0]! }),
    (x, list) => tf.scatterND(tf.tensor2d(list, [list.length, 1], "int32"), x, [5, ...x.shape.slice(1)]),
    numbers,
  ),
  on(
    "unsortedSegmentSum",
    1,
    // −1 and 4 are outside of the segments and are left out.
    (shape) => fc.array(fc.integer({ min: -1, max: 4 }), { minLength: shape[0]!, maxLength: shape[0]! }),
    (x, list) => tf.unsortedSegmentSum(x, tf.tensor1d(list, "int32"), 4),
    fc.constant("float32"),
  ),
  on(
    "oneHot",
    0,
    () => fc.integer({ min: 2, max: 4 }),
    (x, depth) => tf.oneHot(x, depth, 2, -1),
    fc.constant("int32"),
  ),
  on(
    "topk",
    1,
    (shape) => fc.integer({ min: 1, max: shape[shape.length - 1]! }),
    (x, k) => {
      const { values, indices: places } = tf.topk(x, k);
      return [values, places];
    },
    numbers,
  ),
  on(
    "diag",
    1,
    () => fc.constant(0),
    (x) => tf.diag(tf.reshape(x, [-1])),
    numbers,
  ),
);

const calls = fc
  .record({
    shape: shapes(0),
    value: fc.integer({ min: -3, max: 3 }),
    step: fc.constantFrom(-2, -1, 1, 2, 3),
    stop: fc.integer({ min: -6, max: 6 }),
    num: fc.integer({ min: 1, max: 6 }),
  })
  .map(({ shape, value, step, stop, num }): Call => ({
    name: `made of ${JSON.stringify({ shape, value, step, stop, num })}`,
    operands: [{ shape: [], dtype: "float32" }],
    run: (x) => [
      tf.add(x, tf.fill(shape, value)),
      tf.fill(shape, value, "int32"),
      tf.ones(shape, "bool"),
      tf.range(0, stop, Math.sign(stop) * Math.abs(step) || 1, "int32"),
      tf.linspace(value, stop, num),
      tf.eye(num),
    ],
  }));

describe("compiled is as eager, however values are", () => {
  it("moved", () => expect(checkCalls(moves)).resolves.toBeUndefined());
  it("joined, cut and repeated", () => expect(checkCalls(joins)).resolves.toBeUndefined());
  it("picked and placed", () => expect(checkCalls(picks)).resolves.toBeUndefined());
  it("made", () => expect(checkCalls(calls, 4)).resolves.toBeUndefined());
});
