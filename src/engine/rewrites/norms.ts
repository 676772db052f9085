import { sizeOf } from "../../tensor/index.js";
import { type Graph, type Value, uniformValueOf } from "../graph.js";
import { addBinary, addLike } from "../kernels/kit.js";
import { type Rewrite, type RewriteScope, producerOf } from "./rewrite.js";

/** Tells whether a value is the mean of another over its last axis, which stays. */
function isMean(value: Value, of: Value): boolean {
  const mean = producerOf(value, "ReduceMean");
  const rank = of.shape.length;
  return (
    mean?.inputs[0] === of &&
    value.shape.length === rank &&
    value.shape[rank - 1] === 1 &&
    sizeOf(value.shape) * of.shape[rank - 1]! === sizeOf(of.shape)
  );
}

/** Lists the two factors of a product in both orders; none when the value is no product. */
function listFactorOrders(value: Value): [Value, Value][] {
  const [a, b] = (producerOf(value, "Mul")?.inputs ?? []) as Value[];
  return a && b
    ? [
        [a, b],
        [b, a],
      ]
    : [];
}

interface Norm {
  readonly x: Value;
  readonly unit: Value;
  readonly mean: Value;
  readonly centred: Value;
  /** The mean square of what is centred, plus epsilon. */
  readonly variance: Value;
  /** One over the root of that. */
  readonly scale: Value;
  readonly epsilon: number;
}

/** Recognises `(x − mean) · rsqrt(mean((x − mean)²) + ε)`. */
function matchNorm(unit: Value): Norm | undefined {
  for (const [centred, scale] of listFactorOrders(unit)) {
    const [x, mean] = (producerOf(centred, "Sub")?.inputs ?? []) as Value[];
    const variance = producerOf(producerOf(scale, "Reciprocal")?.inputs[0], "Sqrt")?.inputs[0];
    const [square, added] = (producerOf(variance, "Add")?.inputs ?? []) as Value[];
    const epsilon = added && uniformValueOf(added);
    if (!x || !mean || !variance || !square || epsilon === undefined || !isMean(mean, x)) continue;
    const squares = producerOf(square, "ReduceMean")?.inputs[0];
    const squared = producerOf(squares, "Mul")?.inputs.every((each) => each === centred);
    if (squares && squared && isMean(square, squares))
      return { x, unit, mean, centred, variance, scale, epsilon };
  }
  return undefined;
}

/** Lets the gradient read what the operator found out on the way, so that nothing is computed twice. */
function share(norm: Norm, inputs: readonly Value[], attributes: Attributes, scope: RewriteScope): void {
  const { graph } = scope;
  const found = (slot: number): Value =>
    graph.add("LayerNormalization", inputs, norm.scale, attributes, slot);
  const [mean, scale] = [found(1), found(2)];
  const centred = addBinary(graph, "Sub", norm.x, mean);
  scope.replace(norm.mean, mean);
  scope.replace(norm.centred, centred);
  scope.replace(norm.scale, scale);
  scope.replace(norm.unit, addBinary(graph, "Mul", centred, scale));
  scope.replace(norm.variance, addLike(graph, "Reciprocal", [addBinary(graph, "Mul", scale, scale)]));
}

type Attributes = Parameters<Graph["add"]>[3];

/** Layer normalisation with gain and bias, written out, becomes one operator, whose mean and scale the gradient uses. */
export const norms: Rewrite = {
  name: "norms",
  apply({ operator, inputs, output }, scope) {
    const channels = output.shape[output.shape.length - 1];
    if (operator !== "Add" || output.dtype !== "float32") return undefined;
    const perChannel = ({ shape }: Value): boolean => shape.length === 1 && shape[0] === channels;
    for (const [scaled, bias] of [inputs, [...inputs].reverse()] as [Value, Value][])
      for (const [unit, gain] of listFactorOrders(scaled)) {
        if (!perChannel(bias) || !perChannel(gain)) continue;
        const norm = matchNorm(unit);
        if (!norm) continue;
        const given = [norm.x, gain, bias];
        const attributes = { axis: { int: -1 }, epsilon: { float: norm.epsilon } };
        share(norm, given, attributes, scope);
        return scope.graph.add("LayerNormalization", given, output, attributes);
      }
    return undefined;
  },
};
