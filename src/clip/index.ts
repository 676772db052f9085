export {
  type ClipConfig,
  type SmallClipConfig,
  computeContrastiveLoss,
  embedImages,
  embedTexts,
  maximumScale,
  computePairLogits,
  computeSigmoidLoss,
} from "./clip.js";
export { readClipHints } from "./hints.js";
export { type ImageConfig, computeImageFeatures, computeImageStages, inputSideOf } from "./image.js";
export type { ClipHints } from "./architecture.js";
export { type LoadedClip, type UnreadTensor, declareClipParameters, loadClip } from "./load.js";
export { resizeForEncoder, resizeSquare } from "./preprocess.js";
export type { ResNetConfig } from "./resNet.js";
export { type SmallImageConfig, imageSide } from "./small.js";
export { type TextConfig, computeTextFeatures } from "./text.js";
export * from "./tokenizer.js";
export { readTokenizer, readTokenizerJson } from "./tokenizerFiles.js";
export type { VitConfig } from "./vit.js";
