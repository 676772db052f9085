import * as tf from "../../tf.js";
import type { Graph, Value } from "../graph.js";
import {
  type KernelCall,
  type Lowering,
  addBinary,
  cast,
  concat,
  expand,
  requireInput,
  reduce,
  reshape,
  slice,
  transpose,
} from "./kit.js";
import { type Window, cropUnusedEnd, scatterTaps, sliceTaps, windowOf } from "./window.js";

function poolWindowOf({ attrs }: KernelCall, input: readonly number[]): Window {
  const rounding = attrs.dimRoundingMode as "floor" | undefined;
  if (input.length === 5)
    return windowOf(
      tf.backend_util.computePool3DInfo(
        [...input] as [number, number, number, number, number],
        attrs.filterSize as [number, number, number],
        attrs.strides as [number, number, number],
        1,
        attrs.pad as "same",
        rounding,
      ),
    );
  return windowOf(
    tf.backend_util.computePool2DInfo(
      [...input] as [number, number, number, number],
      attrs.filterSize as [number, number],
      attrs.strides as [number, number],
      1,
      attrs.pad as "same",
      rounding,
    ),
  );
}

const lowest = -3.4e38;

/** Pools by one slice for each tap. */
function poolByTaps({ graph, ...call }: KernelCall, window: Window, kind: "MaxPool" | "AveragePool"): Value {
  const x = requireInput({ graph, ...call }, "x");
  if (kind === "MaxPool")
    return sliceTaps(graph, x, window, lowest).reduce((best, value) => addBinary(graph, "Max", best, value));
  const sum = sliceTaps(graph, x, window).reduce((total, value) => addBinary(graph, "Add", total, value));
  return addBinary(graph, "Div", sum, countCovered(graph, window));
}

const makePool =
  (kind: "MaxPool" | "AveragePool"): Lowering =>
  (call) => {
    const { graph } = call;
    const x = requireInput(call, "x");
    const window = poolWindowOf(call, x.shape);
    // ONNX Runtime refuses padding as wide as the window, and windows of an empty result.
    if (
      window.before.some((by, axis) => by >= window.taps[axis]!) ||
      window.after.some((by, axis) => by >= window.taps[axis]!) ||
      window.output.includes(0)
    )
      return poolByTaps(call, window, kind);
    const spatial = window.input.map((_, axis) => axis);
    const channels = x.shape[x.shape.length - 1]!;
    const result = graph.add(
      kind,
      [
        transpose(graph, cropUnusedEnd(graph, x, window), [
          0,
          spatial.length + 1,
          ...spatial.map((axis) => axis + 1),
        ]),
      ],
      { shape: [window.batch, channels, ...window.output], dtype: "float32" },
      {
        kernel_shape: { ints: window.taps },
        strides: { ints: window.strides },
        pads: { ints: [...window.before, ...window.after] },
      },
    );
    return transpose(graph, result, [0, ...spatial.map((axis) => axis + 2), 1]);
  };

/** Counts how many input elements each window covers, at least 1: `[1, …output, 1]`. */
function countCovered(graph: Graph, window: Window): Value {
  const along = window.output.map((size, axis) =>
    Array.from({ length: size }, (_, index) => {
      const start = index * window.strides[axis]! - window.before[axis]!;
      return Math.max(0, Math.min(start + window.taps[axis]!, window.input[axis]!) - Math.max(start, 0));
    }),
  );
  const products = along.reduce(
    (all, axisCounts) => all.flatMap((product) => axisCounts.map((count) => product * count)),
    [1],
  );
  const data = Float32Array.from(products, (count) => Math.max(1, count));
  return graph.addConstant({ shape: [1, ...window.output, 1], dtype: "float32", data });
}

/** Shares each gradient among the elements of its window. */
const averageGradient: Lowering = (call) => {
  const { graph } = call;
  const [dy, input] = [requireInput(call, "dy"), requireInput(call, "input")];
  const window = poolWindowOf(call, input.shape);
  const share = addBinary(graph, "Div", dy, countCovered(graph, window));
  return scatterTaps(
    graph,
    window,
    Array.from({ length: window.taps.reduce((a, b) => a * b) }, () => share),
  );
};

/**
 * Passes `dy` to the tap that holds the largest value, for each tap. Among equals the first tap wins, as in the eager kernels.
 */
function passToWinners(graph: Graph, taps: readonly Value[], dy: Value): Value[] {
  const top = taps.reduce((best, value) => addBinary(graph, "Max", best, value));
  let open: Value = expand(graph, graph.addScalar(1), top.shape);
  return taps.map((value) => {
    const hit = cast(graph, addBinary(graph, "Equal", value, top, "bool"), "float32");
    const mine = addBinary(graph, "Mul", hit, open);
    open = addBinary(graph, "Sub", open, mine);
    return addBinary(graph, "Mul", dy, mine);
  });
}

const lowerMaxGradient: Lowering = (call) => {
  const { graph } = call;
  const input = requireInput(call, "input");
  const window = poolWindowOf(call, input.shape);
  return scatterTaps(
    graph,
    window,
    passToWinners(graph, sliceTaps(graph, input, window, lowest), requireInput(call, "dy")),
  );
};

/** Slices what each tap of a grey dilation reads: pixels plus the filter's value there. */
function sliceDilatedTaps(call: KernelCall): { window: Window; taps: Value[] } {
  const { graph, attrs } = call;
  const [x, filter] = [requireInput(call, "x"), requireInput(call, "filter")];
  const window = windowOf(
    tf.backend_util.computeDilation2DInfo(
      [...x.shape] as [number, number, number, number],
      [...filter.shape] as [number, number, number],
      attrs.strides as number,
      attrs.pad as "same",
      "NHWC",
      attrs.dilations as number,
    ),
  );
  const taps = sliceTaps(graph, x, window, lowest).map((value, tap) =>
    addBinary(graph, "Add", value, tapValueOf(graph, filter, tap)),
  );
  return { window, taps };
}

/** Returns the values of one tap, row-major: `[channels]`. */
function tapValueOf(graph: Graph, filter: Value, tap: number): Value {
  const [rows, columns, channels] = filter.shape as [number, number, number];
  const flat = reshape(graph, filter, [rows * columns, channels]);
  return reshape(graph, slice(graph, flat, [tap, 0], [tap + 1, channels]), [channels]);
}

/** Pooling and grey dilation with their gradients. */
export const pools: Record<string, Lowering> = {
  MaxPool: makePool("MaxPool"),
  MaxPool3D: makePool("MaxPool"),
  AvgPool: makePool("AveragePool"),
  AvgPool3D: makePool("AveragePool"),
  MaxPoolGrad: lowerMaxGradient,
  MaxPool3DGrad: lowerMaxGradient,
  AvgPoolGrad: averageGradient,
  AvgPool3DGrad: averageGradient,
  Dilation2D: (call) =>
    sliceDilatedTaps(call).taps.reduce((best, value) => addBinary(call.graph, "Max", best, value)),
  Dilation2DBackpropInput: (call) => {
    const { window, taps: seen } = sliceDilatedTaps(call);
    return scatterTaps(call.graph, window, passToWinners(call.graph, seen, requireInput(call, "dy")));
  },
  Dilation2DBackpropFilter: (call) => {
    const { graph } = call;
    const sums = passToWinners(graph, sliceDilatedTaps(call).taps, requireInput(call, "dy")).map((won) => {
      const sum = reduce(graph, "ReduceSum", won, [0, 1, 2], false);
      return reshape(graph, sum, [1, sum.shape[0]!]);
    });
    return reshape(graph, concat(graph, sums, 0), requireInput(call, "filter").shape);
  },
};
