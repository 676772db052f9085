export { type ClipConfig, contrastiveLoss, embedImages, embedTexts, maximumScale } from "./clip.js";
export { type ImageConfig, imageFeatures, imageSide, imageStages } from "./image.js";
export { type TextConfig, textFeatures } from "./text.js";
export * from "./tokenizer.js";
