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
  type Poses,
  fillShares,
  onWhite,
  paint,
  pixelCentres,
  resampleMaps,
  slotLogits,
  splineMatrix,
} from "./paint.js";
