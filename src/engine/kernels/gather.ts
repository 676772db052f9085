import * as tf from "../../tf.js";
import type { Graph, Value } from "../graph.js";
import {
  type Lowering,
  addBinary,
  cast,
  expand,
  requireInput,
  reduce,
  reshape,
  slice,
  transpose,
} from "./kit.js";
import { addNumber, select } from "./number.js";

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, side) => product * side, 1);

/**
 * Sums the rows that have the same id: `[rows, …]` with ids `[rows]` → `[places, …]`. Rows whose id is outside 0 … places − 1 are ignored:
 * an extra last row collects them and is cut off.
 */
function scatterRows(graph: Graph, ids: Value, rows: Value, places: number): Value {
  const [count, ...rest] = rows.shape as [number, ...number[]];
  const outside = addBinary(
    graph,
    "Or",
    addBinary(graph, "Less", ids, addNumber(graph, 0, ids), "bool"),
    addBinary(graph, "GreaterOrEqual", ids, addNumber(graph, places, ids), "bool"),
    "bool",
  );
  const redirectedIds = select(graph, outside, addNumber(graph, places, ids), ids);
  const indices = expand(graph, reshape(graph, redirectedIds, [count, ...rest.map(() => 1)]), rows.shape);
  const shape = [places + 1, ...rest];
  const sums = graph.add(
    "ScatterElements",
    [expand(graph, addNumber(graph, 0, rows), shape), indices, rows],
    { shape, dtype: rows.dtype },
    { axis: { int: 0 }, reduction: { text: "add" } },
  );
  return slice(
    graph,
    sums,
    shape.map(() => 0),
    [places, ...rest],
  );
}

const scatterInfo = (updates: Value, indices: Value, shape: number[]) =>
  tf.backend_util.calculateShapes(
    { shape: [...updates.shape] } as tf.Tensor,
    { shape: [...indices.shape] } as tf.Tensor,
    shape,
  );

/** Writes rows over those that `indices` `[…, depth]` name. */
function overwrite(graph: Graph, target: Value, indices: Value, updates: Value): Value {
  return graph.add("ScatterND", [target, cast(graph, indices, "int64"), updates], {
    shape: target.shape,
    dtype: target.dtype,
  });
}

/** Kernels that pick or place values by index. */
export const gathers: Record<string, Lowering> = {
  GatherV2: (call) => {
    const { graph, attrs } = call;
    const [x, indices] = [requireInput(call, "x"), cast(call.graph, requireInput(call, "indices"), "int32")];
    const batchDims = Number(attrs.batchDims ?? 0);
    const [axis] = tf.util.parseAxisParam(Number(attrs.axis ?? 0), [...x.shape]) as [number];
    const { batchSize, outerSize, dimSize, sliceSize, outputShape } =
      tf.backend_util.segment_util.collectGatherOpShapeInfo(
        { shape: [...x.shape], rank: x.shape.length } as tf.Tensor,
        { shape: [...indices.shape], rank: indices.shape.length } as tf.Tensor,
        axis,
        batchDims,
      );
    if (batchDims === 0)
      return graph.add(
        "Gather",
        [x, indices],
        { shape: outputShape, dtype: x.dtype },
        { axis: { int: axis } },
      );
    const count = sizeOf(indices.shape) / batchSize;
    const cells = reshape(graph, x, [batchSize, outerSize, dimSize, sliceSize]);
    const rows = graph.add(
      "GatherND",
      [
        transpose(graph, cells, [0, 2, 1, 3]),
        cast(graph, reshape(graph, indices, [batchSize, count, 1]), "int64"),
      ],
      { shape: [batchSize, count, outerSize, sliceSize], dtype: x.dtype },
      { batch_dims: { int: 1 } },
    );
    return reshape(graph, transpose(graph, rows, [0, 2, 1, 3]), outputShape);
  },
  GatherNd: (call) => {
    const [x, indices] = [requireInput(call, "params"), requireInput(call, "indices")];
    tf.gather_util.prepareAndValidate(
      { shape: [...x.shape], rank: x.shape.length } as tf.Tensor,
      { shape: [...indices.shape], rank: indices.shape.length, dtype: indices.dtype } as tf.Tensor,
    );
    const depth = indices.shape[indices.shape.length - 1]!;
    const shape = [...indices.shape.slice(0, -1), ...x.shape.slice(depth)];
    return call.graph.add("GatherND", [x, cast(call.graph, indices, "int64")], { shape, dtype: x.dtype });
  },
  ScatterNd: (call) => {
    const { graph } = call;
    const [indices, updates] = [requireInput(call, "indices"), requireInput(call, "updates")];
    const shape = call.attrs.shape as number[];
    const { sliceRank, numUpdates, sliceSize, outputSize } = scatterInfo(updates, indices, shape);
    const strides = Int32Array.from({ length: sliceRank }, (_, axis) =>
      sizeOf(shape.slice(axis + 1, sliceRank)),
    );
    const steps = graph.addConstant({ shape: [sliceRank], dtype: "int32", data: strides });
    const offsets = addBinary(graph, "Mul", reshape(graph, indices, [numUpdates, sliceRank]), steps);
    const places = reduce(graph, "ReduceSum", offsets, [1], false);
    const rows = reshape(graph, updates, [numUpdates, sliceSize]);
    return reshape(graph, scatterRows(graph, places, rows, outputSize / sliceSize), shape);
  },
  TensorScatterUpdate: (call) =>
    overwrite(
      call.graph,
      requireInput(call, "tensor"),
      requireInput(call, "indices"),
      requireInput(call, "updates"),
    ),
  SparseToDense: (call) => {
    const { graph } = call;
    const shape = call.attrs.outputShape as number[];
    const [given, values] = [requireInput(call, "sparseIndices"), requireInput(call, "sparseValues")];
    const { sliceRank, numUpdates } = scatterInfo(values, given, shape);
    const target = expand(graph, requireInput(call, "defaultValue"), shape);
    const indices = reshape(graph, given, [numUpdates, sliceRank]);
    return overwrite(graph, target, indices, expand(graph, values, [numUpdates]));
  },
  UnsortedSegmentSum: (call) => {
    const { graph } = call;
    const [x, ids] = [requireInput(call, "x"), requireInput(call, "segmentIds")];
    const rest = x.shape.slice(ids.shape.length);
    const count = sizeOf(ids.shape);
    const rows = reshape(graph, x, [count, ...rest]);
    return scatterRows(graph, reshape(graph, ids, [count]), rows, Number(call.attrs.numSegments));
  },
  OneHot: (call) => {
    const { graph } = call;
    const indices = requireInput(call, "indices");
    const data = Int32Array.from({ length: Number(call.attrs.depth) }, (_, index) => index);
    const classes = graph.addConstant({ shape: [data.length], dtype: "int32", data });
    const hit = addBinary(graph, "Equal", reshape(graph, indices, [...indices.shape, 1]), classes, "bool");
    const dtype = (call.attrs.dtype as Value["dtype"] | undefined) ?? "int32";
    const value = (setting: unknown, otherwise: number): Value =>
      graph.addScalar(Number(setting ?? otherwise), dtype === "float32" ? "float32" : "int32");
    return cast(
      graph,
      select(graph, hit, value(call.attrs.onValue, 1), value(call.attrs.offValue, 0)),
      dtype,
    );
  },
  TopK: (call) => {
    const { graph } = call;
    const x = requireInput(call, "x");
    const k = Number(call.attrs.k);
    const shape = [...x.shape.slice(0, -1), k];
    // ONNX returns values and indices. Gathering the values by the indices makes one result enough.
    const indices = graph.add("TopK", [x, graph.addInts([k])], { shape, dtype: "int64" }, {}, 1);
    const axis = { int: x.shape.length - 1 };
    const values = graph.add("GatherElements", [x, indices], { shape, dtype: x.dtype }, { axis });
    return [values, cast(graph, indices, "int32")];
  },
  Diag: (call) => {
    const { graph } = call;
    const x = requireInput(call, "x");
    const count = sizeOf(x.shape);
    const data = Int32Array.from({ length: count }, (_, index) => index);
    const along = (shape: number[]): Value => graph.addConstant({ shape, dtype: "int32", data });
    const on = addBinary(graph, "Equal", along([count, 1]), along([1, count]), "bool");
    const square = select(
      graph,
      on,
      reshape(graph, x, [1, count]),
      cast(graph, addNumber(graph, 0, x), x.dtype),
    );
    return reshape(graph, square, [...x.shape, ...x.shape]);
  },
};
