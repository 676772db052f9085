import { EngineError } from "../../errors.js";
import * as tf from "../../tf.js";
import type { HostTensor } from "../../tensor/index.js";
import type { Value } from "../graph.js";
import {
  type Lowering,
  binary,
  cast,
  concat,
  expand,
  listInputs,
  need,
  pad,
  reshape,
  reverse,
  slice,
  transpose,
} from "./kit.js";

type Where = "begin" | "end" | "ellipsis" | "newAxis" | "shrinkAxis";

const positive = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

function range(start: number, stop: number, step: number, dtype: unknown): HostTensor {
  const length = Math.max(0, Math.ceil((stop - start) / step));
  const values = Array.from({ length }, (_, index) => start + index * step);
  return dtype === "int32"
    ? { shape: [length], dtype, data: Int32Array.from(values) }
    : { shape: [length], dtype: "float32", data: Float32Array.from(values) };
}

/** Kernels that move, cut, join or repeat values, and those that make them. */
export const shapes: Record<string, Lowering> = {
  Reshape: (call) => {
    const x = need(call, "x");
    const size = x.shape.reduce((product, side) => product * side, 1);
    return reshape(call.graph, x, tf.util.inferFromImplicitShape(call.attrs.shape as number[], size));
  },
  ExpandDims: (call) => {
    const x = need(call, "input");
    const axis = positive(Number(call.attrs.dim), x.shape.length + 1);
    return reshape(call.graph, x, [...x.shape.slice(0, axis), 1, ...x.shape.slice(axis)]);
  },
  Transpose: (call) => transpose(call.graph, need(call, "x"), call.attrs.perm as number[]),
  Concat: (call) => {
    const values = listInputs(call).filter((value) => value.shape.every((side) => side > 0));
    return concat(call.graph, values, positive(Number(call.attrs.axis), values[0]!.shape.length));
  },
  Pack: (call) => {
    const values = listInputs(call);
    const axis = positive(Number(call.attrs.axis), values[0]!.shape.length + 1);
    const rows = values.map((x) =>
      reshape(call.graph, x, [...x.shape.slice(0, axis), 1, ...x.shape.slice(axis)]),
    );
    return concat(call.graph, rows, axis);
  },
  Unpack: (call) => {
    const x = need(call, "value");
    const axis = positive(Number(call.attrs.axis), x.shape.length);
    const shape = x.shape.filter((_, index) => index !== axis);
    return Array.from({ length: x.shape[axis]! }, (_, index) => {
      const begin = x.shape.map((_side, at) => (at === axis ? index : 0));
      const end = x.shape.map((side, at) => (at === axis ? index + 1 : side));
      return reshape(call.graph, slice(call.graph, x, begin, end), shape);
    });
  },
  Slice: (call) => {
    const x = need(call, "x");
    const [begin, size] = tf.slice_util.parseSliceParams(
      { shape: [...x.shape] } as tf.Tensor,
      call.attrs.begin as number[],
      call.attrs.size as number[],
    ) as [number[], number[]];
    return slice(
      call.graph,
      x,
      begin,
      begin.map((from, axis) => from + size[axis]!),
    );
  },
  StridedSlice: (call) => {
    const x = need(call, "x");
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
    const x = need(call, "x");
    const axis = positive(Number(call.attrs.axis), x.shape.length);
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
      need(call, "x"),
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
      need(call, "x"),
    );
  },
  Tile: (call) => {
    const x = need(call, "x");
    const reps = call.attrs.reps as number[];
    const shape = reps.map((times, axis) => times * x.shape[axis]!);
    return call.graph.add("Tile", [x, call.graph.ints(reps)], { shape, dtype: x.dtype });
  },
  BroadcastTo: (call) => expand(call.graph, need(call, "x"), call.attrs.shape as number[]),
  Reverse: (call) => {
    const x = need(call, "x");
    return reverse(
      call.graph,
      x,
      (call.attrs.dims as number[]).map((axis) => positive(axis, x.shape.length)),
    );
  },
  GatherV2: (call) => {
    const [x, indices] = [need(call, "x"), need(call, "indices")];
    if (Number(call.attrs.batchDims ?? 0) !== 0)
      throw new EngineError(
        "compile: kernel GatherV2 has no compiled form with batchDims; gather without them",
      );
    const axis = positive(Number(call.attrs.axis ?? 0), x.shape.length);
    const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
    return call.graph.add("Gather", [x, indices], { shape, dtype: x.dtype }, { axis: { int: axis } });
  },
  GatherNd: (call) => {
    const [x, indices] = [need(call, "params"), need(call, "indices")];
    const depth = indices.shape[indices.shape.length - 1]!;
    const shape = [...indices.shape.slice(0, -1), ...x.shape.slice(depth)];
    return call.graph.add("GatherND", [x, cast(call.graph, indices, "int64")], { shape, dtype: x.dtype });
  },
  UnsortedSegmentSum: (call) => {
    const { graph } = call;
    const [x, ids] = [need(call, "x"), need(call, "segmentIds")];
    const shape = [Number(call.attrs.numSegments), ...x.shape.slice(ids.shape.length)];
    const rows = reshape(graph, x, [
      ids.shape.reduce((product, side) => product * side, 1),
      ...shape.slice(1),
    ]);
    const indices = expand(
      graph,
      reshape(graph, ids, [rows.shape[0]!, ...shape.slice(1).map(() => 1)]),
      rows.shape,
    );
    const zeros = expand(graph, graph.scalar(0, x.dtype === "int32" ? "int32" : "float32"), shape);
    return graph.add(
      "ScatterElements",
      [zeros, indices, rows],
      { shape, dtype: x.dtype },
      { axis: { int: 0 }, reduction: { text: "add" } },
    );
  },
  OneHot: (call) => {
    const { graph } = call;
    const indices = need(call, "indices");
    const depth = Number(call.attrs.depth);
    const classes = graph.constant(range(0, depth, 1, "int32"));
    const hit = binary(graph, "Equal", reshape(graph, indices, [...indices.shape, 1]), classes, "bool");
    const dtype = (call.attrs.dtype as "float32" | "int32" | undefined) ?? "int32";
    return graph.add(
      "Where",
      [
        hit,
        graph.scalar(Number(call.attrs.onValue ?? 1), dtype),
        graph.scalar(Number(call.attrs.offValue ?? 0), dtype),
      ],
      { shape: hit.shape, dtype },
    );
  },
  Fill: ({ graph, attrs }) => {
    const dtype = attrs.dtype === "int32" || attrs.dtype === "bool" ? "int32" : "float32";
    return cast(
      graph,
      expand(graph, graph.scalar(Number(attrs.value), dtype), attrs.shape as number[]),
      (attrs.dtype as Value["dtype"] | undefined) ?? "float32",
    );
  },
  Range: ({ graph, attrs }) =>
    graph.constant(range(Number(attrs.start), Number(attrs.stop), Number(attrs.step), attrs.dtype)),
  LinSpace: ({ graph, attrs }) => {
    const count = Number(attrs.num);
    const step = count > 1 ? (Number(attrs.stop) - Number(attrs.start)) / (count - 1) : 0;
    const data = Float32Array.from({ length: count }, (_, index) => Number(attrs.start) + index * step);
    return graph.constant({ shape: [count], dtype: "float32", data });
  },
};
