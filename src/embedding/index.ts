export { createEncoder, type Encoder, type EncoderClip, type EncoderOptions, rowOf } from "./encoder.js";
export {
  type ClipModel,
  type ClipModels,
  listClips,
  loadClips,
  loadPackTokenizer,
  type Tower,
} from "./clipModels.js";
export { averageEnsemble, fillTemplate, joinRows, removeArticles } from "./prompts.js";
export {
  type ClassifierOptions,
  classify,
  type ClassifyOptions,
  type Combination,
  computeLabelCosines,
  computeSoftmax,
  type TextClassifier,
  embedLabels,
  findLargest,
} from "./zeroShot.js";
export { type Calibration, calibrate, fitScale } from "./calibrate.js";
export { fitForEncoder } from "./prepare.js";
export { type ClassifiedFile, classifyFiles } from "./classifyFiles.js";
export { findClassifierCache, type LabelList, parseClipWeights, readLabels } from "./labels.js";
export { loadClassifiers } from "./classifierCache.js";
export { type EncodedFile, encodeFiles, readAhead, reasonOf, type Skipped } from "./files.js";
export { type PackCard, gatherClips, packClip, packClips } from "./packClips.js";
export { type PublishedClip, loadPublishedClip, findWeights } from "./published.js";
export {
  type ClipSourceOptions,
  loadJudge,
  openClips,
  packOfIndexedClip,
  packWithClip,
  openPublishedPack,
} from "./open.js";
export { createVectorWriter, type VectorFormat, vectorFormats, type VectorWriter } from "./vectors.js";
