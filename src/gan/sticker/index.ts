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
  boundaryOf,
  clarityOf,
  fillShares,
  onWhite,
  over,
  paint,
  pixelCentres,
  resampleMaps,
  seenSide,
  slotLogits,
  splineMatrix,
} from "./paint.js";
export { type StickerConfig, bankName, otherNames, stickerGenerator, stickerScopes } from "./generator.js";
export {
  codeOfLatents,
  joinLatents,
  type Pose,
  latentSize,
  latentStatistics,
  poseOf,
  readLatents,
  withPose,
  writeLatents,
} from "./latents.js";
export { type WordsInput, type WordsShape, judgeCode, wordsToCode } from "./words.js";
