export type { Cut } from "./cut.js";
export {
  type StickerParts,
  type CodeShape,
  type StickerShape,
  codeSide,
  codeSizeOf,
  coarseSizeOf,
  detailSizeOf,
  decodeSticker,
  encodeSticker,
  fillSize,
  logitSide,
  slotCount,
  splitCodes,
} from "./networks.js";
export {
  type PaintOptions,
  type Painting,
  type PixelWindow,
  type Poses,
  measureOutlineLength,
  measureClarity,
  fillShares,
  onWhite,
  compositeLayers,
  paint,
  listPixelCentres,
  resampleMaps,
  seenSide,
  computeSlotLogits,
  makeSplineMatrix,
} from "./paint.js";
export { bankNames, coarseStep, detailStep, readBankCodes } from "./bank.js";
export { type StickerConfig, otherNames, createStickerGenerator, stickerScopes } from "./generator.js";
export {
  codeOfLatents,
  fillChangeOf,
  joinLatents,
  type Pose,
  latentSizeOf,
  poseOf,
  readLatents,
  shiftFills,
  replacePose,
  writeLatents,
} from "./latents.js";
export { computeLatentStatistics, separateCodes } from "./statistics.js";
