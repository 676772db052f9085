import { EngineError } from "../../errors.js";
import * as tf from "../../tf.js";
import type { Graph, Value } from "../graph.js";
import { activate } from "./elementwise.js";
import { fewPlaces, filterGradient } from "./filter.js";
import {
  type KernelCall,
  type Lowering,
  binary,
  concat,
  listInputs,
  matMul,
  need,
  pad,
  reduce,
  reshape,
  reverse,
  slice,
  transpose,
} from "./kit.js";

type ConvInfo = ReturnType<typeof tf.backend_util.computeConv2DInfo>;

const toPlanes = [0, 3, 1, 2] as const; // NHWC → NCHW
const toPixels = [0, 2, 3, 1] as const; // NCHW → NHWC

function convInfo(
  call: KernelCall,
  input: readonly number[],
  filter: readonly number[],
  depthwise: boolean,
): ConvInfo {
  const { attrs } = call;
  if (attrs.dataFormat !== undefined && attrs.dataFormat !== "NHWC")
    throw new EngineError(
      `compile: kernel ${call.kernel} takes NHWC images, got ${String(attrs.dataFormat)}`,
    );
  // TensorFlow.js computes the width of the result from the filter's height when padding is one number.
  if (typeof attrs.pad === "number" && filter[0] !== filter[1])
    throw new EngineError(`compile: kernel ${call.kernel} takes one padding number for square filters only`);
  const square = (value: unknown): [number, number] =>
    typeof value === "number" ? [value, value] : ((value as [number, number] | undefined) ?? [1, 1]);
  return tf.backend_util.computeConv2DInfo(
    [...input] as [number, number, number, number],
    [...filter] as [number, number, number, number],
    square(attrs.strides),
    square(attrs.dilations),
    attrs.pad as "same",
    attrs.dimRoundingMode as "floor" | undefined,
    depthwise,
    "channelsLast",
  );
}

/** Convolution of NHWC pixels with an HWIO filter, explicit padding [top, left, bottom, right]. */
function conv(
  graph: Graph,
  pixels: Value,
  filter: Value,
  pads: readonly number[],
  options: { strides?: readonly number[]; dilations?: readonly number[]; group?: number; bias?: Value } = {},
): Value {
  const { strides = [1, 1], dilations = [1, 1], group = 1, bias } = options;
  const [batch, height, width] = pixels.shape as [number, number, number, number];
  const [rows, columns, , channels] = filter.shape as [number, number, number, number];
  const size = (side: number, around: number, taps: number, axis: number): number =>
    Math.floor((side + around - (taps - 1) * dilations[axis]! - 1) / strides[axis]!) + 1;
  const outHeight = size(height, pads[0]! + pads[2]!, rows, 0);
  const outWidth = size(width, pads[1]! + pads[3]!, columns, 1);
  if (group === 1 && outHeight * outWidth <= fewPlaces) {
    const [strideHeight, strideWidth] = strides as [number, number];
    const [dilationHeight, dilationWidth] = dilations as [number, number];
    const info = { outHeight, outWidth, strideHeight, strideWidth, dilationHeight, dilationWidth };
    const padding = { top: pads[0]!, left: pads[1]!, bottom: pads[2]!, right: pads[3]! };
    const windows = tapWindows(graph, pixels, {
      ...info,
      padInfo: padding,
      filterHeight: rows,
      filterWidth: columns,
    });
    const patches = concat(graph, windows, 3); // [batch, outHeight, outWidth, taps·in]
    const depth = patches.shape[3]!;
    const left = reshape(graph, patches, [batch * outHeight * outWidth, depth]);
    const product = matMul(graph, left, reshape(graph, filter, [depth, channels]));
    const sum = bias ? binary(graph, "Add", product, bias) : product;
    return reshape(graph, sum, [batch, outHeight, outWidth, channels]);
  }
  const kernel = transpose(graph, filter, [3, 2, 0, 1]); // HWIO → OIHW
  const planes = transpose(graph, pixels, toPlanes);
  const result = graph.add(
    "Conv",
    bias ? [planes, kernel, bias] : [planes, kernel],
    { shape: [batch, channels, outHeight, outWidth], dtype: "float32" },
    {
      kernel_shape: { ints: [rows, columns] },
      pads: { ints: pads },
      strides: { ints: strides },
      dilations: { ints: dilations },
      group: { int: group },
    },
  );
  return transpose(graph, result, toPixels);
}

const padsOf = ({ padInfo }: ConvInfo): number[] => [
  padInfo.top,
  padInfo.left,
  padInfo.bottom,
  padInfo.right,
];
const stepsOf = (info: ConvInfo) => ({
  strides: [info.strideHeight, info.strideWidth],
  dilations: [info.dilationHeight, info.dilationWidth],
});

function forward(call: KernelCall, bias?: Value): Value {
  const [x, filter] = [need(call, "x"), need(call, "filter")];
  const info = convInfo(call, x.shape, filter.shape, false);
  return conv(call.graph, x, filter, padsOf(info), { ...stepsOf(info), ...(bias && { bias }) });
}

/** A depthwise filter `[rows, columns, channels, multiplier]` as one of `channels` groups: HWIO with one input each. */
function depthwiseFilter(graph: Graph, filter: Value): Value {
  const [rows, columns, channels, multiplier] = filter.shape as [number, number, number, number];
  return reshape(graph, filter, [rows, columns, 1, channels * multiplier]);
}

/** Puts stride − 1 zeros between neighbours: `[batch, height, width, channels]` → `[batch, (height−1)·s+1, …]`. */
export function spread(graph: Graph, x: Value, strideHeight: number, strideWidth: number): Value {
  if (strideHeight === 1 && strideWidth === 1) return x;
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const cells = reshape(graph, x, [batch, height, 1, width, 1, channels]);
  const none = [0, 0] as const;
  const padded = pad(graph, cells, [none, none, [0, strideHeight - 1], none, [0, strideWidth - 1], none]);
  const grid = reshape(graph, padded, [batch, height * strideHeight, width * strideWidth, channels]);
  const end = [batch, (height - 1) * strideHeight + 1, (width - 1) * strideWidth + 1, channels];
  return slice(graph, grid, [0, 0, 0, 0], end);
}

/** Padding that makes the full correlation with a kernel give the input's size back. */
function backwardPads(call: KernelCall, info: ConvInfo, spreadShape: readonly number[]): number[] {
  const taps = [info.effectiveFilterHeight, info.effectiveFilterWidth] as const;
  const top = taps[0] - 1 - info.padInfo.top;
  const left = taps[1] - 1 - info.padInfo.left;
  const bottom = info.inHeight - spreadShape[1]! + taps[0] - 1 - top;
  const right = info.inWidth - spreadShape[2]! + taps[1] - 1 - left;
  if (Math.min(top, left, bottom, right) < 0)
    throw new EngineError(
      `compile: kernel ${call.kernel} with padding wider than its filter has no compiled form`,
    );
  return [top, left, bottom, right];
}

/** The window of the padded input that filter tap (row, column) sees: `[batch, outHeight, outWidth, channels]`. */
export function tapWindow(
  graph: Graph,
  padded: Value,
  info: Pick<
    ConvInfo,
    "outHeight" | "outWidth" | "strideHeight" | "strideWidth" | "dilationHeight" | "dilationWidth"
  >,
  row: number,
  column: number,
): Value {
  const [batch, , , channels] = padded.shape as [number, number, number, number];
  const top = row * info.dilationHeight;
  const left = column * info.dilationWidth;
  const bottom = top + (info.outHeight - 1) * info.strideHeight + 1;
  const right = left + (info.outWidth - 1) * info.strideWidth + 1;
  return slice(
    graph,
    padded,
    [0, top, left, 0],
    [batch, bottom, right, channels],
    [1, info.strideHeight, info.strideWidth, 1],
  );
}

type Taps = Parameters<typeof tapWindow>[2] & {
  padInfo: { top: number; left: number; bottom: number; right: number };
  filterHeight: number;
  filterWidth: number;
};

function paddedInput(graph: Graph, x: Value, { padInfo }: Taps): Value {
  return pad(graph, x, [
    [0, 0],
    [padInfo.top, padInfo.bottom],
    [padInfo.left, padInfo.right],
    [0, 0],
  ]);
}

function tapWindows(graph: Graph, x: Value, info: Taps): Value[] {
  const padded = paddedInput(graph, x, info);
  return Array.from({ length: info.filterHeight * info.filterWidth }, (_, tap) =>
    tapWindow(graph, padded, info, Math.floor(tap / info.filterWidth), tap % info.filterWidth),
  );
}

/** Matrix products and convolutions with their gradients. */
export const linalg: Record<string, Lowering> = {
  BatchMatMul: (call) =>
    matMul(
      call.graph,
      need(call, "a"),
      need(call, "b"),
      Boolean(call.attrs.transposeA),
      Boolean(call.attrs.transposeB),
    ),
  _FusedMatMul: (call) => {
    const { graph, attrs, inputs } = call;
    const product = matMul(
      graph,
      need(call, "a"),
      need(call, "b"),
      Boolean(attrs.transposeA),
      Boolean(attrs.transposeB),
    );
    const sum = inputs.bias ? binary(graph, "Add", product, inputs.bias) : product;
    return activate(graph, sum, attrs.activation, attrs.leakyreluAlpha, inputs.preluActivationWeights);
  },
  Einsum: (call) => {
    const values = listInputs(call);
    const equation = String(call.attrs.equation);
    const { allDims, summedDims, idDims } = tf.backend_util.decodeEinsumEquation(equation, values.length);
    const kept = allDims.length - summedDims.length;
    const shape = Array.from({ length: kept }, (_, index) => {
      const holder = idDims.findIndex((ids) => ids.includes(index));
      return values[holder]!.shape[idDims[holder]!.indexOf(index)]!;
    });
    return call.graph.add("Einsum", values, { shape, dtype: "float32" }, { equation: { text: equation } });
  },
  Conv2D: (call) => forward(call),
  FusedConv2D: (call) => {
    const { graph, attrs, inputs } = call;
    const vector = inputs.bias?.shape.length === 1 ? inputs.bias : undefined;
    const product = forward(call, vector);
    const sum = inputs.bias && !vector ? binary(graph, "Add", product, inputs.bias) : product;
    return activate(graph, sum, attrs.activation, attrs.leakyreluAlpha, inputs.preluActivationWeights);
  },
  Conv2DBackpropInput: (call) => {
    const { graph } = call;
    const [dy, filter] = [need(call, "dy"), need(call, "filter")];
    const info = convInfo(call, call.attrs.inputShape as number[], filter.shape, false);
    const cells = spread(graph, dy, info.strideHeight, info.strideWidth);
    const swapped = transpose(graph, reverse(graph, filter, [0, 1]), [0, 1, 3, 2]); // HWIO → HWOI
    return conv(graph, cells, swapped, backwardPads(call, info, cells.shape));
  },
  Conv2DBackpropFilter: (call) => {
    const { graph } = call;
    const [x, dy] = [need(call, "x"), need(call, "dy")];
    const filterShape = call.attrs.filterShape as number[];
    const info = convInfo(call, x.shape, filterShape, false);
    const fromPlanes = filterGradient(graph, x, dy, info);
    if (fromPlanes) return fromPlanes;
    const columns = concat(graph, tapWindows(graph, x, info), 3); // [batch, outHeight, outWidth, taps·in]
    const pixels = info.batchSize * info.outHeight * info.outWidth;
    const left = reshape(graph, columns, [pixels, columns.shape[3]!]);
    const right = reshape(graph, dy, [pixels, info.outChannels]);
    return reshape(graph, matMul(graph, left, right, true, false), filterShape);
  },
  DepthwiseConv2dNative: (call) => {
    const [x, filter] = [need(call, "x"), need(call, "filter")];
    const info = convInfo(call, x.shape, filter.shape, true);
    const shaped = depthwiseFilter(call.graph, filter);
    return conv(call.graph, x, shaped, padsOf(info), { ...stepsOf(info), group: x.shape[3]! });
  },
  DepthwiseConv2dNativeBackpropInput: (call) => {
    const { graph } = call;
    const [dy, filter] = [need(call, "dy"), need(call, "filter")];
    const info = convInfo(call, call.attrs.inputShape as number[], filter.shape, true);
    const channels = filter.shape[2]!;
    const cells = spread(graph, dy, info.strideHeight, info.strideWidth);
    // Each input channel gathers from its `multiplier` outputs: a grouped filter of [rows, columns, multiplier, channels].
    const shaped = transpose(graph, reverse(graph, filter, [0, 1]), [0, 1, 3, 2]);
    const dilations = [info.dilationHeight, info.dilationWidth];
    return conv(graph, cells, shaped, backwardPads(call, info, cells.shape), { group: channels, dilations });
  },
  DepthwiseConv2dNativeBackpropFilter: (call) => {
    const { graph } = call;
    const [x, dy] = [need(call, "x"), need(call, "dy")];
    const filterShape = call.attrs.filterShape as [number, number, number, number];
    const [, , channels, multiplier] = filterShape;
    const info = convInfo(call, x.shape, filterShape, true);
    const outputs = reshape(graph, dy, [info.batchSize, info.outHeight, info.outWidth, channels, multiplier]);
    const taps = tapWindows(graph, x, info).map((window) => {
      const cells = reshape(graph, window, [...window.shape, 1]);
      return reduce(graph, "ReduceSum", binary(graph, "Mul", cells, outputs), [0, 1, 2], false);
    });
    const rows = taps.map((tap) => reshape(graph, tap, [1, channels, multiplier]));
    return reshape(graph, concat(graph, rows, 0), filterShape);
  },
  FusedDepthwiseConv2D: (call) => {
    const { graph, attrs, inputs } = call;
    const product = linalg.DepthwiseConv2dNative!(call) as Value;
    const sum = inputs.bias ? binary(graph, "Add", product, inputs.bias) : product;
    return activate(graph, sum, attrs.activation, attrs.leakyreluAlpha, inputs.preluActivationWeights);
  },
};
