import * as tf from "../../tf.js";
import type { Graph, Value } from "../graph.js";
import {
  type KernelCall,
  type Lowering,
  binary,
  cast,
  concat,
  expand,
  need,
  reduce,
  reshape,
  slice,
  transpose,
} from "./kit.js";
import { type Window, cropUnusedEnd, scatterTaps, sliceTaps, windowOf } from "./window.js";

function poolWindow({ attrs }: KernelCall, input: readonly number[]): Window {
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

/** The same pooling as one slice a tap. */
function byTaps({ graph, ...call }: KernelCall, window: Window, kind: "MaxPool" | "AveragePool"): Value {
  const x = need({ graph, ...call }, "x");
  if (kind === "MaxPool")
    return sliceTaps(graph, x, window, lowest).reduce((best, value) => binary(graph, "Max", best, value));
  const sum = sliceTaps(graph, x, window).reduce((total, value) => binary(graph, "Add", total, value));
  return binary(graph, "Div", sum, counts(graph, window));
}

const pool =
  (kind: "MaxPool" | "AveragePool"): Lowering =>
  (call) => {
    const { graph } = call;
    const x = need(call, "x");
    const window = poolWindow(call, x.shape);
    // ONNX Runtime refuses padding as wide as the window, and windows of an empty result.
    if (
      window.before.some((by, axis) => by >= window.taps[axis]!) ||
      window.after.some((by, axis) => by >= window.taps[axis]!) ||
      window.output.includes(0)
    )
      return byTaps(call, window, kind);
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

/** How many input elements each window covers, at least 1: `[1, …output, 1]`. */
function counts(graph: Graph, window: Window): Value {
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
  return graph.constant({ shape: [1, ...window.output, 1], dtype: "float32", data });
}

/** Shares each gradient among the elements of its window. */
const averageGradient: Lowering = (call) => {
  const { graph } = call;
  const [dy, input] = [need(call, "dy"), need(call, "input")];
  const window = poolWindow(call, input.shape);
  const share = binary(graph, "Div", dy, counts(graph, window));
  return scatterTaps(
    graph,
    window,
    Array.from({ length: window.taps.reduce((a, b) => a * b) }, () => share),
  );
};

/** For each tap, `dy` where the tap holds the largest value. Among equals the first tap wins, as in the eager kernels. */
function toWinners(graph: Graph, taps: readonly Value[], dy: Value): Value[] {
  const top = taps.reduce((best, value) => binary(graph, "Max", best, value));
  let open: Value = expand(graph, graph.scalar(1), top.shape);
  return taps.map((value) => {
    const hit = cast(graph, binary(graph, "Equal", value, top, "bool"), "float32");
    const mine = binary(graph, "Mul", hit, open);
    open = binary(graph, "Sub", open, mine);
    return binary(graph, "Mul", dy, mine);
  });
}

const maxGradient: Lowering = (call) => {
  const { graph } = call;
  const input = need(call, "input");
  const window = poolWindow(call, input.shape);
  return scatterTaps(
    graph,
    window,
    toWinners(graph, sliceTaps(graph, input, window, lowest), need(call, "dy")),
  );
};

/** What each tap of a grey dilation sees: pixels plus the filter's value there. */
function dilated(call: KernelCall): { window: Window; taps: Value[] } {
  const { graph, attrs } = call;
  const [x, filter] = [need(call, "x"), need(call, "filter")];
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
    binary(graph, "Add", value, tapValue(graph, filter, tap)),
  );
  return { window, taps };
}

/** The values of one tap, row-major: `[channels]`. */
function tapValue(graph: Graph, filter: Value, tap: number): Value {
  const [rows, columns, channels] = filter.shape as [number, number, number];
  const flat = reshape(graph, filter, [rows * columns, channels]);
  return reshape(graph, slice(graph, flat, [tap, 0], [tap + 1, channels]), [channels]);
}

/** Pooling and grey dilation with their gradients. */
export const pools: Record<string, Lowering> = {
  MaxPool: pool("MaxPool"),
  MaxPool3D: pool("MaxPool"),
  AvgPool: pool("AveragePool"),
  AvgPool3D: pool("AveragePool"),
  MaxPoolGrad: maxGradient,
  MaxPool3DGrad: maxGradient,
  AvgPoolGrad: averageGradient,
  AvgPool3DGrad: averageGradient,
  Dilation2D: (call) => dilated(call).taps.reduce((best, value) => binary(call.graph, "Max", best, value)),
  Dilation2DBackpropInput: (call) => {
    const { window, taps: seen } = dilated(call);
    return scatterTaps(call.graph, window, toWinners(call.graph, seen, need(call, "dy")));
  },
  Dilation2DBackpropFilter: (call) => {
    const { graph } = call;
    const sums = toWinners(graph, dilated(call).taps, need(call, "dy")).map((won) => {
      const sum = reduce(graph, "ReduceSum", won, [0, 1, 2], false);
      return reshape(graph, sum, [1, sum.shape[0]!]);
    });
    return reshape(graph, concat(graph, sums, 0), need(call, "filter").shape);
  },
};
