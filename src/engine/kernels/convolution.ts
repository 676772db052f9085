import * as tf from "../../tf.js";
import type { Graph, Value } from "../graph.js";
import { activate } from "./elementwise.js";
import { filterGradient } from "./filter.js";
import {
  type KernelCall,
  type Lowering,
  binary,
  concat,
  matMul,
  need,
  reduce,
  reshape,
  reverse,
  slice,
  transpose,
} from "./kit.js";
import {
  type Window,
  cropUnusedEnd,
  padOrCrop,
  tapSpanOf,
  insertZeros,
  sliceTaps,
  windowOf,
  gatherPatches,
} from "./window.js";

const toPlanes = (rank: number): number[] => [
  0,
  rank - 1,
  ...Array.from({ length: rank - 2 }, (_, at) => at + 1),
];
const toPixels = (rank: number): number[] => [0, ...Array.from({ length: rank - 2 }, (_, at) => at + 2), 1];

/** Channels last, whichever way the kernel was called. */
const pixelsOf = (call: KernelCall, x: Value): Value =>
  call.attrs.dataFormat === "NCHW" ? transpose(call.graph, x, toPixels(x.shape.length)) : x;
const backFrom = (call: KernelCall, pixels: Value): Value =>
  call.attrs.dataFormat === "NCHW" ? transpose(call.graph, pixels, toPlanes(pixels.shape.length)) : pixels;

function convWindow(call: KernelCall, input: readonly number[], filter: readonly number[]): Window {
  const { attrs } = call;
  const first = attrs.dataFormat === "NCHW";
  if (input.length === 5)
    return windowOf(
      tf.backend_util.computeConv3DInfo(
        [...input] as [number, number, number, number, number],
        [...filter] as [number, number, number, number, number],
        attrs.strides as number,
        (attrs.dilations as number | undefined) ?? 1,
        attrs.pad as "same",
      ),
    );
  return windowOf(
    tf.backend_util.computeConv2DInfo(
      [...input] as [number, number, number, number],
      [...filter] as [number, number, number, number],
      attrs.strides as number,
      (attrs.dilations as number | undefined) ?? 1,
      attrs.pad as "same",
      attrs.dimRoundingMode as "floor" | undefined,
      call.kernel.includes("Depthwise"),
      first ? "channelsFirst" : "channelsLast",
    ),
  );
}

/** Results of at most this many places go by matrix product: at 2×2 pixels, 256 channels and batch 128, 3.8 ms against 17.7. */
const fewPlaces = 8;

/** Convolution of `[batch, …, in]` with a filter `[…taps, in / group, out]`. */
function conv(graph: Graph, pixels: Value, filter: Value, window: Window, group = 1, bias?: Value): Value {
  const places = window.output.reduce((product, side) => product * side, 1);
  const channels = filter.shape[filter.shape.length - 1]!;
  const shape = [window.batch, ...window.output, channels];
  if (group === 1 && places <= fewPlaces) {
    const patches = gatherPatches(graph, pixels, window);
    const depth = patches.shape[shape.length - 1]!;
    const left = reshape(graph, patches, [window.batch * places, depth]);
    const product = matMul(graph, left, reshape(graph, filter, [depth, channels]));
    return reshape(graph, bias ? binary(graph, "Add", product, bias) : product, shape);
  }
  const rank = shape.length;
  const kernel = transpose(graph, filter, [rank - 1, rank - 2, ...window.taps.map((_, axis) => axis)]);
  const planes = transpose(graph, cropUnusedEnd(graph, pixels, window), toPlanes(rank));
  const result = graph.add(
    "Conv",
    bias ? [planes, kernel, bias] : [planes, kernel],
    { shape: [window.batch, channels, ...window.output], dtype: "float32" },
    {
      kernel_shape: { ints: window.taps },
      pads: { ints: [...window.before, ...window.after] },
      strides: { ints: window.strides },
      dilations: { ints: window.dilations },
      group: { int: group },
    },
  );
  return transpose(graph, result, toPixels(rank));
}

function forward(call: KernelCall, bias?: Value): Value {
  const [x, filter] = [need(call, "x"), need(call, "filter")];
  const window = convWindow(call, x.shape, filter.shape);
  const pixels = pixelsOf(call, x);
  if (!call.kernel.includes("Depthwise")) return conv(call.graph, pixels, filter, window, 1, bias);
  const [rows, columns, channels, multiplier] = filter.shape as [number, number, number, number];
  const shaped = reshape(call.graph, filter, [rows, columns, 1, channels * multiplier]);
  return conv(call.graph, pixels, shaped, window, channels, bias);
}

/** Gradient to the input: the gradients, spread out by the stride, convolved with the kernel turned round. */
function toInput(call: KernelCall): Value {
  const { graph } = call;
  const [dy, filter] = [need(call, "dy"), need(call, "filter")];
  const window = convWindow(call, call.attrs.inputShape as number[], filter.shape);
  const pixels = pixelsOf(call, dy);
  // A transposed convolution may be given more gradients than its window has places.
  const none = pixels.shape.map(() => 0);
  const used = [window.batch, ...window.output, pixels.shape[none.length - 1]!];
  const cells = insertZeros(graph, slice(graph, pixels, none, used), window.strides);
  const axes = window.input.map((_, axis) => axis);
  const rank = axes.length + 2;
  // HWIO → HWOI; of a depthwise filter HWCM → HWMC: each input channel gathers from its own `M` outputs.
  const turned = transpose(graph, reverse(graph, filter, axes), [...axes, rank - 1, rank - 2]);
  const before = axes.map((axis) => tapSpanOf(window, axis) - 1 - window.before[axis]!);
  const after = axes.map(
    (axis) => window.input[axis]! - cells.shape[axis + 1]! + tapSpanOf(window, axis) - 1 - before[axis]!,
  );
  // Padding wider than the filter leaves gradients that belong to no input.
  const cropped = padOrCrop(
    graph,
    cells,
    before.map((amount) => Math.min(0, amount)),
    after.map((amount) => Math.min(0, amount)),
  );
  const full: Window = {
    ...window,
    input: cropped.shape.slice(1, -1),
    output: window.input,
    strides: axes.map(() => 1),
    before: before.map((amount) => Math.max(0, amount)),
    after: after.map((amount) => Math.max(0, amount)),
  };
  const group = call.kernel.includes("Depthwise") ? filter.shape[2]! : 1;
  return backFrom(call, conv(graph, cropped, turned, full, group));
}

/** Gradient to the kernel: what the taps saw, times the gradients, as one matrix product. */
function toFilter(call: KernelCall): Value {
  const { graph } = call;
  const [x, dy] = [pixelsOf(call, need(call, "x")), pixelsOf(call, need(call, "dy"))];
  const filterShape = call.attrs.filterShape as number[];
  const window = convWindow(call, need(call, "x").shape, filterShape);
  return reshape(graph, filterGradient(graph, x, dy, window), filterShape);
}

function fused(call: KernelCall): Value {
  const { graph, attrs, inputs } = call;
  const vector = inputs.bias?.shape.length === 1 ? inputs.bias : undefined;
  const product = forward(call, vector);
  const laid = (value: Value): Value => (value.shape.length === 3 ? pixelsOfPlane(call, value) : value);
  const sum = inputs.bias && !vector ? binary(graph, "Add", product, laid(inputs.bias)) : product;
  const slope = inputs.preluActivationWeights && laid(inputs.preluActivationWeights);
  return backFrom(call, activate(graph, sum, attrs.activation, attrs.leakyreluAlpha, slope));
}

/** Per-channel values `[channels, 1, 1]` beside channels-first pictures. */
const pixelsOfPlane = (call: KernelCall, value: Value): Value =>
  call.attrs.dataFormat === "NCHW" ? transpose(call.graph, value, [1, 2, 0]) : value;

/** Convolutions with their gradients. */
export const convolutions: Record<string, Lowering> = {
  Conv2D: (call) => backFrom(call, forward(call)),
  FusedConv2D: fused,
  Conv2DBackpropInput: toInput,
  Conv2DBackpropFilter: toFilter,
  Conv3D: (call) => forward(call),
  Conv3DBackpropInputV2: toInput,
  Conv3DBackpropFilterV2: toFilter,
  DepthwiseConv2dNative: (call) => backFrom(call, forward(call)),
  FusedDepthwiseConv2D: fused,
  DepthwiseConv2dNativeBackpropInput: toInput,
  DepthwiseConv2dNativeBackpropFilter: (call) => {
    const { graph } = call;
    const [x, dy] = [pixelsOf(call, need(call, "x")), pixelsOf(call, need(call, "dy"))];
    const filterShape = call.attrs.filterShape as [number, number, number, number];
    const [, , channels, multiplier] = filterShape;
    const window = convWindow(call, need(call, "x").shape, filterShape);
    const outputs = reshape(graph, dy, [window.batch, ...window.output, channels, multiplier]);
    const rows = sliceTaps(graph, x, window).map((windowValues) => {
      const cells = reshape(graph, windowValues, [...windowValues.shape, 1]);
      const sum = reduce(graph, "ReduceSum", binary(graph, "Mul", cells, outputs), [0, 1, 2], false);
      return reshape(graph, sum, [1, channels, multiplier]);
    });
    return reshape(graph, concat(graph, rows, 0), filterShape);
  },
};
