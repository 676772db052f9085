import * as tf from "../../../src/tf.js";
import { type Case, anyShape, floats } from "../compare.js";

/** Kernels that work element by element. */
export const elementwiseCases: Record<string, Case> = {};
const cases = elementwiseCases;

function unaryCase(kernel: string, fn: (x: tf.Tensor) => tf.Tensor, low = -2, high = 2): void {
  cases[kernel] = {
    kernels: [kernel],
    fn: ({ x }) => ({ y: fn(x!) }),
    inputs: (random) => ({ x: floats(anyShape, low, high)(random) }),
  };
}

unaryCase("Abs", tf.abs);
unaryCase("Neg", tf.neg);
unaryCase("Exp", tf.exp);
unaryCase("Expm1", tf.expm1);
unaryCase("Log", tf.log, 0.1, 3);
unaryCase("Log1p", tf.log1p, -0.5, 3);
unaryCase("Sqrt", tf.sqrt, 0, 3);
unaryCase("Rsqrt", tf.rsqrt, 0.1, 3);
unaryCase("Reciprocal", tf.reciprocal, 0.2, 3);
unaryCase("Square", tf.square);
unaryCase("Sigmoid", tf.sigmoid);
unaryCase("Tanh", tf.tanh);
unaryCase("Relu", tf.relu);
unaryCase("Relu6", tf.relu6, -3, 9);
unaryCase("Elu", tf.elu);
unaryCase("Selu", tf.selu);
unaryCase("Softplus", tf.softplus);
unaryCase("Erf", tf.erf);
unaryCase("Floor", tf.floor);
unaryCase("Ceil", tf.ceil);
unaryCase("Round", tf.round);
unaryCase("Sign", tf.sign);
unaryCase("Sin", tf.sin);
unaryCase("Cos", tf.cos);
unaryCase("Tan", tf.tan, -1, 1);
unaryCase("Asin", tf.asin, -0.9, 0.9);
unaryCase("Acos", tf.acos, -0.9, 0.9);
unaryCase("Atan", tf.atan);
unaryCase("Sinh", tf.sinh);
unaryCase("Cosh", tf.cosh);
unaryCase("ClipByValue", (x) => tf.clipByValue(x, -0.5, 0.7));
unaryCase("LeakyRelu", (x) => tf.leakyRelu(x, 0.3));
unaryCase("Step", (x) => tf.step(x, 0.25));
unaryCase("Identity", (x) => tf.add(tf.clone(x), 1));
unaryCase("OnesLike", (x) => tf.add(tf.onesLike(x), x));
unaryCase("ZerosLike", (x) => tf.add(tf.zerosLike(x), x));
unaryCase("IsNan", (x) => tf.isNaN(tf.sqrt(x)));
unaryCase("Cast", (x) => tf.cast(tf.cast(x, "int32"), "float32"));
unaryCase("LogicalNot", (x) => tf.logicalNot(tf.greater(x, 0)));
unaryCase("AddN", (x) => tf.addN([x, x, x]));
unaryCase("Prelu", (x) => tf.prelu(x, tf.scalar(0.3)));
unaryCase("EluGrad", (x) => tf.grad((value: tf.Tensor) => tf.sum(tf.elu(value)))(x));
unaryCase("Asinh", tf.asinh);
unaryCase("Acosh", tf.acosh, 1.05, 3);
unaryCase("Atanh", tf.atanh, -0.9, 0.9);
unaryCase("IsInf", (x) => tf.isInf(tf.div(x, tf.round(x))));
unaryCase("IsFinite", (x) => tf.isFinite(tf.div(x, tf.round(x))));

function pairCase(kernel: string, fn: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor, low = -2, high = 2): void {
  cases[kernel] = {
    kernels: [kernel],
    fn: ({ a, b }) => ({ y: fn(a!, b!) }),
    inputs: (random) => {
      const shape = anyShape(random);
      const other = shape
        .map((length) => (random.uniform() < 0.3 ? 1 : length))
        .slice(random.integer(shape.length));
      return { a: floats(() => shape, low, high)(random), b: floats(() => other, low, high)(random) };
    },
  };
}

pairCase("Add", tf.add);
pairCase("Sub", tf.sub);
pairCase("Multiply", tf.mul);
pairCase("RealDiv", tf.div, 0.3, 2);
pairCase("Maximum", tf.maximum);
pairCase("Minimum", tf.minimum);
pairCase("Pow", tf.pow, 0.2, 2);
pairCase("SquaredDifference", tf.squaredDifference);
pairCase("FloorDiv", tf.floorDiv, 0.3, 2);
pairCase("Mod", tf.mod, 0.3, 2);
pairCase("Equal", (a, b) => tf.equal(tf.round(a), tf.round(b)));
pairCase("NotEqual", (a, b) => tf.notEqual(tf.round(a), tf.round(b)));
pairCase("Greater", tf.greater);
pairCase("GreaterEqual", tf.greaterEqual);
pairCase("Less", tf.less);
pairCase("LessEqual", tf.lessEqual);
pairCase("LogicalAnd", (a, b) => tf.logicalAnd(tf.greater(a, 0), tf.greater(b, 0)));
pairCase("LogicalOr", (a, b) => tf.logicalOr(tf.greater(a, 0), tf.greater(b, 0)));
pairCase("Select", (a, b) => tf.where(tf.greater(a, b), a, tf.mul(a, 2)));

pairCase("Atan2", (a, b) => tf.atan2(tf.floor(a), tf.floor(b)));
pairCase("BitwiseAnd", (a, b) => {
  const ints = (x: tf.Tensor): tf.Tensor => tf.cast(tf.mul(x, 50), "int32");
  const [left, right] = [ints(a), ints(b)];
  return tf.bitwiseAnd(tf.add(left, tf.zerosLike(right)), tf.add(right, tf.zerosLike(left)));
});
