import { type HostTensor, type TensorRecord, gatherRows } from "../../tensor/index.js";
import { type StickerShape, coarseSizeOf, detailSizeOf } from "./networks.js";

/**
 * Weight names of the bank, which holds the codes of known drawings: their coarse parts `[drawings, 64 · code]` in steps of
 * `coarseStep`, their details `[drawings, 1024 · detail]` in steps of `detailStep`, both as whole numbers from −127 to 127, and the
 * drawing of each concept in each style, `[concepts · styles]`. A drawing may stand for several styles. Older packs hold the coarse
 * parts themselves, as floats.
 */
export const bankNames = { coarse: "bank.codes", detail: "bank.detail", drawings: "bank.drawings" } as const;
/** Unit of the bank's coarse parts. */
export const coarseStep = 1 / 8;
/** Unit of the bank's details. */
export const detailStep = 1 / 16;
/** Returns the unit of a bank's coarse parts: `coarseStep` for whole numbers, 1 for floats. */
export const stepOfCoarse = (coarse: HostTensor | undefined): number =>
  coarse?.dtype === "int32" ? coarseStep : 1;

/**
 * Reads codes of a bank.
 * @param weights weights with the names `bankNames`. Only the rows that are asked for are read.
 * @param drawings rows of the bank.
 * @returns `[drawings, size]`. The detail is 0 where the bank has none of this shape.
 */
export function readBankCodes(
  weights: TensorRecord,
  shape: StickerShape,
  drawings: readonly number[],
): Float32Array {
  const [coarseSize, detailSize] = [coarseSizeOf(shape), detailSizeOf(shape)];
  const size = coarseSize + detailSize;
  const codes = new Float32Array(drawings.length * size);
  const copyPart = (part: HostTensor, width: number, offset: number, step: number): void =>
    gatherRows(part, drawings).data.forEach((value, at) => {
      codes[Math.floor(at / width) * size + offset + (at % width)] = value * step;
    });
  const { [bankNames.coarse]: coarse, [bankNames.detail]: detail } = weights;
  copyPart(coarse!, coarseSize, 0, stepOfCoarse(coarse));
  if (detail && detail.shape[1] === detailSize) copyPart(detail, detailSize, coarseSize, detailStep);
  return codes;
}
