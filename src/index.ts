/** The public API: what the command line is made of. */
export * from "./errors.js";
export {
  type CompileOptions,
  type EngineName,
  type Program,
  type TensorSpec,
  compile,
} from "./engine/index.js";
export {
  type HostTensor,
  type Random,
  type TensorRecord,
  createRandom,
  hostFloats,
  parametersFrom,
} from "./tensor/index.js";
export {
  type Checkpoint,
  type CheckpointOptions,
  type ModuleRecord,
  type Pack,
  type PackManifest,
  type StoredTensor,
  type WeightsFile,
  listPacks,
  loadPack,
  openCheckpoint,
  openWeights,
  readTensors,
  writePack,
} from "./packs/index.js";
export {
  type KnownModel,
  type ModelRecord,
  type Places,
  type PullOptions,
  type PullPlan,
  type WeightsReport,
  describeWeights,
  knownModels,
  locateModel,
  placesOf,
  pullModel,
} from "./models/index.js";
export {
  type ClipConfig,
  type ClipHints,
  contrastiveLoss,
  embedImages,
  embedTexts,
  encoderPixels,
  inputSide,
  loadClip,
  loadTokenizer,
  pairLogits,
  readClipHints,
  readTokenizer,
} from "./clip/index.js";
export { type PublishedClip, loadPublishedClip } from "./embedding/index.js";
export {
  type Generator,
  type GeneratorConfig,
  type GeneratorSpec,
  createGenerator,
  codeOf,
  decode,
  mapLatents,
} from "./gan/index.js";
export {
  type AscentConfig,
  type AscentResult,
  type AscentStep,
  type EditConfig,
  type ChangeKind,
  type EditResult,
  type EditStep,
  type Relevance,
  type ReportCard,
  type RunOptions,
  type ScheduledTerm,
  type SteerModels,
  adoptGenerator,
  applyChange,
  edit,
  generate,
  invert,
  loadGenerator,
  loadModels,
  packGenerator,
  relevanceMask,
} from "./guidance/index.js";
export {
  type LoadedPicture,
  type Picture,
  contactSheet,
  loadMask,
  loadPicture,
  readMetadata,
  resizePicture,
  saveAnimation,
  savePicture,
} from "./images/index.js";
export { type PromptPlan, type PromptTerm, loadPromptFile, parsePromptFile } from "./prompts/index.js";
export { type EmojiData, buildEmojiData, loadEmojiData } from "./data/index.js";
export {
  type TrainingStep,
  clipSession,
  exportClipPack,
  exportPack,
  folderClipSession,
  ganSession,
  train,
} from "./training/index.js";
export { type Estimate, bootstrap, evaluateSteering, rPrecision } from "./evaluate/index.js";
export {
  type ClipModels,
  type Encoder,
  calibrate,
  classify,
  clipNames,
  createEncoder,
  createVectorWriter,
  encodeFiles,
  loadClips,
  textClassifiers,
} from "./embedding/index.js";
export {
  type Hit,
  type VectorIndex,
  createSearcher,
  encodeQuery,
  readIndex,
  updateIndex,
} from "./search/index.js";
