export type { Cut } from "./cut.js";
export {
  type StickerParts,
  type StickerShape,
  codeSide,
  decodeSticker,
  encodeSticker,
  fillSize,
  logitSide,
  slotCount,
} from "./networks.js";
export {
  type PaintOptions,
  type Painting,
  type PixelWindow,
  type Poses,
  measureBoundary,
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
export {
  type StickerConfig,
  bankName,
  otherNames,
  createStickerGenerator,
  stickerScopes,
} from "./generator.js";
export {
  codeOfLatents,
  joinLatents,
  type Pose,
  latentSizeOf,
  computeLatentStatistics,
  poseOf,
  readLatents,
  shiftFills,
  replacePose,
  writeLatents,
} from "./latents.js";
