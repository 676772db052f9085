export { createEncoder, type Encoder, type EncoderClip, type EncoderOptions, rowOf } from "./encoder.js";
export {
  type ClipModel,
  type ClipModels,
  clipNames,
  loadClips,
  packTokenizer,
  type Tower,
} from "./clipModels.js";
export { ensembleMean, fillTemplate, joinRows, withoutArticles } from "./prompts.js";
export {
  type ClassifierOptions,
  classify,
  type ClassifyOptions,
  type Combination,
  cosines,
  softmax,
  type TextClassifier,
  textClassifiers,
  topOf,
} from "./zeroShot.js";
export { type Calibration, calibrate, fitScale } from "./calibrate.js";
export { encoderPicture } from "./prepare.js";
export { type ClassifiedFile, classifyFiles } from "./classifyFiles.js";
export { classifierCacheFolder, type LabelList, parseClipWeights, readLabels } from "./labels.js";
export { cachedClassifiers } from "./classifierCache.js";
export { type EncodedFile, encodeFiles, readAhead, reasonOf, type Skipped } from "./files.js";
export { type PackCard, gatherClips, packClip, packClips } from "./packClips.js";
export { type PublishedClip, loadPublishedClip, weightsOf } from "./published.js";
export {
  type ClipSourceOptions,
  loadJudge,
  openClips,
  packOfIndexedClip,
  packWithClip,
  publishedPack,
} from "./open.js";
export { createVectorWriter, type VectorFormat, vectorFormats, type VectorWriter } from "./vectors.js";
