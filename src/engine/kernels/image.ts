import * as tf from "../../tf.js";
import type { Graph, Value } from "../graph.js";
import { spread, tapWindow } from "./linalg.js";
import {
  type KernelCall,
  type Lowering,
  binary,
  cast,
  expand,
  matMul,
  need,
  pad,
  reshape,
  slice,
  transpose,
} from "./kit.js";

type PoolInfo = ReturnType<typeof tf.backend_util.computePool2DInfo>;

function poolInfo(call: KernelCall, input: readonly number[]): PoolInfo {
  const { attrs } = call;
  return tf.backend_util.computePool2DInfo(
    [...input] as [number, number, number, number],
    attrs.filterSize as [number, number],
    attrs.strides as [number, number],
    1,
    attrs.pad as "same",
    attrs.dimRoundingMode as "floor" | undefined,
    "channelsLast",
  );
}

function pool(call: KernelCall, kind: "max" | "avg"): Value {
  const { graph } = call;
  const x = need(call, "x");
  const info = poolInfo(call, x.shape);
  const { padInfo } = info;
  const planes = transpose(graph, x, [0, 3, 1, 2]);
  const result = graph.add(
    kind === "max" ? "MaxPool" : "AveragePool",
    [planes],
    { shape: [info.batchSize, info.outChannels, info.outHeight, info.outWidth], dtype: "float32" },
    {
      kernel_shape: { ints: [info.filterHeight, info.filterWidth] },
      strides: { ints: [info.strideHeight, info.strideWidth] },
      pads: { ints: [padInfo.top, padInfo.left, padInfo.bottom, padInfo.right] },
    },
  );
  return transpose(graph, result, [0, 2, 3, 1]);
}

/** Sum over window taps of pieces put back where the tap took them from, cropped to the input. */
function scatterTaps(graph: Graph, info: PoolInfo, piece: (row: number, column: number) => Value): Value {
  const { padInfo } = info;
  const height = info.inHeight + padInfo.top + padInfo.bottom;
  const width = info.inWidth + padInfo.left + padInfo.right;
  let sum: Value | undefined;
  for (let row = 0; row < info.filterHeight; row++)
    for (let column = 0; column < info.filterWidth; column++) {
      const cells = spread(graph, piece(row, column), info.strideHeight, info.strideWidth);
      const placed = pad(graph, cells, [
        [0, 0],
        [row, height - row - cells.shape[1]!],
        [column, width - column - cells.shape[2]!],
        [0, 0],
      ]);
      sum = sum ? binary(graph, "Add", sum, placed) : placed;
    }
  const end = [info.batchSize, padInfo.top + info.inHeight, padInfo.left + info.inWidth, info.inChannels];
  return slice(graph, sum!, [0, padInfo.top, padInfo.left, 0], end);
}

/** How many input pixels each window of an average covers: `[1, outHeight, outWidth, 1]`. */
function coverage(info: PoolInfo): Float32Array {
  const along = (out: number, stride: number, before: number, taps: number, side: number): number[] =>
    Array.from({ length: out }, (_, index) => {
      const start = index * stride - before;
      return Math.min(start + taps, side) - Math.max(start, 0);
    });
  const { padInfo } = info;
  const rows = along(info.outHeight, info.strideHeight, padInfo.top, info.filterHeight, info.inHeight);
  const columns = along(info.outWidth, info.strideWidth, padInfo.left, info.filterWidth, info.inWidth);
  return Float32Array.from(rows.flatMap((row) => columns.map((column) => row * column)));
}

interface Sampling {
  readonly kind: "linear" | "nearest";
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
}

/** Matrix `[out, in]` whose rows say which inputs an output samples. Source: TensorFlow's image resizer. */
export function samplingMatrix(
  from: number,
  to: number,
  { kind, alignCorners, halfPixelCenters }: Sampling,
): Float32Array {
  const matrix = new Float32Array(to * from);
  const scale = alignCorners && to > 1 ? (from - 1) / (to - 1) : from / to;
  for (let row = 0; row < to; row++) {
    if (kind === "nearest") {
      const at = halfPixelCenters ? (row + 0.5) * scale : row * scale;
      const index = Math.min(from - 1, alignCorners ? Math.round(at) : Math.floor(at));
      matrix[row * from + Math.max(0, index)]! += 1;
      continue;
    }
    const at = Math.max(0, halfPixelCenters ? (row + 0.5) * scale - 0.5 : row * scale);
    const low = Math.min(from - 1, Math.floor(at));
    const high = Math.min(from - 1, Math.ceil(at));
    const part = at - Math.floor(at);
    matrix[row * from + low]! += 1 - part;
    matrix[row * from + high]! += part;
  }
  return matrix;
}

function resize(call: KernelCall, kind: Sampling["kind"], backward: boolean): Value {
  const { graph, attrs } = call;
  const images = cast(graph, need(call, "images"), "float32");
  const value = backward ? need(call, "dy") : images;
  const [batch, height, width, channels] = value.shape as [number, number, number, number];
  const [inHeight, inWidth] = images.shape.slice(1, 3) as [number, number];
  const [outHeight, outWidth] = backward ? ([height, width] as const) : (attrs.size as [number, number]);
  const sampling = {
    kind,
    alignCorners: Boolean(attrs.alignCorners),
    halfPixelCenters: Boolean(attrs.halfPixelCenters),
  };
  const matrix = (from: number, to: number): Value =>
    graph.constant({ shape: [to, from], dtype: "float32", data: samplingMatrix(from, to, sampling) });
  const turn = (m: Value): Value => (backward ? transpose(graph, m, [1, 0]) : m);
  const rows = turn(matrix(inHeight, outHeight));
  const columns = turn(matrix(inWidth, outWidth));
  const tall = matMul(graph, rows, reshape(graph, value, [batch, height, width * channels]));
  const newHeight = rows.shape[0]!;
  const wide = matMul(graph, columns, reshape(graph, tall, [batch * newHeight, width, channels]));
  return reshape(graph, wide, [batch, newHeight, columns.shape[0]!, channels]);
}

/** Pooling and resizing with their gradients. */
export const image: Record<string, Lowering> = {
  MaxPool: (call) => pool(call, "max"),
  AvgPool: (call) => pool(call, "avg"),
  AvgPoolGrad: (call) => {
    const { graph } = call;
    const [dy, input] = [need(call, "dy"), need(call, "input")];
    const info = poolInfo(call, input.shape);
    const counts = {
      shape: [1, info.outHeight, info.outWidth, 1],
      dtype: "float32",
      data: coverage(info),
    } as const;
    const share = binary(graph, "Div", dy, graph.constant(counts));
    return scatterTaps(graph, info, () => share);
  },
  MaxPoolGrad: (call) => {
    const { graph } = call;
    const [dy, input] = [need(call, "dy"), need(call, "input")];
    const info = poolInfo(call, input.shape);
    const { padInfo } = info;
    const around = [
      [0, 0],
      [padInfo.top, padInfo.bottom],
      [padInfo.left, padInfo.right],
      [0, 0],
    ] as const;
    const padded = pad(graph, input, around, -3.4e38);
    const windows = Array.from({ length: info.filterHeight * info.filterWidth }, (_, tap) =>
      tapWindow(graph, padded, info, Math.floor(tap / info.filterWidth), tap % info.filterWidth),
    );
    const top = windows.reduce((best, window) => binary(graph, "Max", best, window));
    // Among equal values the first tap takes the gradient, as in the eager kernels.
    let open: Value = expand(graph, graph.scalar(1), top.shape);
    const pieces = windows.map((window) => {
      const hit = cast(graph, binary(graph, "Equal", window, top, "bool"), "float32");
      const mine = binary(graph, "Mul", hit, open);
      open = binary(graph, "Sub", open, mine);
      return binary(graph, "Mul", dy, mine);
    });
    return scatterTaps(graph, info, (row, column) => pieces[row * info.filterWidth + column]!);
  },
  ResizeBilinear: (call) => resize(call, "linear", false),
  ResizeBilinearGrad: (call) => resize(call, "linear", true),
  ResizeNearestNeighbor: (call) => resize(call, "nearest", false),
  ResizeNearestNeighborGrad: (call) => resize(call, "nearest", true),
};
