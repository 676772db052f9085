import { EngineError } from "../../errors.js";
import * as tf from "../../tf.js";
import type { HostTensor } from "../../tensor/index.js";
import type { Value } from "../graph.js";
import {
  type KernelCall,
  type Lowering,
  cast,
  concat,
  expand,
  listInputs,
  requireInput,
  pad,
  toPositiveAxis,
  reshape,
  reverse,
  slice,
  transpose,
} from "./kit.js";

type Where = "begin" | "end" | "ellipsis" | "newAxis" | "shrinkAxis";

function makeRange(start: number, stop: number, step: number, dtype: unknown): HostTensor {
  // A descending range may come with a step of 1.
  const by = stop < start && step === 1 ? -1 : step;
  const length = Math.max(0, Math.ceil((stop - start) / by));
  const values = Array.from({ length }, (_, index) => start + index * by);
  return dtype === "int32"
    ? { shape: [length], dtype, data: Int32Array.from(values) }
    : { shape: [length], dtype: "float32", data: Float32Array.from(values) };
}

/** Reads the space cut into blocks: `getReshaped` and its kin are TensorFlow.js's own names for the three steps. */
const readBlocks = ({ attrs }: KernelCall): { shape: number[]; size: number } => {
  const shape = attrs.blockShape as number[];
  return { shape, size: shape.reduce((product, side) => product * side, 1) };
};

/** Kernels that move, cut, join or repeat values, and those that make them. */
export const shapes: Record<string, Lowering> = {
  Reshape: (call) => {
    const x = requireInput(call, "x");
    const size = x.shape.reduce((product, side) => product * side, 1);
    return reshape(call.graph, x, tf.util.inferFromImplicitShape(call.attrs.shape as number[], size));
  },
  ExpandDims: (call) => {
    const x = requireInput(call, "input");
    const [axis] = tf.util.parseAxisParam(Number(call.attrs.dim), [...x.shape, 1]) as [number];
    return reshape(call.graph, x, [...x.shape.slice(0, axis), 1, ...x.shape.slice(axis)]);
  },
  Transpose: (call) => transpose(call.graph, requireInput(call, "x"), call.attrs.perm as number[]),
  Concat: (call) => {
    const values = listInputs(call);
    const [axis] = tf.util.parseAxisParam(Number(call.attrs.axis), [...values[0]!.shape]) as [number];
    tf.backend_util.assertParamsConsistent(
      values.map(({ shape }) => [...shape]),
      axis,
    );
    const filled = values.filter((value) => value.shape.every((side) => side > 0));
    return concat(call.graph, filled.length > 0 ? filled : values, axis);
  },
  Pack: (call) => {
    const values = listInputs(call);
    const axis = toPositiveAxis(Number(call.attrs.axis), values[0]!.shape.length + 1);
    for (const { shape, dtype } of values) {
      tf.util.assertShapesMatch([...values[0]!.shape], [...shape], "stack: ");
      tf.util.assert(dtype === values[0]!.dtype, () => "stack: all tensors must have the same type");
    }
    const rows = values.map((x) =>
      reshape(call.graph, x, [...x.shape.slice(0, axis), 1, ...x.shape.slice(axis)]),
    );
    return concat(call.graph, rows, axis);
  },
  Unpack: (call) => {
    const x = requireInput(call, "value");
    const axis = toPositiveAxis(Number(call.attrs.axis), x.shape.length);
    const shape = x.shape.filter((_, index) => index !== axis);
    return Array.from({ length: x.shape[axis]! }, (_, index) => {
      const begin = x.shape.map((_side, at) => (at === axis ? index : 0));
      const end = x.shape.map((side, at) => (at === axis ? index + 1 : side));
      return reshape(call.graph, slice(call.graph, x, begin, end), shape);
    });
  },
  Slice: (call) => {
    const x = requireInput(call, "x");
    const [begin, size] = tf.slice_util.parseSliceParams(
      { shape: [...x.shape] } as tf.Tensor,
      call.attrs.begin as number[],
      call.attrs.size as number[],
    ) as [number[], number[]];
    tf.slice_util.assertParamsValid({ shape: [...x.shape], rank: x.shape.length } as tf.Tensor, begin, size);
    return slice(
      call.graph,
      x,
      begin,
      begin.map((from, axis) => from + size[axis]!),
    );
  },
  StridedSlice: (call) => {
    const x = requireInput(call, "x");
    const a = call.attrs as unknown as { begin: number[]; end: number[]; strides: number[] } & Record<
      `${Where}Mask`,
      number
    >;
    const info = tf.slice_util.sliceInfo(
      [...x.shape],
      a.begin,
      a.end,
      a.strides,
      a.beginMask,
      a.endMask,
      a.ellipsisMask,
      a.newAxisMask,
      a.shrinkAxisMask,
    );
    return reshape(call.graph, slice(call.graph, x, info.begin, info.end, info.strides), info.finalShape);
  },
  SplitV: (call) => {
    const x = requireInput(call, "x");
    const axis = toPositiveAxis(Number(call.attrs.axis), x.shape.length);
    const sizes = tf.backend_util.prepareSplitSize(
      { shape: [...x.shape] } as tf.Tensor,
      call.attrs.numOrSizeSplits as number[],
      axis,
    );
    let start = 0;
    return sizes.map((size) => {
      const begin = x.shape.map((_, at) => (at === axis ? start : 0));
      const end = x.shape.map((side, at) => (at === axis ? start + size : side));
      start += size;
      return slice(call.graph, x, begin, end);
    });
  },
  PadV2: (call) =>
    pad(
      call.graph,
      requireInput(call, "x"),
      call.attrs.paddings as [number, number][],
      Number(call.attrs.constantValue),
    ),
  MirrorPad: (call) => {
    const { graph } = call;
    const skip = call.attrs.mode === "reflect" ? 1 : 0;
    return (call.attrs.paddings as [number, number][]).reduce(
      (x, [before, after], axis) => {
        const part = (from: number, to: number): Value[] => {
          if (to <= from) return [];
          const begin = x.shape.map((_, at) => (at === axis ? from : 0));
          const end = x.shape.map((side, at) => (at === axis ? to : side));
          return [reverse(graph, slice(graph, x, begin, end), [axis])];
        };
        const side = x.shape[axis]!;
        return concat(
          graph,
          [...part(skip, skip + before), x, ...part(side - skip - after, side - skip)],
          axis,
        );
      },
      requireInput(call, "x"),
    );
  },
  Tile: (call) => {
    const x = requireInput(call, "x");
    const reps = call.attrs.reps as number[];
    const shape = reps.map((times, axis) => times * x.shape[axis]!);
    return call.graph.add("Tile", [x, call.graph.addInts(reps)], { shape, dtype: x.dtype });
  },
  BroadcastTo: (call) => expand(call.graph, requireInput(call, "x"), call.attrs.shape as number[]),
  Reverse: (call) => {
    const x = requireInput(call, "x");
    return reverse(call.graph, x, tf.util.parseAxisParam(call.attrs.dims as number[], [...x.shape]));
  },
  FlipLeftRight: (call) => reverse(call.graph, requireInput(call, "image"), [2]),
  DepthToSpace: (call) => {
    const { graph, attrs } = call;
    const x = requireInput(call, "x");
    const size = Number(attrs.blockSize);
    const first = attrs.dataFormat === "NCHW";
    const [batch, height, width, depth] = (
      first ? [x.shape[0], x.shape[2], x.shape[3], x.shape[1]] : x.shape
    ) as [number, number, number, number];
    const channels = depth / (size * size);
    const cells = reshape(graph, first ? transpose(graph, x, [0, 2, 3, 1]) : x, [
      batch,
      height,
      width,
      size,
      size,
      channels,
    ]);
    const mixed = transpose(graph, cells, [0, 1, 3, 2, 4, 5]);
    const pixels = reshape(graph, mixed, [batch, height * size, width * size, channels]);
    return first ? transpose(graph, pixels, [0, 3, 1, 2]) : pixels;
  },
  SpaceToBatchND: (call) => {
    const { graph, attrs } = call;
    const x = requireInput(call, "x");
    const { shape, size } = readBlocks(call);
    const given = attrs.paddings as [number, number][];
    const rest = x.shape.slice(given.length + 1).map(() => [0, 0] as const);
    const padded = pad(graph, x, [[0, 0], ...given, ...rest]);
    const sides = [...padded.shape];
    const cells = reshape(graph, padded, tf.backend_util.getReshaped(sides, shape, size, false));
    const order = tf.backend_util.getPermuted(cells.shape.length, shape.length, false);
    const result = tf.backend_util.getReshapedPermuted(sides, shape, size, false);
    return reshape(graph, transpose(graph, cells, order), result);
  },
  BatchToSpaceND: (call) => {
    const { graph, attrs } = call;
    const x = requireInput(call, "x");
    const { shape, size } = readBlocks(call);
    const crops = attrs.crops as number[][];
    const sides = [...x.shape];
    const cells = reshape(graph, x, tf.backend_util.getReshaped(sides, shape, size));
    const order = tf.backend_util.getPermuted(cells.shape.length, shape.length);
    const whole = tf.backend_util.getReshapedPermuted(sides, shape, size);
    const joined = reshape(graph, transpose(graph, cells, order), whole);
    const begin = tf.backend_util.getSliceBeginCoords(crops, shape.length);
    const croppedSize = tf.backend_util.getSliceSize(whole, crops, shape.length);
    const all = [...begin, ...whole.slice(begin.length).map(() => 0)];
    return slice(
      graph,
      joined,
      all,
      all.map((from, axis) => from + (croppedSize[axis] ?? whole[axis]!)),
    );
  },
  Fill: ({ graph, attrs }) => {
    if (typeof attrs.value === "string") throw new EngineError("compile: strings cannot be recorded");
    const dtype = attrs.dtype === "int32" || attrs.dtype === "bool" ? "int32" : "float32";
    return cast(
      graph,
      expand(graph, graph.addScalar(Number(attrs.value), dtype), attrs.shape as number[]),
      (attrs.dtype as Value["dtype"] | undefined) ?? "float32",
    );
  },
  Range: ({ graph, attrs }) =>
    graph.addConstant(makeRange(Number(attrs.start), Number(attrs.stop), Number(attrs.step), attrs.dtype)),
  LinSpace: ({ graph, attrs }) => {
    const count = Number(attrs.num);
    const step = count > 1 ? (Number(attrs.stop) - Number(attrs.start)) / (count - 1) : 0;
    const data = Float32Array.from({ length: count }, (_, index) => Number(attrs.start) + index * step);
    return graph.addConstant({ shape: [count], dtype: "float32", data });
  },
};
