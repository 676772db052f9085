import type { TensorRecord } from "../tensor/index.js";
import { blockSize } from "./blocks.js";
import { type ValueSpec, liveNodes } from "./graph.js";
import type { OnnxModel } from "./onnxModel.js";
import { writeOnnx } from "./onnx.js";
import { type Recording, type TensorFunction, record } from "./record.js";
import { blocks, layouts, learns, rewrite, rewrites } from "./rewrites/index.js";

/**
 * Records a function and rewrites what it does into a model.
 * @param without names of rewrites to leave out.
 * @throws {EngineError} when a kernel has no compiled form.
 */
export async function makeModel(
  fn: TensorFunction,
  inputs: Readonly<Record<string, ValueSpec>>,
  weights: TensorRecord,
  without: readonly string[] = [],
): Promise<OnnxModel> {
  const fixed = { ...weights };
  const rules = [...rewrites, layouts(fixed)].filter(({ name }) => !without.includes(name));
  const plain = rewrite(record(fn, { ...inputs, ...weights }), rules);
  return writeOnnx(without.includes("blocks") ? plain : await inBlocks(plain, fixed), fixed);
}

/** Puts channels into blocks for convolutions of trained kernels, where ONNX Runtime can compute so. */
async function inBlocks(recording: Recording, weights: TensorRecord): Promise<Recording> {
  const isWeight = (name: string): boolean => name in weights;
  if (!liveNodes(Object.values(recording.outputs)).some((node) => learns(node, isWeight))) return recording;
  const block = await blockSize();
  return block > 1 ? rewrite(recording, [blocks(block, isWeight)]) : recording;
}
