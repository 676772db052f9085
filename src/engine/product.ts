import { EngineError } from "../errors.js";
import { deferred } from "../tensor/index.js";
import { Graph, type ValueSpec } from "./graph.js";
import { writeOnnx } from "./onnx.js";

const matrixOf = (height: number, width: number): ValueSpec => ({ shape: [height, width], dtype: "float32" });

/** An ONNX model of the product of a matrix, which is all that a file beside it holds, with some vectors (`in:vectors`). */
export function productModel(
  file: string,
  [rows, features]: readonly [rows: number, features: number],
  vectors: number,
): Uint8Array {
  const graph = new Graph();
  const matrix = graph.input("matrix", matrixOf(rows, features));
  const given = graph.input("vectors", matrixOf(features, vectors));
  const product = graph.add("MatMul", [matrix, given], matrixOf(rows, vectors));
  const unread = deferred(matrix.shape, () => {
    throw new EngineError(`${file}: is mapped and not read`);
  });
  const recording = { inputs: { matrix, vectors: given }, outputs: { product } };
  return writeOnnx(recording, { matrix: unread }, { file, smallest: 0 }).bytes;
}
