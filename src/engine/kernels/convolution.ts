import * as tf from "../../tf.js";
import type { Graph, Value } from "../graph.js";
import { activate } from "./elementwise.js";
import { computeFilterGradient } from "./filter.js";
import {
  type KernelCall,
  type Lowering,
  addBinary,
  concat,
  matMul,
  requireInput,
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

/** Moves the channels of a kernel's input to the last axis, unless they are there. */
const channelsLast = (call: KernelCall, x: Value): Value =>
  call.attrs.dataFormat === "NCHW" ? transpose(call.graph, x, toPixels(x.shape.length)) : x;
const channelsAsCalled = (call: KernelCall, pixels: Value): Value =>
  call.attrs.dataFormat === "NCHW" ? transpose(call.graph, pixels, toPlanes(pixels.shape.length)) : pixels;

function convWindowOf(call: KernelCall, input: readonly number[], filter: readonly number[]): Window {
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

/**
 * Maximum number of output positions that are computed by one matrix product instead of a convolution: at 2×2 pixels, 256 channels and
 * batch 128 the product takes 3.8 ms, the convolution 17.7 ms.
 */
const maxProductPositions = 8;

/** Convolves `[batch, …, in]` with a filter `[…taps, in / group, out]`. */
function convolve(
  graph: Graph,
  pixels: Value,
  filter: Value,
  window: Window,
  group = 1,
  bias?: Value,
): Value {
  const positions = window.output.reduce((product, side) => product * side, 1);
  const channels = filter.shape[filter.shape.length - 1]!;
  const shape = [window.batch, ...window.output, channels];
  if (group === 1 && positions <= maxProductPositions) {
    const patches = gatherPatches(graph, pixels, window);
    const depth = patches.shape[shape.length - 1]!;
    const left = reshape(graph, patches, [window.batch * positions, depth]);
    const product = matMul(graph, left, reshape(graph, filter, [depth, channels]));
    return reshape(graph, bias ? addBinary(graph, "Add", product, bias) : product, shape);
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

function lowerForward(call: KernelCall, bias?: Value): Value {
  const [x, filter] = [requireInput(call, "x"), requireInput(call, "filter")];
  const window = convWindowOf(call, x.shape, filter.shape);
  const pixels = channelsLast(call, x);
  if (!call.kernel.includes("Depthwise")) return convolve(call.graph, pixels, filter, window, 1, bias);
  const [rows, columns, channels, multiplier] = filter.shape as [number, number, number, number];
  const shaped = reshape(call.graph, filter, [rows, columns, 1, channels * multiplier]);
  return convolve(call.graph, pixels, shaped, window, channels, bias);
}

/**
 * Adds the nodes that compute the gradient with respect to the input. The gradients of the output, with stride − 1 zeros between
 * neighbours, are convolved with the flipped filter, with stride 1.
 */
function lowerInputGradient(call: KernelCall): Value {
  const { graph } = call;
  const [dy, filter] = [requireInput(call, "dy"), requireInput(call, "filter")];
  const window = convWindowOf(call, call.attrs.inputShape as number[], filter.shape);
  const gradients = channelsLast(call, dy);
  // The `dy` of a transposed convolution may be larger than the window's output. The excess is ignored.
  const origin = gradients.shape.map(() => 0);
  const outputShape = [window.batch, ...window.output, gradients.shape.at(-1)!];
  const spaced = insertZeros(graph, slice(graph, gradients, origin, outputShape), window.strides);
  const axes = window.input.map((_, axis) => axis);
  const rank = axes.length + 2;
  // […, in, out] → […, out, in]. For a depthwise filter […, channel, M] → […, M, channel]: each input channel gathers from its own `M`
  // outputs.
  const flippedFilter = transpose(graph, reverse(graph, filter, axes), [...axes, rank - 1, rank - 2]);
  // The convolution gives the input's size if padBefore + spaced + padAfter = input + span − 1.
  const padBefore = axes.map((axis) => tapSpanOf(window, axis) - 1 - window.before[axis]!);
  const padAfter = axes.map(
    (axis) => window.input[axis]! + tapSpanOf(window, axis) - 1 - spaced.shape[axis + 1]! - padBefore[axis]!,
  );
  // Negative padding: where the window's padding is wider than its span, gradients belong to no input and are cropped.
  const cropped = padOrCrop(
    graph,
    spaced,
    padBefore.map((amount) => Math.min(0, amount)),
    padAfter.map((amount) => Math.min(0, amount)),
  );
  const gradientWindow: Window = {
    ...window,
    input: cropped.shape.slice(1, -1),
    output: window.input,
    strides: axes.map(() => 1),
    before: padBefore.map((amount) => Math.max(0, amount)),
    after: padAfter.map((amount) => Math.max(0, amount)),
  };
  const group = call.kernel.includes("Depthwise") ? filter.shape[2]! : 1;
  return channelsAsCalled(call, convolve(graph, cropped, flippedFilter, gradientWindow, group));
}

/** Adds the nodes that compute the gradient with respect to the filter: what each tap reads times the gradients of the output. */
function lowerFilterGradient(call: KernelCall): Value {
  const { graph } = call;
  const [x, dy] = [channelsLast(call, requireInput(call, "x")), channelsLast(call, requireInput(call, "dy"))];
  const filterShape = call.attrs.filterShape as number[];
  const window = convWindowOf(call, requireInput(call, "x").shape, filterShape);
  return reshape(graph, computeFilterGradient(graph, x, dy, window), filterShape);
}

function lowerFused(call: KernelCall): Value {
  const { graph, attrs, inputs } = call;
  const vector = inputs.bias?.shape.length === 1 ? inputs.bias : undefined;
  const product = lowerForward(call, vector);
  const withChannelsLast = (value: Value): Value =>
    value.shape.length === 3 ? planeChannelsLast(call, value) : value;
  const sum =
    inputs.bias && !vector ? addBinary(graph, "Add", product, withChannelsLast(inputs.bias)) : product;
  const slope = inputs.preluActivationWeights && withChannelsLast(inputs.preluActivationWeights);
  return channelsAsCalled(call, activate(graph, sum, attrs.activation, attrs.leakyreluAlpha, slope));
}

/** Reshapes per-channel values `[channels, 1, 1]`, which accompany channels-first pictures, to channels last. */
const planeChannelsLast = (call: KernelCall, value: Value): Value =>
  call.attrs.dataFormat === "NCHW" ? transpose(call.graph, value, [1, 2, 0]) : value;

/** Convolutions with their gradients. */
export const convolutions: Record<string, Lowering> = {
  Conv2D: (call) => channelsAsCalled(call, lowerForward(call)),
  FusedConv2D: lowerFused,
  Conv2DBackpropInput: lowerInputGradient,
  Conv2DBackpropFilter: lowerFilterGradient,
  Conv3D: (call) => lowerForward(call),
  Conv3DBackpropInputV2: lowerInputGradient,
  Conv3DBackpropFilterV2: lowerFilterGradient,
  DepthwiseConv2dNative: (call) => channelsAsCalled(call, lowerForward(call)),
  FusedDepthwiseConv2D: lowerFused,
  DepthwiseConv2dNativeBackpropInput: lowerInputGradient,
  DepthwiseConv2dNativeBackpropFilter: (call) => {
    const { graph } = call;
    const [x, dy] = [
      channelsLast(call, requireInput(call, "x")),
      channelsLast(call, requireInput(call, "dy")),
    ];
    const filterShape = call.attrs.filterShape as [number, number, number, number];
    const [, , channels, multiplier] = filterShape;
    const window = convWindowOf(call, requireInput(call, "x").shape, filterShape);
    const outputs = reshape(graph, dy, [window.batch, ...window.output, channels, multiplier]);
    const rows = sliceTaps(graph, x, window).map((windowValues) => {
      const cells = reshape(graph, windowValues, [...windowValues.shape, 1]);
      const sum = reduce(graph, "ReduceSum", addBinary(graph, "Mul", cells, outputs), [0, 1, 2], false);
      return reshape(graph, sum, [1, channels, multiplier]);
    });
    return reshape(graph, concat(graph, rows, 0), filterShape);
  },
};
