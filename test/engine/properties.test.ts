import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as tf from "../../src/tf.js";
import { type Call, type ElementType, axes, checkCalls, pairsOfShapes, shapes } from "./draws.js";

type Unary = (x: tf.Tensor) => tf.Tensor;
type Pair = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;

const oneOf = <T>(table: Readonly<Record<string, T>>): fc.Arbitrary<[string, T]> =>
  fc.constantFrom(...Object.entries(table));
const typed = (...types: ElementType[]): fc.Arbitrary<ElementType> => fc.constantFrom(...types);
const anyType = typed("float32", "int32", "bool");
const numeric = typed("float32", "int32");

const smooth: Record<string, Unary> = {
  exp: tf.exp,
  expm1: tf.expm1,
  sin: tf.sin,
  cos: tf.cos,
  atan: tf.atan,
  sinh: tf.sinh,
  cosh: tf.cosh,
  asinh: tf.asinh,
  tanh: tf.tanh,
  sigmoid: tf.sigmoid,
  elu: tf.elu,
  selu: tf.selu,
  erf: tf.erf,
  softplus: tf.softplus,
  floor: tf.floor,
  ceil: tf.ceil,
  round: tf.round,
  leakyRelu: (x) => tf.leakyRelu(x, 0.3),
};
const exact: Record<string, Unary> = {
  abs: tf.abs,
  neg: tf.neg,
  sign: tf.sign,
  square: tf.square,
  relu: tf.relu,
  relu6: tf.relu6,
  step: (x) => tf.step(x),
  clip: (x) => tf.clipByValue(x, -1, 2),
  onesLike: tf.onesLike,
  zerosLike: tf.zerosLike,
  isNaN: tf.isNaN,
  isFinite: tf.isFinite,
};
const positive: Record<string, Unary> = {
  log: tf.log,
  log1p: tf.log1p,
  sqrt: tf.sqrt,
  rsqrt: tf.rsqrt,
  reciprocal: tf.reciprocal,
};

const unary: fc.Arbitrary<Call> = fc.oneof(
  fc
    .tuple(oneOf(smooth), shapes(0))
    .map(([[name, run], shape]): Call => ({ name, run, operands: [{ shape, dtype: "float32" }] })),
  fc.tuple(oneOf(exact), shapes(0), numeric).map(([[name, run], shape, dtype]): Call => ({
    name: `${name} ${dtype}`,
    run,
    operands: [{ shape, dtype }],
  })),
  fc.tuple(oneOf(positive), shapes(0)).map(([[name, run], shape]): Call => ({
    name,
    run,
    operands: [{ shape, dtype: "float32" }],
    range: [0.25, 4],
  })),
  fc.tuple(shapes(0), anyType, anyType).map(([shape, from, to]): Call => ({
    name: `cast ${from} ${to}`,
    run: (x) => tf.cast(x, to),
    operands: [{ shape, dtype: from }],
  })),
);

const arithmetic: Record<string, Pair> = {
  add: tf.add,
  sub: tf.sub,
  mul: tf.mul,
  div: tf.div,
  maximum: tf.maximum,
  minimum: tf.minimum,
  floorDiv: tf.floorDiv,
  mod: tf.mod,
  squaredDifference: tf.squaredDifference,
};
const comparisons: Record<string, Pair> = {
  equal: tf.equal,
  notEqual: tf.notEqual,
  greater: tf.greater,
  greaterEqual: tf.greaterEqual,
  less: tf.less,
  lessEqual: tf.lessEqual,
};
const logic: Record<string, Pair> = {
  and: tf.logicalAnd,
  or: tf.logicalOr,
  xor: tf.logicalXor,
};

const pairOf = (
  [name, run]: [string, Pair],
  [left, right]: [number[], number[]],
  types: readonly [ElementType, ElementType],
  range?: readonly [number, number],
): Call => ({
  name: `${name} ${types}`,
  run,
  operands: [
    { shape: left, dtype: types[0] },
    { shape: right, dtype: types[1] },
  ],
  ...(range && { range }),
});

const pair: fc.Arbitrary<Call> = fc.oneof(
  fc
    .tuple(oneOf(arithmetic), pairsOfShapes(0))
    .map(([op, both]) => pairOf(op, both, ["float32", "float32"], [0.5, 4])),
  // Integers include 0 as a divisor: eager gives 0, and the compiled program must not stop the process.
  fc.tuple(oneOf(arithmetic), pairsOfShapes(0)).map(([op, both]) => pairOf(op, both, ["int32", "int32"])),
  fc
    .tuple(oneOf(comparisons), pairsOfShapes(0), anyType)
    .map(([op, both, dtype]) => pairOf(op, both, [dtype, dtype])),
  fc.tuple(oneOf(logic), pairsOfShapes(0)).map(([op, both]) => pairOf(op, both, ["bool", "bool"])),
  fc
    .tuple(oneOf({ pow: tf.pow, atan2: tf.atan2 as Pair }), pairsOfShapes(0))
    .map(([op, both]) => pairOf(op, both, ["float32", "float32"], [0.25, 2])),
  fc.tuple(pairsOfShapes(1), anyType).map(([[left, right], dtype]): Call => ({
    name: `where ${dtype}`,
    run: (condition, a, b) => tf.where(condition, a, b),
    operands: [
      { shape: left, dtype: "bool" },
      { shape: right, dtype },
      { shape: right, dtype },
    ],
  })),
);

const sums: Record<string, (x: tf.Tensor, axis: number[], keep: boolean) => tf.Tensor> = {
  sum: tf.sum,
  mean: tf.mean,
  prod: tf.prod,
};
const extremes: typeof sums = {
  max: tf.max,
  min: tf.min,
  logSumExp: tf.logSumExp,
  norm: (x, axis, keep) => tf.sqrt(tf.sum(tf.square(x), axis, keep)),
};
const questions: typeof sums = { all: tf.all, any: tf.any };

const subset = (rank: number): fc.Arbitrary<number[]> =>
  fc
    .subarray(Array.from({ length: rank }, (_, axis) => axis))
    .chain((list) =>
      fc
        .array(fc.boolean(), { minLength: rank, maxLength: rank })
        .map((back) => list.map((axis) => (back[axis] ? axis - rank : axis))),
    );

const reductionOf = (
  table: typeof sums,
  least: number,
  types: fc.Arbitrary<ElementType>,
): fc.Arbitrary<Call> =>
  fc.tuple(oneOf(table), shapes(least, 1), types, fc.boolean()).chain(([[name, run], shape, dtype, keep]) =>
    subset(shape.length).map((list): Call => ({
      name: `${name} ${dtype} over [${list}] of [${shape}]`,
      run: (x) => run(x, list, keep),
      operands: [{ shape, dtype }],
    })),
  );

const alongOf = (table: Record<string, (x: tf.Tensor, axis: number) => tf.Tensor>): fc.Arbitrary<Call> =>
  fc.tuple(oneOf(table), shapes(1, 1)).chain(([[name, run], shape]) =>
    axes(shape.length).map((axis): Call => ({
      name: `${name} ${axis}`,
      run: (x) => run(x, axis),
      operands: [{ shape, dtype: "float32" }],
    })),
  );

const fromFront = (x: tf.Tensor, axis: number): number => (axis < 0 ? axis + x.rank : axis);
const reduction = fc.oneof(
  reductionOf(sums, 0, numeric),
  reductionOf(extremes, 1, typed("float32")),
  reductionOf(questions, 1, typed("bool")),
  alongOf({
    argMax: tf.argMax,
    argMin: tf.argMin,
    cumsum: (x, axis) => tf.cumsum(x, fromFront(x, axis), true),
    cumprod: (x, axis) => tf.cumprod(x, fromFront(x, axis), false, true),
    softmax: (x) => tf.softmax(x),
    logSoftmax: (x) => tf.logSoftmax(x),
  }),
);

describe("compiled is as eager, whatever the shape and type", () => {
  it("of one operand", () => expect(checkCalls(unary)).resolves.toBeUndefined());
  it("of two operands that broadcast", () => expect(checkCalls(pair)).resolves.toBeUndefined());
  it("of reductions", () => expect(checkCalls(reduction)).resolves.toBeUndefined());
});
