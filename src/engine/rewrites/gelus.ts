import { type Value, uniformValue } from "../graph.js";
import { binary, sameShape } from "../kernels/kit.js";
import { type Rewrite, type RewriteScope, producerOf } from "./rewrite.js";

interface Product {
  readonly factors: readonly Value[];
  readonly number: number;
}

/** The factors of products of products, without the numbers, and the product of the numbers. */
function spreadOut(value: Value): Product {
  const inputs = producerOf(value, "Mul")?.inputs;
  if (inputs) return multiplied(inputs as Value[]);
  const number = uniformValue(value);
  return number === undefined ? { factors: [value], number: 1 } : { factors: [], number };
}

function multiplied(values: readonly Value[]): Product {
  const parts = values.map(spreadOut);
  return {
    factors: parts.flatMap(({ factors }) => factors),
    number: parts.reduce((product, { number }) => product * number, 1),
  };
}

const isClose = (a: number, b: number): boolean => Math.abs(a - b) < 1e-5 * Math.abs(b);

/** The other operand of a sum with a number near `number`. */
function besides(value: Value | undefined, number: number): Value | undefined {
  const inputs = (producerOf(value, "Add")?.inputs ?? []) as Value[];
  const at = inputs.findIndex((input) => isClose(uniformValue(input) ?? NaN, number));
  return at < 0 ? undefined : inputs[1 - at];
}

/** Which Gaussian unit `½ x · (1 + inner)` is, by its inner function. */
function kindOf(x: Value, inner: Value): "none" | "tanh" | undefined {
  const erf = producerOf(inner, "Erf")?.inputs[0];
  if (erf) {
    const { factors, number } = spreadOut(erf);
    return factors.length === 1 && factors[0] === x && isClose(number, Math.SQRT1_2) ? "none" : undefined;
  }
  const tanh = producerOf(inner, "Tanh")?.inputs[0];
  if (!tanh) return undefined;
  const { factors, number } = spreadOut(tanh);
  const cubic = besides(
    factors.find((factor) => factor !== x),
    1,
  );
  if (factors.length !== 2 || !factors.includes(x) || !cubic || !isClose(number, Math.sqrt(2 / Math.PI)))
    return undefined;
  const square = spreadOut(cubic);
  const squared = square.factors.length === 2 && square.factors.every((factor) => factor === x);
  return squared && isClose(square.number, 0.044715) ? "tanh" : undefined;
}

/** `½ x · (1 + erf(x / √2))`, or its approximation by tanh, as one operator; not where a gradient reads the sum as well. */
function forward(product: readonly Value[], output: Value, { graph, uses }: RewriteScope): Value | undefined {
  const { factors, number } = multiplied(product);
  if (factors.length !== 2 || !isClose(number, 0.5)) return undefined;
  for (const [x, sum] of [factors, [...factors].reverse()] as [Value, Value][]) {
    const inner = besides(sum, 1);
    const kind = inner && uses(sum) === 1 && sameShape(x.shape, output.shape) && kindOf(x, inner);
    if (kind) return graph.add("Gelu", [x], output, { approximate: { text: kind } });
  }
  return undefined;
}

/**
 * `x · σ(a x)` as one operator of ONNX Runtime's, so that `x` is all that is kept for its slope, which computes the sigmoid again: of
 * ViT-B/32 under sixteen views, 115 MB less, in as many passes.
 */
function quick(product: readonly Value[], output: Value, { graph }: RewriteScope): Value | undefined {
  for (const [x, sigmoid] of [product, [...product].reverse()] as [Value, Value][]) {
    const inner = producerOf(sigmoid, "Sigmoid")?.inputs[0];
    if (!inner || !sameShape(x.shape, output.shape)) continue;
    const { factors, number } = spreadOut(inner);
    if (factors.length !== 1 || factors[0] !== x) continue;
    return graph.add("com.microsoft.QuickGelu", [x], output, { alpha: { float: number } });
  }
  return undefined;
}

/** Slope of `x · σ(z)` with `z = a x`: `dy · (σ + (z σ − z σ σ))` instead of a sum of two products. */
function quickSlope(sum: readonly Value[], { graph }: RewriteScope): Value | undefined {
  for (const [straight, bent] of [sum, [...sum].reverse()] as [Value, Value][]) {
    const { factors, number } = spreadOut(bent);
    const parts = (producerOf(straight, "Mul")?.inputs ?? []) as Value[];
    const sigmoid = parts.find((part) => producerOf(part, "Sigmoid"));
    const dy = parts.find((part) => part !== sigmoid);
    if (!sigmoid || !dy || factors.length !== 4) continue;
    const inner = spreadOut(producerOf(sigmoid, "Sigmoid")!.inputs[0]!);
    const [x] = inner.factors;
    const rest = factors.find((factor) => {
      const [one, other] = (producerOf(factor, "Sub")?.inputs ?? []) as Value[];
      return one && uniformValue(one) === 1 && other === sigmoid;
    });
    if (!x || inner.factors.length !== 1 || inner.number !== number || !rest) continue;
    const operands = [dy, x, sigmoid, rest];
    if (operands.some((each) => !factors.includes(each)) || new Set(operands).size !== 4) continue;
    const z = binary(graph, "Mul", producerOf(sigmoid, "Sigmoid")!.inputs[0]!, sigmoid);
    const bend = binary(graph, "Sub", z, binary(graph, "Mul", z, sigmoid));
    return binary(graph, "Mul", dy, binary(graph, "Add", sigmoid, bend));
  }
  return undefined;
}

/** Gaussian error linear units as one operator, and the slope of the quick one in fewer passes. */
export const gelus: Rewrite = {
  name: "gelus",
  apply({ operator, inputs, output }, scope) {
    if (output.dtype !== "float32" || inputs.length !== 2) return undefined;
    if (operator === "Add") return quickSlope(inputs as Value[], scope);
    if (operator !== "Mul") return undefined;
    return forward(inputs as Value[], output, scope) ?? quick(inputs as Value[], output, scope);
  },
};
