import type { TensorRecord } from "../tensor/index.js";
import { getBlockSize } from "./blockSize.js";
import { type ValueSpec, listLiveNodes } from "./graph.js";
import type { OnnxModel } from "./onnxModel.js";
import { writeOnnx } from "./onnx.js";
import { type Recording, type TensorFunction, record } from "./record.js";
import {
  makeBlockRewrite,
  makeLayoutRewrite,
  isTrainedConvolution,
  rewrite,
  rewrites,
} from "./rewrites/index.js";

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
  const rules = [...rewrites, makeLayoutRewrite(fixed)].filter(({ name }) => !without.includes(name));
  const plain = rewrite(record(fn, { ...inputs, ...weights }), rules);
  return writeOnnx(without.includes("blocks") ? plain : await putInBlocks(plain, fixed), fixed);
}

/** Puts channels into blocks for convolutions of trained kernels, where ONNX Runtime can compute so. */
async function putInBlocks(recording: Recording, weights: TensorRecord): Promise<Recording> {
  const isWeight = (name: string): boolean => name in weights;
  if (!listLiveNodes(Object.values(recording.outputs)).some((node) => isTrainedConvolution(node, isWeight)))
    return recording;
  const block = await getBlockSize();
  return block > 1 ? rewrite(recording, [makeBlockRewrite(block, isWeight)]) : recording;
}
