import type { Value } from "../graph.js";
import { type KernelCall, type Lowering, cast, matMul, requireInput, reshape, transpose } from "./kit.js";

interface Sampling {
  readonly kind: "linear" | "nearest";
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
}

/** Makes the matrix `[out, in]` whose rows say which inputs an output samples. Source: TensorFlow's image resizer. */
function makeSamplingMatrix(
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
  const images = cast(graph, requireInput(call, "images"), "float32");
  const value = backward ? requireInput(call, "dy") : images;
  const [batch, height, width, channels] = value.shape as [number, number, number, number];
  const [inHeight, inWidth] = images.shape.slice(1, 3) as [number, number];
  const [outHeight, outWidth] = backward ? ([height, width] as const) : (attrs.size as [number, number]);
  const sampling = {
    kind,
    alignCorners: Boolean(attrs.alignCorners),
    halfPixelCenters: Boolean(attrs.halfPixelCenters),
  };
  const matrix = (from: number, to: number): Value =>
    graph.addConstant({ shape: [to, from], dtype: "float32", data: makeSamplingMatrix(from, to, sampling) });
  const turn = (m: Value): Value => (backward ? transpose(graph, m, [1, 0]) : m);
  const rows = turn(matrix(inHeight, outHeight));
  const columns = turn(matrix(inWidth, outWidth));
  const tall = matMul(graph, rows, reshape(graph, value, [batch, height, width * channels]));
  const newHeight = rows.shape[0]!;
  const wide = matMul(graph, columns, reshape(graph, tall, [batch * newHeight, width, channels]));
  return reshape(graph, wide, [batch, newHeight, columns.shape[0]!, channels]);
}

/** Resizing with its gradients. */
export const resizes: Record<string, Lowering> = {
  ResizeBilinear: (call) => resize(call, "linear", false),
  ResizeBilinearGrad: (call) => resize(call, "linear", true),
  ResizeNearestNeighbor: (call) => resize(call, "nearest", false),
  ResizeNearestNeighborGrad: (call) => resize(call, "nearest", true),
};
