import { EngineError } from "../errors.js";
import { deferFloats } from "../tensor/index.js";
import { Graph, type ValueSpec } from "./graph.js";
import { writeOnnx } from "./onnx.js";

const matrixOf = (height: number, width: number): ValueSpec => ({ shape: [height, width], dtype: "float32" });

/**
 * Builds the ONNX model that multiplies a matrix with vectors, the input `in:vectors`.
 * @param file name of the file that holds only the matrix, in the folder of the model.
 */
export function buildProductModel(
  file: string,
  [rows, features]: readonly [rows: number, features: number],
  vectorCount: number,
): Uint8Array {
  const graph = new Graph();
  const matrix = graph.addInput("matrix", matrixOf(rows, features));
  const vectors = graph.addInput("vectors", matrixOf(features, vectorCount));
  const product = graph.add("MatMul", [matrix, vectors], matrixOf(rows, vectorCount));
  const neverRead = deferFloats(matrix.shape, () => {
    throw new EngineError(`${file}: is mapped by ONNX Runtime; its values must not be read here`);
  });
  const recording = { inputs: { matrix, vectors }, outputs: { product } };
  return writeOnnx(recording, { matrix: neverRead }, { file, smallest: 0 }).bytes;
}
