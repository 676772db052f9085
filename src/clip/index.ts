export {
  type ClipConfig,
  type SmallClipConfig,
  contrastiveLoss,
  embedImages,
  embedTexts,
  maximumScale,
  pairLogits,
  sigmoidLoss,
} from "./clip.js";
export { readClipHints } from "./hints.js";
export { type ImageConfig, imageFeatures, imageStages, inputSide } from "./image.js";
export type { ClipHints } from "./architecture.js";
export { type LoadedClip, type UnreadTensor, clipParameters, loadClip } from "./load.js";
export { encoderPixels, resizeSquare } from "./preprocess.js";
export type { ResNetConfig } from "./resNet.js";
export { type SmallImageConfig, imageSide } from "./small.js";
export { type TextConfig, textFeatures } from "./text.js";
export * from "./tokenizer.js";
export { readTokenizer, readTokenizerJson } from "./tokenizerFiles.js";
export type { VitConfig } from "./vit.js";
